package knock_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/knock"
	"github.com/stretchr/testify/require"
)

func TestExecuteRepeatsTheSameRequestWithGrowingPauses(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e, s := executor(knock.Config{MaxAttempts: 5}, status(500), broken, status(429), status(200))
		trigger := invocation(clerkknock.WorkflowsTrigger, params{"key": "wf", "recipients": "u"})
		require.NoError(t, e.Execute(t.Context(), trigger))
		require.Len(t, s.calls, 4)
		for i, least := range []time.Duration{125, 250, 500} {
			pause := s.calls[i+1].at.Sub(s.calls[i].at)
			require.GreaterOrEqual(t, pause, least*time.Millisecond)
			require.LessOrEqual(t, pause, 2*least*time.Millisecond)
			require.Equal(t, s.calls[0].body, s.calls[i+1].body)
			require.Equal(t, "key", s.calls[i+1].header.Get("Idempotency-Key"))
		}
	})
}

func TestExecuteHonoursRetryAfterWithinTheDeadline(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		header, value string
		calls         int
		pause         time.Duration
	}{
		"seconds":            {"Retry-After", "3", 2, 3 * time.Second},
		"milliseconds":       {"Retry-After-Ms", "1500", 2, 1500 * time.Millisecond},
		"date":               {"Retry-After", "Sat, 01 Jan 2000 00:00:04 GMT", 2, 4 * time.Second},
		"shorter than ours":  {"Retry-After", "0", 2, 125 * time.Millisecond},
		"beyond the caller":  {"Retry-After", "60", 1, 0},
		"beyond all measure": {"Retry-After", "1e300", 1, 0},
		"not a number":       {"Retry-After", "NaN", 1, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) { // the bubble's clock starts at 2000-01-01
				e, s := executor(knock.Config{}, status(429, c.header, c.value), status(200))
				ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
				defer cancel()
				start := time.Now()
				err := e.Execute(ctx, identify)
				require.Len(t, s.calls, c.calls)
				if c.calls == 1 {
					require.Error(t, err)
					require.Zero(t, time.Since(start), "there is no use in waiting")
					return
				}
				require.NoError(t, err)
				require.GreaterOrEqual(t, s.calls[1].at.Sub(s.calls[0].at), c.pause)
				require.Less(t, s.calls[1].at.Sub(s.calls[0].at), c.pause+time.Second)
			})
		})
	}
}

func TestExecuteGivesUpWithItsCaller(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e, s := executor(knock.Config{AttemptTimeout: 2 * time.Second}, hang, status(200))
		require.NoError(t, e.Execute(t.Context(), identify), "one hanging attempt is cut off")
		require.Len(t, s.calls, 2)
	})
	synctest.Test(t, func(t *testing.T) {
		e, s := executor(knock.Config{}, hang)
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		start := time.Now()
		err := e.Execute(ctx, identify)
		require.ErrorIs(t, err, context.Canceled)
		require.False(t, clerkknock.IsPermanent(err))
		require.Equal(t, time.Second, time.Since(start), "cancellation stops at once")
		require.Len(t, s.calls, 1)
	})
	synctest.Test(t, func(t *testing.T) {
		e, s := executor(knock.Config{MaxAttempts: 100}, status(503))
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		start := time.Now()
		require.Error(t, e.Execute(ctx, identify))
		require.LessOrEqual(t, time.Since(start), 5*time.Second)
		require.Less(t, len(s.calls), 10)
	})
}
