package inbox_test

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/inbox"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestStopLosesNoAttempt(t *testing.T) {
	onBoth(t, func(t *testing.T, at site) {
		b := at.open(t, inbox.Config{MaxAttempts: 1, StopTimeout: 200 * time.Millisecond})
		started := make(chan struct{})
		var once sync.Once
		hang := func(ctx context.Context, _ clerkknock.Invocation) error {
			once.Do(func() { close(started) })
			<-ctx.Done()
			return fmt.Errorf("knock: %w", ctx.Err())
		}
		require.NoError(t, b.Put(t.Context(), delivery("msg_1", "user_1")))
		require.NoError(t, b.Start(t.Context(), newSource(t, b, identify(), hang).Process))
		require.Error(t, b.Start(t.Context(), newSource(t, b, identify(), hang).Process), "started twice")
		<-started
		stopping := time.Now()
		require.NoError(t, b.Stop(t.Context()))
		took := time.Since(stopping)
		require.NoError(t, b.Stop(t.Context()))
		assert.Less(t, took, 5*time.Second)

		s, err := b.Stats(t.Context())
		require.NoError(t, err)
		assert.Equal(t, 1, s.Waiting, "%+v", s)
		// The only attempt is still there.
		r := &recorder{}
		require.NoError(t, b.Start(t.Context(), newSource(t, b, identify(), r.Execute).Process))
		settled(t, b)
		assert.Equal(t, []string{"identify msg_1"}, r.recorded())
		t.Logf("%s: stopped in %v", at.engine, took.Round(time.Millisecond))
	})
}

func TestStopLetsWorkersFinish(t *testing.T) {
	onBoth(t, func(t *testing.T, at site) {
		b := at.open(t, inbox.Config{})
		started, finish := make(chan struct{}), make(chan struct{})
		work := func(ctx context.Context, _ clerkknock.Invocation) error {
			close(started)
			<-finish
			return ctx.Err()
		}
		require.NoError(t, b.Put(t.Context(), delivery("msg_1", "user_1")))
		ctx, cancel := context.WithCancel(t.Context())
		require.NoError(t, b.Start(ctx, newSource(t, b, identify(), work).Process))
		<-started
		cancel() // the host's own signal to stop
		require.NoError(t, b.Put(t.Context(), delivery("msg_2", "user_2")), "what is stopping still stores")
		close(finish)
		require.NoError(t, b.Stop(t.Context()))
		s, err := b.Stats(t.Context())
		require.NoError(t, err)
		assert.Equal(t, 1, s.Backlog(), "%+v", s)
	})
}

// Not parallel: it counts the goroutines of the process.
func TestCloseLeavesNothingRunning(t *testing.T) {
	onEach(t, func(t *testing.T, at site) {
		before := runtime.NumGoroutine()
		b := at.open(t, inbox.Config{})
		require.NoError(t, b.Start(t.Context(), newSource(t, b, identify(), (&recorder{}).Execute).Process))
		require.NoError(t, b.Put(t.Context(), delivery("msg_1", "user_1")))
		settled(t, b)
		during := runtime.NumGoroutine()
		require.NoError(t, b.Close())
		require.NoError(t, b.Close(), "a second time")
		// One more asks.
		require.Eventually(t, func() bool { return runtime.NumGoroutine() <= before+1 }, soon, often)
		t.Logf("%s: %d goroutines while open, %d more than before and after", at.engine, during, during-before)
	})
}
