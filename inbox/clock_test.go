package inbox_test

import (
	"errors"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/inbox"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// One of two machines is an hour off, and it alone sees to the schedules at first.
func TestAClockThatIsOffParksAndRescuesNothing(t *testing.T) {
	t.Parallel()
	for name, off := range map[string]time.Duration{"ahead": time.Hour, "behind": -time.Hour} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			at := postgresSite(t)
			var log lockedBuffer
			wrong := at.open(t, inbox.Config{
				Now:    func() time.Time { return time.Now().Add(off) },
				Logger: slog.New(slog.NewTextHandler(&log, nil)),
			})
			right := at.open(t, inbox.Config{})
			// Each fails twice, asks for a pause, and takes a while.
			r := &recorder{fail: func(_ string, n int) error {
				switch n {
				case 1, 2:
					return errors.New("knock is down")
				case 3:
					return limited{6 * time.Second}
				}
				return nil
			}}
			slow := clerkknock.ExecutorFunc(r.Execute)
			require.NoError(t, wrong.Start(t.Context(), newSource(t, wrong, identify(), slow).Process))
			require.NoError(t, right.Start(t.Context(), newSource(t, right, identify(), slow).Process))
			for _, id := range []string{"a", "b", "c", "d", "e", "f"} {
				require.NoError(t, wrong.Put(t.Context(), delivery("msg_"+id, "user_"+id)))
			}
			start := time.Now()
			settled(t, right)
			t.Logf("done after %v", time.Since(start).Round(time.Millisecond))
			assert.Greater(t, time.Since(start), 8*time.Second, "no pause was cut short")
			assert.Len(t, r.recorded(), 6*4)
			assert.Zero(t, at.count(t, `SELECT count(*) FROM river_job WHERE metadata ? 'river:rescue_count'`))
			assert.Equal(t, 1, strings.Count(log.String(), "clock is not the database's"), log.String())
		})
	}
}

// The clock is set after it was compared.
func TestAClockThatIsSetParksNothing(t *testing.T) {
	onBoth(t, func(t *testing.T, at site) {
		var off atomic.Int64
		b := at.open(t, inbox.Config{Now: func() time.Time { return time.Now().Add(time.Duration(off.Load())) }})
		r := &recorder{fail: func(_ string, n int) error {
			switch n {
			case 1:
				return errors.New("knock is down")
			case 2:
				return limited{time.Second}
			}
			return nil
		}}
		require.NoError(t, b.Start(t.Context(), newSource(t, b, identify(), r.Execute).Process))
		off.Store(int64(time.Hour))
		require.NoError(t, b.Put(t.Context(), delivery("msg_1", "user_1")))
		settled(t, b)
		assert.Len(t, r.recorded(), 3)
	})
}

// What another machine is running is not stuck for one whose clock is ahead.
func TestAClockThatIsAheadDoesNotRescueWhatRuns(t *testing.T) {
	t.Parallel()
	at := postgresSite(t)
	b := at.open(t, inbox.Config{Now: func() time.Time { return time.Now().Add(time.Hour) }})
	require.NoError(t, b.Put(t.Context(), delivery("msg_1", "user_1")))
	at.exec(t, `UPDATE river_job SET state = 'running', attempt = 1, attempted_at = now(), attempted_by = '{other}'`)
	r := &recorder{}
	require.NoError(t, b.Start(t.Context(), newSource(t, b, identify(), r.Execute).Process))
	// It looks as soon as it leads.
	pause := time.NewTimer(8 * time.Second)
	<-pause.C
	s, err := b.Stats(t.Context())
	require.NoError(t, err)
	assert.Equal(t, 1, s.Running)
	assert.Empty(t, r.recorded())
}
