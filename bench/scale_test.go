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
	"github.com/clerkknock/clerkknock/clerk"
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
	v, m, webhook := newVerifier(b), newMapper(), mustWebhook()
	for _, size := range []int{16 << 10, 64 << 10, 256 << 10, 1 << 20} {
		p := newPayload(fmt.Sprintf("%dkB", size>>10), padded(size))
		for _, layer := range []struct {
			name string
			do   func() error
		}{
			{"svix", func() error { return webhook.VerifyIgnoringTimestamp(p.body, p.header) }},
			{"plan", func() error {
				_, err := m.Rehearse(b.Context(), clerkknock.Delivery{ID: "msg_1", Body: p.body})
				return err
			}},
			{"pipeline", func() error { return pipeline(b.Context(), v, m, p.body, p.header, unsent) }},
		} {
			b.Run(layer.name+"/"+p.name, func(b *testing.B) {
				measure(b, p, func(b *testing.B, p payload) {
					for b.Loop() {
						if err := layer.do(); err != nil {
							b.Fatal(err)
						}
					}
				})
			})
		}
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
					if _, err := m.Rehearse(b.Context(), d); err != nil {
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
	perByte, perRequest := memoryInFlight(t)
	t.Logf("%.2f for each byte of the body and %.0f for each request", perByte, perRequest)
	// The body, read whole into a buffer, and its metadata, on its way to Knock.
	require.Less(t, perByte, 3.5)
	require.Less(t, perRequest, 24.0*1024)
}

func BenchmarkInFlight(b *testing.B) {
	for b.Loop() {
		perByte, perRequest := memoryInFlight(b)
		b.ReportMetric(perByte, "B/byte")
		b.ReportMetric(perRequest, "B/request")
	}
}

// memoryInFlight measures the bytes that 1,000 requests hold while they wait.
func memoryInFlight(t testing.TB) (perByte, perRequest float64) {
	small, large := padded(0), padded(64<<10)
	ofSmall, ofLarge := heldInFlight(t, small), heldInFlight(t, large)
	perByte = (ofLarge - ofSmall) / float64(len(large)-len(small))
	return perByte, ofSmall - perByte*float64(len(small))
}

func heldInFlight(t testing.TB, template []byte) float64 {
	const inFlight = 1000
	hold := make(chan struct{})
	var arrived, done sync.WaitGroup
	src := newSource(t, func(context.Context, clerkknock.Invocation) error {
		arrived.Done()
		<-hold
		return nil
	})
	requests := make([]*http.Request, inFlight)
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

// A type that somebody counts by holds on to neither the body nor what is personal
// in it.
func TestAKeptTypeKeepsNothingElse(t *testing.T) {
	const events = 100
	kept := make([]string, events)
	before := heap()
	for i := range kept {
		e, err := clerk.Parse(fmt.Appendf(nil,
			`{"type":"user.created%d","event_attributes":{"http_request":{"user_agent":%q}}}`,
			i, strings.Repeat("x", 100_000)))
		require.NoError(t, err)
		kept[i] = e.Type
	}
	require.Less(t, heap()-before, 1e6)
	runtime.KeepAlive(kept)
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
