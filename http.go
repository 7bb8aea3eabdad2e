package clerkknock

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// ServeHTTP implements http.Handler. Mount it where Clerk posts to, outside of
// any middleware that asks for a login or reads the body:
//
//	mux.Handle("POST /webhooks/clerk", src)
//
// The answer is 200 with the Report when all is done, 202 when the Inbox has
// the delivery, 503 when it is to come again, 422 when a step has failed for
// good, and 400, 401, 403, 405 or 413 with one word for what is not accepted.
func (s *Source) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	start := s.config.Now()
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		w.Header().Set("Connection", "close") // a body that nobody asked for is not waited for
		s.refuse(w, r, http.StatusMethodNotAllowed, errors.New("method is not POST"))
		return
	}
	body, status, err := s.readBody(w, r)
	if err != nil {
		s.refuse(w, r, status, err)
		return
	}
	if err := s.config.Verifier.Verify(body, r.Header); err != nil {
		status := http.StatusUnauthorized
		if errors.Is(err, ErrMissingHeaders) {
			status = http.StatusBadRequest
		}
		s.refuse(w, r, status, err)
		return
	}
	d := newDelivery(r.Header, body, start)
	e, err := d.event()
	if err != nil {
		s.refuse(w, r, http.StatusBadRequest, err)
		return
	}
	if len(s.config.InstanceIDs) > 0 && !slices.Contains(s.config.InstanceIDs, e.InstanceID) {
		s.refuse(w, r, http.StatusForbidden, errors.New("event is of another Clerk instance than Config.InstanceIDs allows"))
		return
	}

	// What has been started is finished, or cut off by the budget, but not
	// abandoned because the sender has hung up.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), s.config.Budget-s.config.Now().Sub(start))
	defer cancel()
	if s.config.Inbox != nil {
		s.respond(w, s.store(ctx, d, clip(e.Type)))
		return
	}
	s.respond(w, s.process(ctx, e, d))
}

func (s *Source) store(ctx context.Context, d Delivery, eventType string) Report {
	r := Report{ID: clip(d.ID), Type: eventType, Outcome: OutcomeStored}
	if err := guard(func() error { return s.config.Inbox.Put(ctx, d) }); err != nil {
		r.Outcome, r.Err = OutcomeRetry, err
		s.logPanic(ctx, &r, "", err)
	}
	grace, cancel := withGrace(ctx)
	defer cancel()
	s.finish(grace, d, r)
	return r
}

// errTooLarge is a body beyond MaxBodyBytes.
var errTooLarge = errors.New("body is too large; Config.MaxBodyBytes sets the limit")

// readBody reads the whole body, within the size limit and the budget.
func (s *Source) readBody(w http.ResponseWriter, r *http.Request) ([]byte, int, error) {
	if r.ContentLength > s.config.MaxBodyBytes {
		// Refused unread: the connection is not worth draining.
		w.Header().Set("Connection", "close")
		return nil, http.StatusRequestEntityTooLarge, errTooLarge
	}
	if r.Body == nil {
		return nil, http.StatusBadRequest, errors.New("request has no body")
	}
	restore := s.limitReading(w, r)
	var b bytes.Buffer
	// The length is the sender's word until the bytes are there.
	b.Grow(int(min(max(r.ContentLength, 0), 64<<10)) + bytes.MinRead)
	if _, err := b.ReadFrom(http.MaxBytesReader(w, r.Body, s.config.MaxBodyBytes)); err != nil {
		// The rest of the body must not be waited for either.
		w.Header().Set("Connection", "close")
		if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
			return nil, http.StatusRequestEntityTooLarge, errTooLarge
		}
		return nil, http.StatusBadRequest, errors.New("body could not be read to its end")
	}
	restore()
	if b.Len() == 0 && r.ContentLength > 0 {
		return nil, http.StatusBadRequest, errors.New("body is already consumed; mount the handler outside of middleware that reads it")
	}
	return b.Bytes(), 0, nil
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

// refuse answers with one generic word: whoever is not verified learns nothing.
func (s *Source) refuse(w http.ResponseWriter, r *http.Request, status int, reason error) {
	s.config.Logger.WarnContext(r.Context(), "clerkknock: request refused", LogStatus, status, LogError, reason)
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, refusals[status]+"\n")
}

var refusals = map[int]string{
	http.StatusBadRequest:            "malformed",
	http.StatusUnauthorized:          "unauthorized",
	http.StatusForbidden:             "forbidden",
	http.StatusMethodNotAllowed:      "unsupported",
	http.StatusRequestEntityTooLarge: "oversized",
}

// respond is the response table. Svix takes any 2xx for success and retries
// everything else: https://docs.svix.com/retries.
func (s *Source) respond(w http.ResponseWriter, r Report) {
	status := http.StatusOK
	switch r.Outcome {
	case OutcomeStored:
		status = http.StatusAccepted
	case OutcomeRetry:
		status = http.StatusServiceUnavailable
		w.Header().Set("Retry-After", retryAfter(r))
	case OutcomeFailed:
		status = http.StatusUnprocessableEntity
		if s.config.AbortOnFailure {
			w.Header().Set("Webhook-Delivery", "abort-message")
		}
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	// A sender that has gone away will ask again and get the recorded result.
	_, _ = w.Write(append(r.appendJSON(make([]byte, 0, 256)), '\n'))
}

const (
	// defaultPause is Svix's own first pause.
	defaultPause = 5 * time.Second
	maxPause     = time.Hour
)

func retryAfter(r Report) string {
	pause := retryPause(r.Error())
	if pause <= 0 {
		pause = defaultPause
	}
	seconds := (min(pause, maxPause) + time.Second - 1) / time.Second
	return strconv.FormatInt(int64(seconds), 10)
}
