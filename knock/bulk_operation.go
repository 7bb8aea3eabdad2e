package knock

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/clerkknock/clerkknock"
	"github.com/tidwall/gjson"
)

const (
	// bulkTimeout is the time for the answer to a bulk call, whose body is large.
	bulkTimeout = 30 * time.Second
	// An operation is polled after a pause that grows.
	firstPoll = 250 * time.Millisecond
	maxPoll   = 2 * time.Second
	// maxOperation is how long an operation is waited for if ctx sets no earlier end.
	// Knock names no time.
	maxOperation = 10 * time.Minute
	// maxLate is for how long a call may still happen whose answer was lost.
	maxLate = time.Minute
)

// bulkResult names the items of a bulk call that have had no effect.
type bulkResult struct {
	// failed are the error items, without a reason.
	failed []string
	// limited were updated within the same second.
	limited []string
}

// bulk makes a bulk call and waits until it has happened. It calls turn when it has been
// answered: then it stands in nobody's way.
func (e *Executor) bulk(ctx context.Context, l lane, invs behalf, items []string, turn func()) (bulkResult, error) {
	ctx, cancel := context.WithTimeout(ctx, maxOperation)
	defer cancel()
	r := bulkRequest(l, items)
	answer, err := e.callBulk(ctx, invs, r)
	turn()
	if err != nil {
		return bulkResult{}, fmt.Errorf("knock: %s: %w", r.Action, err)
	}
	operation := word(gjson.GetBytes(answer.body, "id").String())
	invs.Note(slog.Group("request", append(describe(r), slog.Int("status", answer.status),
		slog.String("bulk_operation", operation))...))
	if operation == "" {
		return bulkResult{}, fmt.Errorf("knock: %s: knock answered a bulk call without the ID of an operation", r.Action)
	}
	failed, err := e.poll(ctx, r.Action, operation)
	if err != nil {
		return bulkResult{}, fmt.Errorf("knock: %s: %w", r.Action, err)
	}
	return bulkResult{failed, limitedBy(answer.header)}, nil
}

// callBulk sends a bulk call until it is answered. As long as a call may still happen of
// which no answer has come, it does not return.
func (e *Executor) callBulk(ctx context.Context, invs behalf, r Request) (answer response, err error) {
	var lost time.Time
	defer func() {
		if !lost.IsZero() {
			pause(ctx, time.Until(lost.Add(maxLate)))
		}
	}()
	for attempt := 1; ; attempt++ {
		if err := wait(ctx, e.limits.bulk[r.Action]); err != nil {
			return answer, err
		}
		if err := invs.Proceed(ctx); err != nil {
			return answer, err
		}
		answer, err = e.attemptWithin(ctx, r, max(e.attemptTimeout, bulkTimeout))
		if err == nil || clerkknock.IsPermanent(err) || isFutile(err) {
			return answer, err
		}
		if answer.status == 0 || answer.status >= 500 {
			lost = time.Now()
		}
		retryAfter := parseRetryAfter(answer.header)
		if attempt >= e.maxAttempts || !sleep(ctx, max(backoff(r, attempt), retryAfter)) {
			return answer, clerkknock.RetryAfter(err, retryAfter)
		}
	}
}

var (
	errOperationFailed = errors.New("the bulk operation has failed as a whole; it is to be sent again")
	errOperationSlow   = errors.New("the bulk operation has not come to an end in time; it may still happen")
)

// poll waits for the end of an operation and returns the IDs of its error items. What
// goes wrong in asking is asked again until ctx is done.
func (e *Executor) poll(ctx context.Context, action clerkknock.ActionType, operation string) ([]string, error) {
	r := Request{Action: action, Method: http.MethodGet, Path: "/v1/bulk_operations/" + operation}
	for interval := firstPoll; ; interval = min(interval*3/2, maxPoll) {
		pause(ctx, interval)
		if err := wait(ctx, e.limits.tiers[tier4]); err != nil {
			return nil, errors.Join(errOperationSlow, err)
		}
		answer, err := e.attempt(ctx, r)
		switch {
		case ctx.Err() != nil:
			return nil, errors.Join(errOperationSlow, ctx.Err())
		case err != nil && clerkknock.IsPermanent(err):
			return nil, fmt.Errorf("the bulk operation cannot be followed: %w", temporary{err})
		case err != nil:
			continue
		}
		switch gjson.GetBytes(answer.body, "status").Str {
		case "completed":
			var failed []string
			for _, it := range gjson.GetBytes(answer.body, "error_items").Array() {
				failed = append(failed, strings.Clone(it.Get("id").String()))
			}
			return failed, nil
		case "failed":
			return nil, errOperationFailed
		}
	}
}

// temporary hides the mark of a permanent error: that an operation cannot be looked at
// says nothing about its items.
type temporary struct{ err error }

func (t temporary) Error() string { return t.err.Error() }

// limitedBy reads the header that names what a bulk call has left out, one update of
// each entity being taken in a second:
// https://docs.knock.app/api-reference/overview/rate-limits.
func limitedBy(h http.Header) []string {
	var all []string
	for name, values := range h {
		if !strings.HasPrefix(name, "X-Ratelimited-") {
			continue
		}
		for _, id := range strings.Split(strings.Join(values, ","), ",") {
			all = append(all, strings.TrimSpace(id))
		}
	}
	return all
}

// behalves is on behalf of several invocations.
type behalves []item

// Proceed asks each of them: a claim of each may be lost.
func (b behalves) Proceed(ctx context.Context) error {
	errs := make([]error, len(b))
	indexes := make([]int, len(b))
	for i := range b {
		indexes[i] = i
	}
	each(indexes, func(i int) { errs[i] = b[i].inv.Proceed(ctx) })
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// Note notes for each of them.
func (b behalves) Note(attrs ...slog.Attr) {
	for _, it := range b {
		it.inv.Note(attrs...)
	}
}
