package inbox_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/inbox"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// stopwatch is an executor that notes when an event's action came.
type stopwatch struct {
	mu       sync.Mutex
	accepted map[string]time.Time
	took     []time.Duration
	executed chan struct{}
}

func (w *stopwatch) accept(id string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.accepted[id] = time.Now()
}

func (w *stopwatch) Execute(_ context.Context, inv clerkknock.Invocation) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	// Zero if a worker was faster than Put's return.
	if at, ok := w.accepted[inv.Event.ID]; ok {
		w.took = append(w.took, time.Since(at))
	} else {
		w.took = append(w.took, 0)
	}
	w.executed <- struct{}{}
	return nil
}

// percentiles returns the median, the 99th percentile and the maximum, and
// forgets them.
func (w *stopwatch) percentiles() (p50, p99, most time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	slices.Sort(w.took)
	n := len(w.took)
	p50, p99, most = w.took[n/2], w.took[n*99/100], w.took[n-1]
	w.took = nil
	return p50.Round(time.Millisecond), p99.Round(time.Millisecond), most.Round(time.Millisecond)
}

// Not parallel, so that the figures in the log are those of a machine that does
// nothing else. The bounds are for one that does.
func TestWhatIsAcceptedIsExecutedAtOnce(t *testing.T) {
	onEach(t, func(t *testing.T, at site) {
		b := at.open(t, inbox.Config{})
		w := &stopwatch{accepted: map[string]time.Time{}, executed: make(chan struct{}, 50)}
		require.NoError(t, b.Start(t.Context(), newSource(t, b, identify(), w.Execute).Process))
		put := func(id string) {
			assert.NoError(t, b.Put(t.Context(), delivery(id, "user_"+id)))
			w.accept(id)
		}
		put("first")
		<-w.executed
		w.percentiles()

		for i := range 50 {
			put(fmt.Sprint("single_", i))
			<-w.executed
		}
		p50, p99, most := w.percentiles()
		assert.Less(t, p50, 2*time.Second)

		for burst := range 5 {
			var all sync.WaitGroup
			for i := range 50 {
				all.Go(func() { put(fmt.Sprint("burst_", burst, "_", i)) })
			}
			all.Wait()
			for range 50 {
				<-w.executed
			}
		}
		burst50, burst99, burstMost := w.percentiles()
		assert.Less(t, burst99, 10*time.Second)
		t.Logf("%s, from accepted to executed: one by one p50 %v, p99 %v, max %v; "+
			"5 bursts of 50 p50 %v, p99 %v, max %v", at.engine,
			p50, p99, most, burst50, burst99, burstMost)
		require.NoError(t, b.Close())
	})
}
