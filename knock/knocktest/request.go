package knocktest

import (
	"bytes"
	"fmt"
	"net/http"
	"time"
)

// Request is a request as it arrived, and the status that it was answered with.
type Request struct {
	At     time.Time
	Method string
	// Path is as it was sent, percent-encoding included, and Query the raw query.
	Path, Query string
	// Header holds X-Knock-Branch and Idempotency-Key, if they were sent.
	Header http.Header
	Body   []byte
	// Status is 0 as long as there is no answer: the request is still being
	// worked on, or a Fault has broken the connection.
	Status int
	// RequestID is the answer's X-Request-Id.
	RequestID string
	// Faulted is true if a Fault hit the request.
	Faulted bool
}

// maxRecorded bounds the bodies that are remembered, in bytes.
const maxRecorded = 64 << 20

// requestLog remembers the last requests.
type requestLog struct {
	ring  ring[*Request]
	bytes int
	count int
}

func (l *requestLog) add(r *http.Request, body []byte, now time.Time, faulted bool) *Request {
	l.count++
	rec := &Request{
		At: now, Method: r.Method, Path: r.URL.EscapedPath(), Query: r.URL.RawQuery,
		Header: r.Header.Clone(), Body: body, RequestID: fmt.Sprintf("req_%06d", l.count), Faulted: faulted,
	}
	l.bytes += len(body)
	if dropped, ok := l.ring.push(rec); ok {
		l.bytes -= len(dropped.Body)
	}
	for l.bytes > maxRecorded {
		l.bytes -= len(l.ring.pop().Body)
	}
	return rec
}

// Requests returns the requests that have arrived, the oldest first: all of
// them, those refused included, up to Config.History and 64 MB of bodies.
func (a *API) Requests() []Request {
	a.mu.Lock()
	defer a.mu.Unlock()
	all := make([]Request, 0, len(a.requests.ring.items))
	for _, r := range a.requests.ring.items {
		rec := *r
		rec.Header, rec.Body = r.Header.Clone(), bytes.Clone(r.Body)
		all = append(all, rec)
	}
	return all
}

// ring holds the last items, up to its limit.
type ring[T any] struct {
	items []T
	limit int
}

func (r *ring[T]) push(item T) (dropped T, full bool) {
	if full = len(r.items) == r.limit; full {
		dropped = r.pop()
	}
	r.items = append(r.items, item)
	return dropped, full
}

// pop takes the oldest item out; append makes room for the next ones in time.
func (r *ring[T]) pop() (oldest T) {
	oldest, r.items[0] = r.items[0], oldest
	r.items = r.items[1:]
	return oldest
}
