package main_test

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/clerk/clerktest"
	"github.com/stretchr/testify/require"
)

// padded is a user.created of some size: the rest is metadata.
func padded(size int) []byte {
	metadata := map[string]any{}
	for i := 0; i*64 < size-8<<10; i++ {
		metadata["key_"+strconv.Itoa(i)] = strings.Repeat("x", 45)
	}
	return clerktest.Event("user.created", clerktest.Set("data.public_metadata", metadata))
}

// The cost grows with the body and not faster: MB/s stays what it is.
func BenchmarkSize(b *testing.B) {
	v, m := newVerifier(b), newMapper()
	for _, size := range []int{16 << 10, 64 << 10, 256 << 10, 1 << 20} {
		p := newPayload(fmt.Sprintf("%dkB", size>>10), padded(size))
		b.Run(p.name, func(b *testing.B) {
			measure(b, p, func(b *testing.B, p payload) {
				for b.Loop() {
					if err := pipeline(b.Context(), v, m, p.body, p.header, unsent); err != nil {
						b.Fatal(err)
					}
				}
			})
		})
	}
}

// What is mapped to other events costs this one nothing.
func BenchmarkOtherMappings(b *testing.B) {
	for _, others := range []int{0, 1000} {
		mappings := make([]clerkknock.Mapping, others)
		for i := range mappings {
			mappings[i] = clerkknock.Mapping{
				Event: fmt.Sprintf("other.event%d", i), Action: clerkknock.UsersIdentify,
				Params: clerkknock.Params{"id": clerkknock.Path("data.id"), "name": clerkknock.Path("data.name" + strconv.Itoa(i))},
			}
		}
		m := newMapper().With(mappings...)
		require.NoError(b, m.Err())
		p := read(b, "user-1kB")
		d := clerkknock.Delivery{ID: "msg_1", Header: p.header, Body: p.body}
		b.Run(strconv.Itoa(others), func(b *testing.B) {
			measure(b, p, func(b *testing.B, p payload) {
				for b.Loop() {
					if _, err := m.Plan(b.Context(), d); err != nil {
						b.Fatal(err)
					}
				}
			})
		})
	}
}

// With so many requests waiting for Knock at once, each holds its body, the copy
// of what is sent on and a goroutine, and nothing that grows with the others.
func TestMemoryOfARequestInFlightIsBoundedByItsBody(t *testing.T) {
	const inFlight = 1000
	perRequest := func(size int) float64 {
		hold := make(chan struct{})
		var arrived, done sync.WaitGroup
		src := newSource(t, func(context.Context, clerkknock.Invocation) error {
			arrived.Done()
			<-hold
			return nil
		})
		requests := make([]*http.Request, inFlight)
		template := padded(size)
		for i := range requests {
			// Users of their own: the events of one are processed one by one.
			body := bytes.ReplaceAll(template, []byte("user_3AHk2VqPz8TnWm4cYxRb6LsDgEj"), fmt.Appendf(nil, "user_%d", i))
			requests[i] = clerktest.NewRequest("/", clerktest.Secret, "msg_"+strconv.Itoa(i), now, body)
		}
		before := heap()
		for _, r := range requests {
			arrived.Add(1)
			done.Go(func() { src.ServeHTTP(discard{}, r) })
		}
		arrived.Wait()
		used := heap() - before
		close(hold)
		done.Wait()
		runtime.KeepAlive(requests)
		return used / inFlight
	}
	small, large := perRequest(0), perRequest(64<<10)
	smallBody, largeBody := float64(len(padded(0))), float64(len(padded(64<<10)))
	slope := (large - small) / (largeBody - smallBody)
	t.Logf("%.0f bytes for a body of %.0f, %.0f for one of %.0f: %.2f for each byte", small, smallBody, large, largeBody, slope)
	require.Less(t, small, 32.0*1024)
	// The body, read whole into a buffer, and its metadata, on its way to Knock.
	require.Less(t, slope, 3.5)
}

func heap() float64 {
	runtime.GC()
	runtime.GC() // the first one fills the victim caches of the pools
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc + m.StackInuse)
}

// discard is a ResponseWriter without a memory.
type discard struct{}

func (discard) Header() http.Header             { return http.Header{} }
func (discard) Write(b []byte) (int, error)     { return len(b), nil }
func (discard) WriteHeader(int)                 {}
func (discard) SetReadDeadline(time.Time) error { return nil }
