package clerkknock

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

// readBody reads the whole body, within the size limit and the budget, and adds what
// it holds in memory to held.
func (s *Source) readBody(w http.ResponseWriter, r *http.Request, held *int64) ([]byte, int, error) {
	if r.ContentLength > s.config.MaxBodyBytes {
		// Refused unread: the connection is not worth draining.
		w.Header().Set("Connection", "close")
		return nil, http.StatusRequestEntityTooLarge, s.tooLarge(s.config.MaxBodyBytes)
	}
	if r.Body == nil {
		return nil, http.StatusBadRequest, errors.New("request has no body")
	}
	restore := s.limitReading(w, r)
	var b bytes.Buffer
	// The length is the sender's word until the bytes are there.
	b.Grow(int(min(max(r.ContentLength, 0), 4<<10)) + bytes.MinRead)
	body := http.MaxBytesReader(w, r.Body, s.config.MaxBodyBytes)
	if _, err := b.ReadFrom(&counted{body, s, held}); err != nil {
		// The rest of the body must not be waited for either.
		w.Header().Set("Connection", "close")
		if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
			return nil, http.StatusRequestEntityTooLarge, s.tooLarge(tooLarge.Limit)
		}
		if errors.Is(err, errBusy) {
			return nil, http.StatusServiceUnavailable, err
		}
		return nil, http.StatusBadRequest, fmt.Errorf("body could not be read to its end: %s", got(b.Len(), r.ContentLength))
	}
	restore()
	switch {
	case b.Len() == 0 && (r.ContentLength > 0 || announced(r)):
		return nil, http.StatusBadRequest,
			errors.New("body is already consumed; mount the handler outside of middleware that reads it")
	case int64(b.Len()) < r.ContentLength:
		return nil, http.StatusBadRequest, fmt.Errorf("body is cut short: %s; look for middleware that reads or limits it",
			got(b.Len(), r.ContentLength))
	}
	return b.Bytes(), 0, nil
}

// announced reports whether the sender says that there is a body. Frameworks that are not
// on net/http make the request anew, with the length of what middleware has left.
func announced(r *http.Request) bool {
	length := r.Header.Get("Content-Length")
	return length != "" && length != "0"
}

var errBusy = errors.New("more bytes of bodies are in memory than Config.MaxInFlightBytes allows")

// counted counts what is read among the bytes in flight, and stops at their limit.
type counted struct {
	io.Reader
	source *Source
	held   *int64
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	*c.held += int64(n)
	if c.source.inFlight.Add(int64(n)) > c.source.config.MaxInFlightBytes {
		return n, errBusy
	}
	return n, err
}

// tooLarge says whose limit a body has passed: ours, or one of the host's own.
func (s *Source) tooLarge(limit int64) error {
	if limit != s.config.MaxBodyBytes {
		return fmt.Errorf("body is larger than %d bytes, a limit of the host's own in front of the handler", limit)
	}
	return fmt.Errorf("body is larger than %d bytes; Config.MaxBodyBytes sets the limit", limit)
}

// got says how much of a body has come. A length below 0 is unknown.
func got(n int, length int64) string {
	if length < 0 {
		return fmt.Sprintf("got %d bytes", n)
	}
	return fmt.Sprintf("got %d of %d bytes", n, length)
}

// looksLikeBase64 reports whether a body begins as an encoded JSON object does.
func looksLikeBase64(body []byte) bool {
	for _, prefix := range [...]string{"eyJ", "eyA", "ewo", "ew0"} { // {" {space {newline
		if bytes.HasPrefix(body, []byte(prefix)) {
			return true
		}
	}
	return false
}

// limitReading gives a client that sends nothing as long as the budget, unless
// the server has a limit of its own. The returned function ends the limit.
func (s *Source) limitReading(w http.ResponseWriter, r *http.Request) func() {
	if server, ok := r.Context().Value(http.ServerContextKey).(*http.Server); ok && server.ReadTimeout > 0 {
		return func() {}
	}
	// Behind middleware that hides the connection this does nothing, and a
	// ReadTimeout of the server's is the only limit.
	c := http.NewResponseController(w)
	_ = c.SetReadDeadline(time.Now().Add(s.config.Budget))
	return func() { _ = c.SetReadDeadline(time.Time{}) }
}
