package knocktest

import (
	"fmt"
	"maps"
	"net"
	"net/http"
	"path"
	"slices"
	"sync"
	"time"
)

// Fault is a failure to come: which requests it hits, and what happens to them.
// The zero Fault hits every request and does nothing.
type Fault struct {
	// Method is the HTTP method of the requests. Defaults to every method.
	Method string
	// Path is a pattern for their escaped path in the syntax of path.Match: a
	// "*" stands for one segment or a part of it, as in "/v1/users/*". Defaults
	// to every path.
	Path string
	// Skip lets so many matching requests through first. Defaults to 0.
	Skip int
	// Times is how many are hit. Defaults to all.
	Times int
	// Probability, between 0 and 1, hits only a part of them, drawn from
	// Config.Seed. Defaults to 1.
	Probability float64

	// AfterEffect lets the API do its work first and loses only the answer: the
	// client cannot know that it has happened. The answer that an idempotency
	// key stands for is stored. Defaults to false: nothing happens.
	AfterEffect bool
	// Latency is an extra wait. A client that gives up meanwhile does not keep the
	// API from doing its work afterwards. Defaults to none.
	Latency time.Duration
	// Hang waits until the client gives up or the fault is stopped, and closes
	// the connection without an answer.
	Hang bool
	// Reset breaks the connection. Defaults to false, like Hang.
	Reset bool
	// Status is answered instead. Defaults to the API's own answer.
	Status int
	// Header goes with Status, such as a Retry-After.
	Header http.Header
	// Body goes with Status: HTML as a proxy sends it, say, or nothing with
	// []byte{}. Defaults to an error in Knock's form.
	Body []byte
}

type fault struct {
	Fault
	hits    int
	stopped chan struct{}
	stop    func()
}

// Fail adds a fault. Faults are asked in the order in which they were added; the
// first that hits a request decides, and the others do not count it. The
// returned function takes the fault back. Fail panics if the Path is not a
// pattern.
func (a *API) Fail(f Fault) (stop func()) {
	if _, err := path.Match(f.Path, ""); err != nil {
		panic(fmt.Sprintf("knocktest: Fault.Path %q: %v", f.Path, err))
	}
	f.Header, f.Body = f.Header.Clone(), slices.Clone(f.Body)
	added := &fault{Fault: f, stopped: make(chan struct{})}
	added.stop = sync.OnceFunc(func() { close(added.stopped) })
	a.mu.Lock()
	defer a.mu.Unlock()
	a.faults = append(a.faults, added)
	return func() {
		a.mu.Lock()
		defer a.mu.Unlock()
		added.stop()
		a.faults = slices.DeleteFunc(a.faults, func(f *fault) bool { return f == added })
	}
}

// Heal takes all faults back and lets go of the requests that hang in them.
func (a *API) Heal() {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, f := range a.faults {
		f.stop()
	}
	a.faults = nil
}

// pickFault returns the fault that hits a request, or nil.
func (a *API) pickFault(r *http.Request) *fault {
	for _, f := range a.faults {
		if !f.matches(r) || f.Times > 0 && f.hits >= f.Skip+f.Times {
			continue
		}
		if f.Probability > 0 && a.random.Float64() >= f.Probability {
			continue
		}
		if f.hits++; f.hits > f.Skip {
			return f
		}
	}
	return nil
}

func (f *Fault) matches(r *http.Request) bool {
	if f.Method != "" && f.Method != r.Method {
		return false
	}
	hit, _ := path.Match(f.Path, r.URL.EscapedPath())
	return hit || f.Path == ""
}

// strike does what the fault does. If it comes to an answer, that is the one.
func (f *fault) strike(w http.ResponseWriter, r *http.Request) (answer, bool) {
	if f.Latency > 0 {
		timer := time.NewTimer(f.Latency)
		defer timer.Stop()
		f.wait(r, timer.C)
	}
	switch {
	case f.Hang:
		f.wait(r, nil)
		panic(http.ErrAbortHandler)
	case f.Reset:
		reset(w)
	case f.Status == 0:
		return answer{}, false
	}
	ans := *refuse(f.Status, "fault", http.StatusText(f.Status))
	if f.Body != nil {
		ans.body, ans.raw = nil, f.Body
		ans.header = http.Header{"Content-Type": {http.DetectContentType(f.Body)}}
		if len(f.Body) > 0 && f.Body[0] == '{' {
			ans.header.Set("Content-Type", "application/json")
		}
	}
	if ans.header == nil {
		ans.header = http.Header{}
	}
	maps.Copy(ans.header, f.Header)
	return ans, true
}

func (f *fault) wait(r *http.Request, elapsed <-chan time.Time) {
	select {
	case <-elapsed:
	case <-f.stopped:
	case <-r.Context().Done():
	}
}

// reset closes the connection in a way that the client sees as "connection reset
// by peer", where the connection can be had; else the server just closes it.
func reset(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err == nil {
		if tcp, ok := conn.(*net.TCPConn); ok {
			_ = tcp.SetLinger(0)
		}
		_ = conn.Close()
	}
	panic(http.ErrAbortHandler)
}
