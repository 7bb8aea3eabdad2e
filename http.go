package clerkknock

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
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
	var held int64 // bytes of the body
	defer func() { s.inFlight.Add(-held) }()
	d, e, status, err := s.accept(w, r, start, &held)
	if err != nil {
		s.refuse(w, r, status, err, start)
		return
	}
	// What has been started is finished, or cut off by the budget, but not
	// abandoned because the sender has hung up.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), s.config.Budget-s.config.Now().Sub(start))
	defer cancel()
	var report Report
	if s.config.Inbox != nil && s.keeps(e) {
		report = s.store(ctx, e, d)
	} else {
		report = s.process(ctx, e, d, "", nil)
	}
	report.Answer = answers[report.Outcome]
	s.tell(ctx, d, report)
	s.respond(w, report)
}

// accept reads and verifies a request. An error comes with the status to refuse it
// with.
func (s *Source) accept(w http.ResponseWriter, r *http.Request, at time.Time, held *int64,
) (Delivery, clerk.Envelope, int, error) {
	refused := func(status int, err error) (Delivery, clerk.Envelope, int, error) {
		return Delivery{}, clerk.Envelope{}, status, err
	}
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		w.Header().Set("Connection", "close") // do not wait for its body
		return refused(http.StatusMethodNotAllowed, errors.New("method is not POST"))
	}
	verifier := *s.verifier.Load()
	if err := verifyHeaders(verifier, w, r); err != nil {
		return refused(unverified(err), err)
	}
	body, status, err := s.readBody(w, r, held)
	if err != nil {
		return refused(status, err)
	}
	err = verifier.Verify(body, r.Header)
	switch {
	case errors.Is(err, ErrNoMatch) && looksLikeBase64(body):
		return refused(http.StatusUnauthorized,
			fmt.Errorf("%w; the body looks like base64, as API gateways send it: decode it first", err))
	case err != nil:
		return refused(unverified(err), err)
	}
	d := newDelivery(r.Header, body, at, s.keepsHeader)
	e, err := d.event()
	if err != nil {
		return refused(http.StatusBadRequest, err)
	}
	if len(s.config.InstanceIDs) > 0 && !slices.Contains(s.config.InstanceIDs, e.InstanceID) {
		return refused(http.StatusForbidden, otherInstance(e.InstanceID))
	}
	return d, e, 0, nil
}

// verifyHeaders refuses what can be refused before the body is read.
func verifyHeaders(verifier Verifier, w http.ResponseWriter, r *http.Request) error {
	v, ok := verifier.(interface{ VerifyHeaders(http.Header) error })
	if !ok {
		return nil
	}
	err := v.VerifyHeaders(r.Header)
	if err != nil {
		w.Header().Set("Connection", "close") // do not wait for its body
	}
	return err
}

// unverified is the status of a request that the Verifier refuses.
func unverified(err error) int {
	if errors.Is(err, ErrMissingHeaders) {
		return http.StatusBadRequest
	}
	return http.StatusUnauthorized
}

// otherInstance names what was seen: the event is signed, so that its word counts.
func otherInstance(id string) error {
	if id == "" {
		return errors.New("event has no instance_id, and Config.InstanceIDs asks for one")
	}
	return fmt.Errorf("event is of Clerk instance %q, which Config.InstanceIDs does not list", clip(id))
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

// refuse answers with one generic word: a stranger learns nothing.
func (s *Source) refuse(w http.ResponseWriter, r *http.Request, status int, reason error, at time.Time) {
	id := claimedID(r.Header)
	s.tell(r.Context(), Delivery{ID: id, ReceivedAt: at}, Report{
		ID: id, Outcome: OutcomeRefused, At: at, Took: s.config.Now().Sub(at), Answer: status, Err: reason,
	})
	if status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", seconds(defaultPause))
	}
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
	http.StatusServiceUnavailable:    "busy",
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
