package inbox_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/eventlog"
	"github.com/clerkknock/clerkknock/inbox"
	"github.com/clerkknock/clerkknock/ledger"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestOldRecordsAreRemovedAndYoungOnesKept(t *testing.T) {
	onBoth(t, func(t *testing.T, at site) {
		now := time.Now()
		b := at.open(t, inbox.Config{})
		const many = 1200 // more than one statement removes
		l, log := b.Ledger(), b.EventLog()
		c, err := l.Claim(t.Context(), "msg_1", "user/1")
		require.NoError(t, err)
		for i := range many {
			require.NoError(t, l.Record(t.Context(), c, fmt.Sprint(i), ledger.Version{Time: now}))
		}
		require.NoError(t, l.Release(t.Context(), c))
		for _, outcome := range []clerkknock.Outcome{clerkknock.OutcomeSucceeded, clerkknock.OutcomeFailed} {
			require.NoError(t, log.Observe(t.Context(), clerkknock.Delivery{}, clerkknock.Report{Outcome: outcome, At: now}))
		}
		remaining := func(after time.Duration) (steps, entries int, version bool) {
			at.age(t, after)
			require.NoError(t, b.Sweep(t.Context()))
			c, err := l.Claim(t.Context(), "msg_1", "user/1")
			require.NoError(t, err)
			require.NoError(t, l.Release(t.Context(), c))
			logged, err := log.Entries(t.Context(), eventlog.Query{})
			require.NoError(t, err)
			return len(c.Done), len(logged), !c.Newest.IsZero()
		}
		const day = 24 * time.Hour
		steps, entries, version := remaining(8 * day)
		assert.Equal(t, []any{many, 1, true}, []any{steps, entries, version}, "after 8 days the dead are kept")
		steps, entries, version = remaining(23 * day)
		assert.Equal(t, []any{0, 0, false}, []any{steps, entries, version}, "after 31 days all is gone")
	})
}

// One machine writes behind, and sweeps ahead of, the time that the database has.
func TestAClockThatIsOffRemovesNothingEarly(t *testing.T) {
	onBoth(t, func(t *testing.T, at site) {
		const off = 40 * 24 * time.Hour
		clock := &clock{now: time.Now().Add(-off)}
		b := at.open(t, inbox.Config{Now: clock.Now})
		l, log := b.Ledger(), b.EventLog()
		c, err := l.Claim(t.Context(), "msg_1", "user/1")
		require.NoError(t, err)
		v := ledger.Version{Time: time.UnixMilli(1_700_000_000_000).UTC()}
		require.NoError(t, l.Record(t.Context(), c, "identify", v))
		require.NoError(t, l.Release(t.Context(), c))
		entry := clerkknock.Report{Outcome: clerkknock.OutcomeSucceeded, At: time.Now()}
		require.NoError(t, log.Observe(t.Context(), clerkknock.Delivery{}, entry))
		require.NoError(t, b.Sweep(t.Context()))
		clock.advance(2 * off)
		require.NoError(t, b.Sweep(t.Context()))
		c, err = l.Claim(t.Context(), "msg_1", "user/1")
		require.NoError(t, err)
		require.NoError(t, l.Release(t.Context(), c))
		assert.Equal(t, []string{"identify"}, c.Done)
		assert.Equal(t, v, c.Newest)
		logged, err := log.Entries(t.Context(), eventlog.Query{})
		require.NoError(t, err)
		assert.Len(t, logged, 1)
	})
}

// age makes all that is recorded older.
func (at site) age(t testing.TB, by time.Duration) {
	t.Helper()
	for table, unit := range map[string]time.Duration{
		"clerk_steps": time.Millisecond, "clerk_versions": time.Millisecond, "clerk_events": time.Microsecond,
	} {
		at.exec(t, fmt.Sprintf(`UPDATE %s SET at = at - %d`, table, by/unit))
	}
}

// clock is a clock that a test moves.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

func TestTheEventLogKeepsTheNewestEntries(t *testing.T) {
	onBoth(t, func(t *testing.T, at site) {
		b := at.open(t, inbox.Config{MaxLogEntries: 3})
		now := time.Now()
		for i := range 6 {
			require.NoError(t, b.EventLog().Observe(t.Context(),
				clerkknock.Delivery{ID: fmt.Sprint(i), ReceivedAt: now.Add(time.Duration(i/4) * time.Second)},
				clerkknock.Report{Outcome: clerkknock.OutcomeFailed, At: now}))
		}
		require.NoError(t, b.Sweep(t.Context()))
		entries, err := b.EventLog().Entries(t.Context(), eventlog.Query{})
		require.NoError(t, err)
		require.Len(t, entries, 3)
		assert.Equal(t, "3", entries[2].Delivery.ID)
	})
}
