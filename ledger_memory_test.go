package clerkknock_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/eventlogtest"
	"github.com/clerkknock/clerkknock/ledgertest"
	"github.com/stretchr/testify/require"
)

func TestMemoryLedgerConforms(t *testing.T) {
	t.Parallel()
	ledgertest.Run(t, func(_ *testing.T, now func() time.Time) clerkknock.Ledger {
		return &clerkknock.MemoryLedger{Now: now}
	})
}

func TestMemoryEventLogConforms(t *testing.T) {
	t.Parallel()
	eventlogtest.Run(t, func(*testing.T) clerkknock.EventLog { return &clerkknock.MemoryEventLog{} })
}

func TestMemoryLedgerForgetsTheOldAndTheTooMany(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_700_000_000, 0)
	l := &clerkknock.MemoryLedger{Capacity: 3, Retention: time.Hour, Now: func() time.Time { return now }}
	do := func(id, step string) []string {
		c, err := l.Claim(t.Context(), id, "user/"+id)
		require.NoError(t, err)
		if step != "" {
			require.NoError(t, l.Record(t.Context(), c, step, clerkknock.Version{Time: now}))
		}
		require.NoError(t, l.Release(t.Context(), c))
		return c.Done
	}
	held, err := l.Claim(t.Context(), "held", "user/held")
	require.NoError(t, err)
	require.NoError(t, l.Record(t.Context(), held, "a", clerkknock.Version{Time: now}))
	for i := range 5 {
		do(fmt.Sprint(i), "a")
	}
	require.Empty(t, do("0", ""), "the oldest went first")
	require.NotEmpty(t, do("4", ""))
	_, err = l.Claim(t.Context(), "held", "")
	require.ErrorIs(t, err, clerkknock.ErrInFlight, "what is claimed stays")

	now = now.Add(2 * time.Hour)
	require.Empty(t, do("4", ""), "an hour is over")
	require.NoError(t, l.Release(t.Context(), held))
	require.Empty(t, do("held", ""))
}

func TestMemoryEventLogKeepsTheNewest(t *testing.T) {
	t.Parallel()
	l := &clerkknock.MemoryEventLog{Capacity: 2}
	for _, id := range []string{"a", "b", "c"} {
		require.NoError(t, l.Record(t.Context(), clerkknock.Entry{Delivery: clerkknock.Delivery{ID: id}}))
	}
	entries, err := l.Entries(t.Context(), clerkknock.EntryQuery{})
	require.NoError(t, err)
	require.Len(t, entries, 2)
	require.Equal(t, "c", entries[0].Delivery.ID)
}
