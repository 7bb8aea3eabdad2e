package clerktest

import (
	"fmt"
	"maps"
	"net/http"
	"path"
	"slices"
	"time"
)

// BackendFault is a failure to come of a Backend: which requests it hits, and what
// happens to them. The zero BackendFault hits every request and does nothing.
type BackendFault struct {
	// Path is a pattern for the path of the requests in the syntax of path.Match, such
	// as "/v1/users". Defaults to every path.
	Path string
	// Skip lets so many matching requests through first. Defaults to 0.
	Skip int
	// Times is how many are hit. Defaults to all.
	Times int
	// Probability is the part of them that is hit, between 0 and 1, drawn from
	// BackendConfig.Seed. Defaults to 1.
	Probability float64

	// Latency is an extra wait. Defaults to none.
	Latency time.Duration
	// Reset breaks the connection. Defaults to false.
	Reset bool
	// Cut sends an answer of which the second half is missing. Defaults to false.
	Cut bool
	// Status is answered instead, with Header, such as a Retry-After, and Body, which
	// may be a proxy's HTML. Defaults to the API's own answer.
	Status int
	// Header goes with Status. Defaults to none.
	Header http.Header
	// Body goes with Status. Defaults to an error in Clerk's form.
	Body []byte
}

type backendFault struct {
	BackendFault
	hits int
}

// Fail adds a fault. Faults are asked in the order in which they were added; the first
// that hits a request decides. The returned function takes it back. Fail panics if the
// Path is not a pattern.
func (b *Backend) Fail(f BackendFault) (stop func()) {
	if _, err := path.Match(f.Path, ""); err != nil {
		panic(fmt.Sprintf("clerktest: BackendFault.Path %q: %v", f.Path, err))
	}
	added := &backendFault{BackendFault: f}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.faults = append(b.faults, added)
	return func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.faults = slices.DeleteFunc(b.faults, func(f *backendFault) bool { return f == added })
	}
}

// arrive counts a request and picks the fault that it meets, or nil.
func (b *Backend) arrive(r *http.Request) *backendFault {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.requests++
	for _, f := range b.faults {
		if hit, _ := path.Match(f.Path, r.URL.Path); !hit && f.Path != "" || f.Times > 0 && f.hits >= f.Skip+f.Times {
			continue
		}
		if f.Probability > 0 && b.random.Float64() >= f.Probability {
			continue
		}
		if f.hits++; f.hits > f.Skip {
			return f
		}
	}
	return nil
}

// strike does what the fault does, and reports whether that was the answer.
func (f *backendFault) strike(w http.ResponseWriter, r *http.Request) bool {
	if f.Latency > 0 {
		timer := time.NewTimer(f.Latency)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-r.Context().Done():
		}
	}
	switch {
	case f.Reset:
		panic(http.ErrAbortHandler)
	case f.Cut:
		w.Header().Set("Content-Length", "1000")
		_, _ = w.Write([]byte(`[{"id":"`))
		panic(http.ErrAbortHandler)
	case f.Status == 0:
		return false
	}
	maps.Copy(w.Header(), f.Header)
	body := f.Body
	if body == nil {
		body = []byte(`{"errors":[{"code":"fault","message":"fault","long_message":"fault"}]}`)
		w.Header().Set("Content-Type", "application/json")
	}
	w.WriteHeader(f.Status)
	_, _ = w.Write(body)
	return true
}
