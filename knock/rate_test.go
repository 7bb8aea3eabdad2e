package knock_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/knock"
	"github.com/stretchr/testify/require"
)

func TestExecuteKeepsToTheRateOfItsTier(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		inv   clerkknock.Invocation
		share float64
		rate  int
	}{
		{identify, 0, 60},
		{invocation(clerkknock.UsersDelete, params{"id": "u"}), 0, 5},
		{invocation(clerkknock.WorkflowsTrigger, params{"key": "w", "recipients": "u"}), 0, 1000},
		{identify, 0.5, 30},
	} {
		t.Run(fmt.Sprintf("%s, share %v", c.inv.Action.Type, c.share), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				e, s := executor(knock.Config{RateShare: c.share}, status(200))
				start := time.Now()
				var all sync.WaitGroup
				for range 4 * c.rate {
					all.Go(func() { _ = e.Execute(t.Context(), c.inv) })
				}
				all.Wait()
				require.Len(t, s.calls, 4*c.rate)
				require.InDelta(t, 3*time.Second, time.Since(start), float64(10*time.Millisecond),
					"a second's worth at once, the rest in turn")
			})
		})
	}
	synctest.Test(t, func(t *testing.T) {
		e, s := executor(knock.Config{}, status(200))
		for range 5 {
			require.NoError(t, e.Execute(t.Context(), invocation(clerkknock.UsersDelete, params{"id": "u"})))
		}
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		start := time.Now()
		err := e.Execute(ctx, invocation(clerkknock.UsersDelete, params{"id": "u"}))
		require.ErrorContains(t, err, "rate limit")
		require.Zero(t, time.Since(start), "a turn that comes too late is not waited for")
		require.Len(t, s.calls, 5)
	})
}

func TestLimitsTellWhatIsInUse(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e, _ := executor(knock.Config{RateShare: 0.5}, status(200))
		rest := []knock.Limit{{Tier: 2, PerSecond: 2.5}, {Tier: 5, PerSecond: 500}}
		tier3 := func(used float64, waiting int) []knock.Limit {
			return []knock.Limit{rest[0], {Tier: 3, PerSecond: 30, Used: used, Waiting: waiting}, rest[1]}
		}
		require.Equal(t, tier3(0, 0), e.Limits())
		var all sync.WaitGroup
		for range 15 {
			all.Go(func() { _ = e.Execute(t.Context(), identify) })
		}
		all.Wait()
		require.Equal(t, tier3(0.5, 0), e.Limits())
		for range 21 {
			all.Go(func() { _ = e.Execute(t.Context(), identify) })
		}
		synctest.Wait()
		require.Equal(t, tier3(1, 6), e.Limits())
		all.Wait()
		time.Sleep(time.Second)
		require.Equal(t, tier3(0, 0), e.Limits())
	})
}
