package main_test

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/knock"
	"github.com/stretchr/testify/require"
)

var greet = clerkknock.Invocation{
	Action: clerkknock.NewAction(clerkknock.WorkflowsTrigger, map[string]any{
		"key": "welcome", "recipients": []string{"user_1"}, "data": map[string]any{"plan": "pro"},
	}),
	IdempotencyKey: "msg_1:user.created:workflows_trigger:0123456789ab",
}

// answering is a server that takes its time, like one that is far away.
func answering(latency time.Duration) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		time.Sleep(latency)
		_, _ = io.WriteString(w, `{"workflow_run_id":"1"}`)
	}
}

// inFlight runs b.N calls, so many at a time.
func inFlight(b *testing.B, workers int, call func(n int) error) {
	var next atomic.Int64
	var done sync.WaitGroup
	b.ResetTimer()
	for range workers {
		done.Go(func() {
			for n := next.Add(1); n <= int64(b.N); n = next.Add(1) {
				if err := call(int(n)); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	done.Wait()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "calls/s")
}

func client() *http.Client {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.MaxIdleConnsPerHost = 64
	return &http.Client{Transport: t}
}

func newExecutor(tb testing.TB, c knock.Config) *knock.Executor {
	c.APIKey = "sk_test"
	e, err := knock.New(c)
	require.NoError(tb, err)
	return e
}

// The executor against servers at several distances. Knock's rate limit would
// stop it at 1,000 calls a second, so many executors take turns.
func BenchmarkExecutor(b *testing.B) {
	distances(b, func(b *testing.B, url string, workers int) {
		executors := make([]*knock.Executor, 128)
		shared := client()
		for i := range executors {
			executors[i] = newExecutor(b, knock.Config{BaseURL: url, Client: shared})
		}
		inFlight(b, workers, func(n int) error { return executors[n%len(executors)].Execute(b.Context(), greet) })
	})
}

// The same requests, made before, through net/http alone.
func BenchmarkExecutorBare(b *testing.B) {
	distances(b, func(b *testing.B, url string, workers int) {
		requests, err := knock.Render(greet)
		require.NoError(b, err)
		c, body, url := client(), requests[0].Body, url+requests[0].Path
		inFlight(b, workers, func(int) error {
			r, err := http.NewRequest(http.MethodPost, url, bytes.NewReader(body))
			if err != nil {
				return err
			}
			resp, err := c.Do(r)
			if err != nil {
				return err
			}
			defer resp.Body.Close()
			_, err = io.Copy(io.Discard, resp.Body)
			return err
		})
	})
}

func distances(b *testing.B, f func(b *testing.B, url string, workers int)) {
	for _, latency := range []time.Duration{0, 20 * time.Millisecond, 100 * time.Millisecond} {
		for _, workers := range []int{1, 16, 64} {
			b.Run(fmt.Sprintf("%v-%d", latency, workers), func(b *testing.B) {
				server := httptest.NewServer(answering(latency))
				defer server.Close()
				f(b, server.URL, workers)
			})
		}
	}
}

// A connection is made once and used again: no more of them than calls in flight.
func TestExecutorReusesItsConnections(t *testing.T) {
	t.Parallel()
	var opened atomic.Int64
	server := httptest.NewUnstartedServer(answering(0))
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			opened.Add(1)
		}
	}
	server.Start()
	defer server.Close()
	e := newExecutor(t, knock.Config{BaseURL: server.URL})
	const workers = 16
	var done sync.WaitGroup
	for range workers {
		done.Go(func() {
			for range 20 {
				if err := e.Execute(t.Context(), greet); err != nil {
					t.Error(err)
				}
			}
		})
	}
	done.Wait()
	// net/http may dial for a call that then gets a connection that comes free.
	require.LessOrEqual(t, opened.Load(), int64(2*workers))
}

// Where the server speaks HTTP/2 all the calls share one connection.
func TestExecutorSpeaksHTTP2(t *testing.T) {
	t.Parallel()
	var versions sync.Map
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		versions.Store(r.Proto, true)
		_, _ = io.WriteString(w, "{}")
	}))
	server.EnableHTTP2 = true
	server.StartTLS()
	defer server.Close()
	// The default client, but for the server's certificate.
	c := client()
	c.Transport.(*http.Transport).TLSClientConfig = server.Client().Transport.(*http.Transport).TLSClientConfig.Clone()
	e := newExecutor(t, knock.Config{BaseURL: server.URL, Client: c})
	require.NoError(t, e.Execute(t.Context(), greet))
	_, two := versions.Load("HTTP/2.0")
	require.True(t, two)
}
