package inbox_test

import (
	"path/filepath"
	"testing"

	"github.com/clerkknock/clerkknock/inbox"
	"github.com/clerkknock/clerkknock/inbox/sqlite"
	"github.com/stretchr/testify/require"
)

func TestAConfigWithANegativeFieldIsRefused(t *testing.T) {
	t.Parallel()
	_, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "clerk.db"), inbox.Config{Workers: -1})
	require.ErrorContains(t, err, "Config.Workers")
}
