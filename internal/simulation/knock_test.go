package simulation_test

import (
	"bytes"
	"context"
	"errors"
	"hash/fnv"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"path"
	"strings"
	"sync"
	"time"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/knock/knocktest"
	"github.com/tidwall/gjson"
)

// unreliable is a connection to a Knock in memory on which everything goes wrong
// that can. Which request fails how depends on the seed, on the request and on
// how often it has come, but on nothing that another goroutine does.
type unreliable struct {
	api  *knocktest.API
	seed uint64
	// failing is the part of the requests that fail while it is not healthy.
	failing float64
	healthy func() bool

	mu     sync.Mutex
	seen   map[string]uint64
	newest map[string]int64
	faults map[string]int
	done   map[string]bool
	stale  int
	// again are steps that were executed although they had succeeded.
	again int
}

var errReset = errors.New("connection reset by peer")

// RoundTrip implements http.RoundTripper.
func (u *unreliable) RoundTrip(r *http.Request) (*http.Response, error) {
	var body []byte
	if r.Body != nil {
		body, _ = io.ReadAll(r.Body)
	}
	rng := u.draw(r, body)
	time.Sleep(time.Duration(rng.IntN(int(50 * time.Millisecond))))
	fault := u.fault(rng)
	switch fault {
	case "429":
		return respond(429, "Retry-After", "2"), nil
	case "500":
		return respond(500), nil
	case "reset":
		return nil, errReset
	case "timeout":
		<-r.Context().Done()
		return nil, r.Context().Err()
	}
	if r.Context().Err() != nil {
		return nil, r.Context().Err()
	}
	u.watch(r, body)
	answer := u.apply(r, body)
	switch fault {
	case "500 after the effect":
		return respond(500), nil
	case "reset after the effect":
		return nil, errReset
	case "timeout after the effect":
		<-r.Context().Done()
		return nil, r.Context().Err()
	}
	return answer, nil
}

func (u *unreliable) apply(r *http.Request, body []byte) *http.Response {
	inner := r.Clone(context.WithoutCancel(r.Context()))
	inner.Body = io.NopCloser(bytes.NewReader(body))
	inner.RequestURI = r.URL.RequestURI()
	rec := httptest.NewRecorder()
	u.api.ServeHTTP(rec, inner)
	return rec.Result()
}

var faultKinds = []string{
	"429", "500", "reset", "timeout", "500 after the effect", "reset after the effect", "timeout after the effect",
}

// draw makes the random numbers for a request.
func (u *unreliable) draw(r *http.Request, body []byte) *rand.Rand {
	h := fnv.New64a()
	_, _ = io.WriteString(h, r.Method+r.URL.Path+r.Header.Get("Idempotency-Key")+string(body))
	u.mu.Lock()
	defer u.mu.Unlock()
	key := string(h.Sum(nil))
	u.seen[key]++
	return rand.New(rand.NewPCG(u.seed+h.Sum64(), u.seen[key]))
}

// fault draws what happens to a request; "" is nothing.
func (u *unreliable) fault(rng *rand.Rand) string {
	if u.healthy() || rng.Float64() > u.failing {
		return ""
	}
	fault := faultKinds[rng.IntN(len(faultKinds))]
	u.mu.Lock()
	defer u.mu.Unlock()
	u.faults[fault]++
	return fault
}

// watch counts effects that take what Knock holds back to an older version, whatever
// anybody has been told about them.
func (u *unreliable) watch(r *http.Request, body []byte) {
	version, id := gjson.GetBytes(body, "public_metadata.v").Int(), path.Base(r.URL.Path)
	if version == 0 {
		return
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	if version < u.newest[id] {
		u.stale++
	}
	u.newest[id] = max(u.newest[id], version)
}

// reported notes what an executor has told the Source that it has done.
func (u *unreliable) reported(inv clerkknock.Invocation) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.done[inv.IdempotencyKey] {
		u.again++
	}
	u.done[inv.IdempotencyKey] = true
}

func respond(status int, headers ...string) *http.Response {
	h := http.Header{}
	for i := 0; i+1 < len(headers); i += 2 {
		h.Set(headers[i], headers[i+1])
	}
	return &http.Response{StatusCode: status, Header: h, Body: io.NopCloser(strings.NewReader("<html>"))}
}

// panicky is host code around an executor, with bugs.
type panicky struct {
	clerkknock.Executor
	u *unreliable
}

func (p panicky) Execute(ctx context.Context, inv clerkknock.Invocation) error {
	h := fnv.New64a()
	_, _ = io.WriteString(h, inv.IdempotencyKey)
	p.u.mu.Lock()
	p.u.seen[inv.IdempotencyKey]++
	rng := rand.New(rand.NewPCG(p.u.seed+h.Sum64(), p.u.seen[inv.IdempotencyKey]))
	panics := rng.Float64() < 0.05 && !p.u.healthy()
	late := rng.IntN(2) == 0
	if panics {
		p.u.faults["panic"]++
	}
	p.u.mu.Unlock()
	if panics && !late {
		panic("before the effect")
	}
	err := p.Executor.Execute(ctx, inv)
	if panics {
		panic("after the effect")
	}
	if err == nil {
		p.u.reported(inv)
	}
	return err
}

// hours is a duration as people say it.
func hours(n float64) time.Duration { return time.Duration(n * float64(time.Hour)) }
