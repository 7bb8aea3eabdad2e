package clerkknock_test

import (
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/clerkknock/clerkknock"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var forged = flag.Int("forged", 200, "how many forged bodies of 1 MiB are sent at once")

// endless is a body that is sent but for its last byte, until it may end.
type endless struct {
	left int
	sent func()
	end  <-chan struct{}
}

func (b *endless) Read(p []byte) (int, error) {
	if b.left == 0 {
		return 0, io.EOF
	}
	if b.left == 1 {
		b.sent()
		<-b.end
	}
	n := min(len(p), max(b.left-1, 1))
	b.left -= n
	return n, nil
}

// Strangers send as much as they may, all at once, with a signature that is wrong. Not
// parallel: it reads the memory of the whole process.
func TestForgedBodiesTakeNoMoreMemoryThanIsAllowed(t *testing.T) {
	const size, allowed = 1 << 20, 64 << 20
	server := httptest.NewServer(source(t, clerkknock.Config{Executor: &recorder{}}))
	defer server.Close()
	var sent, refused, others atomic.Int64
	end := make(chan struct{})
	client := &http.Client{Transport: &http.Transport{}}
	defer client.CloseIdleConnections()
	heap := func() uint64 {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapInuse
	}
	runtime.GC()
	before, peak := heap(), uint64(0)
	var all sync.WaitGroup
	for range *forged {
		all.Go(func() {
			var once sync.Once
			r := signed(t, "another body", &endless{size, func() { once.Do(func() { sent.Add(1) }) }, end})
			out, err := http.NewRequest(http.MethodPost, server.URL, r.Body)
			if !assert.NoError(t, err) {
				return
			}
			out.Header, out.ContentLength = r.Header, size
			answer, err := client.Do(out)
			switch {
			case err != nil: // refused while it was sent
				refused.Add(1)
			case answer.StatusCode == http.StatusServiceUnavailable:
				refused.Add(1)
			case answer.StatusCode != http.StatusUnauthorized:
				others.Add(1)
			}
			if err == nil {
				answer.Body.Close()
			}
		})
	}
	for deadline := time.Now().Add(8 * time.Second); time.Now().Before(deadline); {
		peak = max(peak, heap())
		if sent.Load()+refused.Load() >= int64(*forged) {
			break
		}
		pause := time.NewTimer(5 * time.Millisecond)
		<-pause.C
	}
	peak = max(peak, heap())
	close(end)
	all.Wait()
	require.Zero(t, others.Load())
	require.Positive(t, refused.Load())
	// A buffer that grows is there twice for a moment, what is garbage goes later, and each
	// connection has buffers at both ends, which are here.
	require.Less(t, peak-before, uint64(4*allowed+*forged<<16))
	t.Logf("%d forged bodies of 1 MiB at once: %d refused early, heap from %s to %s at most, %s allowed for bodies",
		*forged, refused.Load(), mib(before), mib(peak), mib(allowed))
}

func mib(n uint64) string { return fmt.Sprintf("%.0f MiB", float64(n)/(1<<20)) }
