package clerkknock_test

import (
	"context"
	"testing"
	"time"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/ledger"
	"github.com/stretchr/testify/require"
)

// fenced is a ledger whose claims end when the test says so.
type fenced struct {
	ledger.Memory
	lost bool
}

func (l *fenced) Held(context.Context, ledger.Claim) error {
	if l.lost {
		return ledger.ErrLost
	}
	return nil
}

func TestAWorkerThatWakesUpDoesNotWriteThePast(t *testing.T) {
	t.Parallel()
	box := &fenced{}
	var sent int
	executor := clerkknock.ExecutorFunc(func(ctx context.Context, inv clerkknock.Invocation) error {
		box.lost = true // suspended while it waits for a limit, and somebody else goes on
		if err := inv.Proceed(ctx); err != nil {
			return err
		}
		sent++
		return nil
	})
	s := source(t, clerkknock.Config{Executor: executor, Ledger: box, Mapper: three()})
	r := process(t, s, "msg_1", user("updated", millis, "Ada"))
	require.Equal(t, "retry pending pending", statuses(r))
	require.ErrorIs(t, r.Err, ledger.ErrLost)
	require.False(t, clerkknock.IsPermanent(r.Err))
	r = process(t, s, "msg_1", user("updated", millis, "Ada"))
	require.ErrorIs(t, r.Err, ledger.ErrLost, "lost before the first step")
	require.Zero(t, sent)
}

// The monotonic clock stands still while a machine is suspended.
func TestADeadlineIsPastByTheClockOnTheWallToo(t *testing.T) {
	t.Parallel()
	past := time.Now().Add(-time.Minute).Round(0)
	require.ErrorIs(t, clerkknock.Invocation{}.Proceed(deadline{t.Context(), past}), context.DeadlineExceeded)
	require.NoError(t, clerkknock.Invocation{}.Proceed(deadline{t.Context(), time.Now().Add(time.Minute)}))
	require.NoError(t, clerkknock.Invocation{}.Proceed(t.Context()))
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, clerkknock.Invocation{}.Proceed(ended), context.Canceled)
}

// deadline is a context whose own timer has not noticed the deadline.
type deadline struct {
	context.Context
	at time.Time
}

func (d deadline) Deadline() (time.Time, bool) { return d.at, true }
