package clerkknock

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/clerkknock/clerkknock/clerk"
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
	d, e, status, err := s.accept(w, r, start)
	if err != nil {
		s.refuse(w, r, status, err, start)
		return
	}
	// What has been started is finished, or cut off by the budget, but not
	// abandoned because the sender has hung up.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), s.config.Budget-s.config.Now().Sub(start))
	defer cancel()
	var report Report
	if s.config.Inbox != nil {
		report = s.store(ctx, e, d)
	} else {
		report = s.process(ctx, e, d, "")
	}
	report.Answer = answers[report.Outcome]
	s.tell(ctx, d, report)
	s.respond(w, report)
}

// accept reads and verifies a request. An error comes with the status to refuse it
// with.
func (s *Source) accept(w http.ResponseWriter, r *http.Request, at time.Time) (Delivery, clerk.Envelope, int, error) {
	refused := func(status int, err error) (Delivery, clerk.Envelope, int, error) {
		return Delivery{}, clerk.Envelope{}, status, err
	}
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		w.Header().Set("Connection", "close") // do not wait for its body
		return refused(http.StatusMethodNotAllowed, errors.New("method is not POST"))
	}
	body, status, err := s.readBody(w, r)
	if err != nil {
		return refused(status, err)
	}
	err = s.config.Verifier.Verify(body, r.Header)
	switch {
	case errors.Is(err, ErrMissingHeaders):
		return refused(http.StatusBadRequest, err)
	case err != nil:
		return refused(http.StatusUnauthorized, err)
	}
	d := newDelivery(r.Header, body, at)
	e, err := d.event()
	if err != nil {
		return refused(http.StatusBadRequest, err)
	}
	if len(s.config.InstanceIDs) > 0 && !slices.Contains(s.config.InstanceIDs, e.InstanceID) {
		return refused(http.StatusForbidden, errors.New("event is of another Clerk instance than Config.InstanceIDs allows"))
	}
	return d, e, 0, nil
}

func (s *Source) store(ctx context.Context, e clerk.Envelope, d Delivery) Report {
	r := Report{ID: clip(d.ID), Type: clip(e.Type), Outcome: OutcomeStored, At: s.config.Now()}
	if err := guard(func() error { return s.config.Inbox.Put(ctx, d) }); err != nil {
		r.Outcome, r.Err = OutcomeRetry, err
		s.logPanic(ctx, e, "", err)
	}
	r.Took = s.config.Now().Sub(r.At)
	return r
}

var (
	errTooLarge = errors.New("body is too large; Config.MaxBodyBytes sets the limit")
	errConsumed = errors.New("body is already consumed; mount the handler outside of middleware that reads it")
)

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
		return nil, http.StatusBadRequest, errConsumed
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

// refuse answers with one generic word: a stranger learns nothing.
func (s *Source) refuse(w http.ResponseWriter, r *http.Request, status int, reason error, at time.Time) {
	id := claimedID(r.Header)
	s.tell(r.Context(), Delivery{ID: id, ReceivedAt: at}, Report{
		ID: id, Outcome: OutcomeRefused, At: at, Took: s.config.Now().Sub(at), Answer: status, Err: reason,
	})
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

// answers is the response table. Svix takes any 2xx for success and retries
// everything else: https://docs.svix.com/retries.
var answers = map[Outcome]int{
	OutcomeSucceeded: http.StatusOK,
	OutcomeSkipped:   http.StatusOK,
	OutcomeDuplicate: http.StatusOK,
	OutcomeIgnored:   http.StatusOK,
	OutcomeStored:    http.StatusAccepted,
	OutcomeRetry:     http.StatusServiceUnavailable,
	OutcomeFailed:    http.StatusUnprocessableEntity,
}

func (s *Source) respond(w http.ResponseWriter, r Report) {
	switch {
	case r.Outcome == OutcomeRetry:
		w.Header().Set("Retry-After", seconds(pauseOf(r.Err)))
	case r.Outcome == OutcomeFailed && s.config.AbortOnFailure:
		w.Header().Set("Webhook-Delivery", "abort-message")
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(r.Answer)
	// A sender that has gone away will ask again and get the recorded result.
	_ = json.NewEncoder(w).Encode(r)
}

const (
	// defaultPause is Svix's own first pause.
	defaultPause = 5 * time.Second
	maxPause     = time.Hour
)

// seconds is a pause as a Retry-After header has it.
func seconds(pause time.Duration) string {
	if pause <= 0 {
		pause = defaultPause
	}
	return strconv.FormatInt(int64((min(pause, maxPause)+time.Second-1)/time.Second), 10)
}
