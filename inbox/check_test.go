package inbox_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/clerkknock/clerkknock/inbox"
	"github.com/clerkknock/clerkknock/inbox/sqlite"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func ExampleInbox_Check() {
	dir, _ := os.MkdirTemp("", "check")
	defer os.RemoveAll(dir)
	ctx := context.Background()
	box, _ := sqlite.Open(ctx, filepath.Join(dir, "clerk.db"), inbox.Config{})
	defer box.Close()
	health, err := box.Check(ctx)
	fmt.Println(health.Commit > 0, health.Ahead.Abs() < time.Minute, err)
	// Output:
	// true true <nil>
}

func TestCheckWritesAndComparesClocks(t *testing.T) {
	onBoth(t, func(t *testing.T, at site) {
		slow := func() time.Time { return time.Now().Add(-time.Hour) }
		box := at.open(t, inbox.Config{Now: slow})
		for range 2 {
			health, err := box.Check(t.Context())
			require.NoError(t, err)
			assert.Positive(t, health.Commit)
			assert.InDelta(t, time.Hour.Seconds(), health.Ahead.Seconds(), 2)
		}
		require.NoError(t, box.Close())
		_, err := box.Check(t.Context())
		require.ErrorContains(t, err, "cannot store anything")
	})
}
