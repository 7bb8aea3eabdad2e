package knock

import (
	"context"
	"errors"
	"hash/fnv"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"strconv"
	"time"

	"github.com/clerkknock/clerkknock"
	"github.com/tidwall/gjson"
)

// transport sends one request once. Its error means that no answer came.
type transport interface {
	send(ctx context.Context, r Request) (response, error)
}

// response is what of an answer matters here.
type response struct {
	status int
	header http.Header
	body   []byte
}

const (
	firstDelay = 250 * time.Millisecond
	maxDelay   = 8 * time.Second
	// maxRetryAfter caps how long Knock, or a proxy before it, may send us away.
	maxRetryAfter = time.Hour
)

// behalf is on whose behalf a request is sent: an Invocation, or several.
type behalf interface {
	Proceed(ctx context.Context) error
	Note(attrs ...slog.Attr)
}

// send sends a request until it is answered, as often as attempts and the
// caller's deadline allow. When there is no time left to wait, the error says
// how long it would have been.
func (e *Executor) send(ctx context.Context, inv behalf, r Request) error {
	s := sending{at: time.Now()}
	defer func() { inv.Note(s.noted(r)) }()
	for attempt := 1; ; attempt++ {
		began := time.Now()
		err := e.limits.wait(ctx, r.Action)
		s.waited += time.Since(began)
		if err != nil {
			return err
		}
		if err := inv.Proceed(ctx); err != nil {
			return err
		}
		s.attempts = attempt
		s.answer, err = e.attempt(ctx, r)
		if err == nil || clerkknock.IsPermanent(err) || isFutile(err) {
			return err
		}
		retryAfter := parseRetryAfter(s.answer.header)
		if attempt >= e.maxAttempts || !sleep(ctx, max(backoff(r, attempt), retryAfter)) {
			return clerkknock.RetryAfter(err, retryAfter)
		}
	}
}

// attempt sends a request once, and returns an answer also beside an error, if one
// came.
func (e *Executor) attempt(ctx context.Context, r Request) (response, error) {
	return e.attemptWithin(ctx, r, e.attemptTimeout)
}

func (e *Executor) attemptWithin(ctx context.Context, r Request, timeout time.Duration) (response, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	answer, err := e.transport.send(ctx, r)
	if err != nil {
		return response{}, err
	}
	if answer.status >= 200 && answer.status < 300 || isGone(r, answer) {
		return answer, nil
	}
	failure := newError(r, answer)
	if failure.Temporary() {
		return answer, failure
	}
	return answer, clerkknock.Permanent(failure)
}

// isGone reports whether nothing is left to do: Knock does not find what the
// request is to remove, or to merge into another. A 404 in another form than Knock's
// comes from something else that answers at the base URL, and says nothing about the
// user.
func isGone(r Request, answer response) bool {
	removes := r.Method == http.MethodDelete || r.Action == clerkknock.UsersMerge
	return removes && answer.status == http.StatusNotFound &&
		(len(answer.body) == 0 || gjson.ValidBytes(answer.body))
}

// isFutile reports whether Knock's answer is one that another attempt now would only
// repeat.
func isFutile(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.isFutile()
}

// backoff doubles from firstDelay to maxDelay, with a jitter in its upper half so
// that those who failed together do not come back together. The jitter is drawn
// from the request, which makes a failure that was seen once repeatable.
func backoff(r Request, attempt int) time.Duration {
	d := min(firstDelay<<min(attempt-1, 10), maxDelay)
	h := fnv.New64a()
	_, _ = io.WriteString(h, r.Path+r.IdempotencyKey)
	rng := rand.New(rand.NewPCG(h.Sum64(), uint64(attempt)))
	return d/2 + time.Duration(rng.Int64N(int64(d/2)+1))
}

// sleep waits, unless ctx would end before; then it returns false at once.
func sleep(ctx context.Context, d time.Duration) bool {
	if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) <= d {
		return false
	}
	if d > maxDelay {
		return false // too long to hold up the caller; the retry is scheduled instead
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// parseRetryAfter reads Retry-After-Ms and Retry-After (seconds or a date). Knock
// documents neither, but its own SDKs honour both.
func parseRetryAfter(h http.Header) time.Duration {
	pause := time.Duration(0)
	if ms, err := strconv.ParseFloat(h.Get("Retry-After-Ms"), 64); err == nil {
		pause = scale(ms, time.Millisecond)
	} else if s, err := strconv.ParseFloat(h.Get("Retry-After"), 64); err == nil {
		pause = scale(s, time.Second)
	} else if at, err := http.ParseTime(h.Get("Retry-After")); err == nil {
		pause = time.Until(at)
	}
	return min(max(pause, 0), maxRetryAfter)
}

// scale multiplies without overflowing.
func scale(n float64, unit time.Duration) time.Duration {
	if !(n < float64(maxRetryAfter/unit)) {
		return maxRetryAfter
	}
	return time.Duration(n * float64(unit))
}

// errRateLimited is our own limiter's word, before Knock has to say it.
var errRateLimited = errors.New("more calls are waiting than the rate limit lets through in time")
