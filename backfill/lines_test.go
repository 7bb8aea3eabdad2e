package backfill_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/backfill"
	"github.com/clerkknock/clerkknock/knock/knocktest"
	"github.com/clerkknock/clerkknock/ledger"
	"github.com/stretchr/testify/require"
)

// asked counts the claims of organizations. It takes its time, as a database does.
type asked struct {
	*ledger.Memory
	mu           sync.Mutex
	claims, held int
}

func (a *asked) Claim(ctx context.Context, id, entity string) (ledger.Claim, error) {
	time.Sleep(time.Millisecond)
	c, err := a.Memory.Claim(ctx, id, entity)
	a.count(entity, 1, 1)
	return c, err
}

func (a *asked) Release(ctx context.Context, c ledger.Claim) error {
	a.count(c.Entity, 0, -1)
	return a.Memory.Release(ctx, c)
}

func (a *asked) count(entity string, claims, held int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if strings.HasPrefix(entity, "organization/") {
		a.claims += claims
		a.held += held
	}
}

func TestTheLedgerIsNotAskedForAnOrganizationWithEachMember(t *testing.T) {
	t.Parallel()
	inMemory(t, knocktest.Config{}, nil, func(t *testing.T, w world) {
		counted := &asked{Memory: &ledger.Memory{}}
		c := w.source.Config()
		c.Ledger = counted
		source, err := clerkknock.New(c)
		require.NoError(t, err)
		_, err = backfill.Run(t.Context(), backfill.Config{Source: source}, records(3000, 2, 100))
		require.NoError(t, err)
		w.holdsAll(t, 3000, 2)
		t.Logf("%d claims of organizations for 3,000 memberships", counted.claims)
		require.Less(t, counted.claims, 100)
		require.Zero(t, counted.held, "each claim has ended")
	})
}
