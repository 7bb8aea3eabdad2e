package clerkapi

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/clerk/clerk-sdk-go/v2"
)

const (
	// maxAttempts is how often a page is asked for, and maxPause the longest pause between:
	// together some two minutes, more if Clerk asks for it.
	maxAttempts = 8
	maxPause    = 30 * time.Second
	// defaultRetryAfter is the window of Clerk's rate limits, and maxRetryAfter what is
	// waited at most: https://clerk.com/docs/guides/how-clerk-works/system-limits.
	defaultRetryAfter = 10 * time.Second
	maxRetryAfter     = 5 * time.Minute
	// maxPage bounds what is read of one answer.
	maxPage = 64 << 20
)

// refusal is an answer other than success. Its text holds nothing of the body.
type refusal struct{ status int }

func (r *refusal) Error() string {
	switch r.status {
	case http.StatusUnauthorized, http.StatusForbidden:
		return fmt.Sprintf("clerk answered %d; check Config.SecretKey, and that it belongs to the instance", r.status)
	}
	return fmt.Sprintf("clerk answered %d", r.status)
}

// page asks for one page, again after a pause while the failure is temporary.
func (a *API) page(ctx context.Context, path string, query url.Values) ([]byte, error) {
	for attempt := 1; ; attempt++ {
		body, seen, err := a.try(ctx, path, query)
		if err == nil {
			return body, nil
		}
		temporary := seen.status == 0 || seen.status == http.StatusTooManyRequests ||
			seen.status == http.StatusRequestTimeout || seen.status >= 500 || seen.status < 300
		if ctx.Err() != nil || !temporary || attempt == maxAttempts {
			return nil, fmt.Errorf("clerkapi: GET %s: %w", path, err)
		}
		pause := min(time.Second<<(attempt-1), maxPause)
		if seen.status == http.StatusTooManyRequests {
			pause = seen.retryAfter
		}
		if err := sleep(ctx, pause); err != nil {
			return nil, err
		}
	}
}

// try asks once. What was seen of the answer is there beside an error too, status 0 if
// there was none.
func (a *API) try(ctx context.Context, path string, query url.Values) ([]byte, *answer, error) {
	seen := new(answer)
	request := clerk.NewAPIRequest(http.MethodGet, path)
	request.SetParams(&params{query: query})
	page := new(raw)
	err := a.backend.Call(context.WithValue(ctx, answerKey{}, seen), request, page)
	switch {
	case err == nil && page.Response != nil:
		return page.Response.RawJSON, seen, nil
	case ctx.Err() != nil:
		return nil, seen, ctx.Err()
	case seen.status >= 300:
		return nil, seen, &refusal{seen.status} // the SDK's error may hold the body
	}
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err
	}
	return nil, seen, fmt.Errorf("no whole answer from clerk: %w", err)
}

// params are query parameters as they are.
type params struct {
	clerk.APIParams
	query url.Values
}

func (p *params) ToQuery() url.Values { return p.query }

// raw takes an answer without decoding it: a list of users is an array.
type raw struct{ clerk.APIResource }

func (*raw) UnmarshalJSON([]byte) error { return nil }

// answer is what of a response the SDK does not hand out beside an error.
type answer struct {
	status     int
	retryAfter time.Duration
}

type answerKey struct{}

// noting notes the answer to a request in the answer of its context, and bounds the body.
type noting struct{ base http.RoundTripper }

func (n *noting) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := n.base.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	if seen, ok := r.Context().Value(answerKey{}).(*answer); ok {
		seen.status = response.StatusCode
		seen.retryAfter = retryAfter(response.Header)
	}
	response.Body = struct {
		io.Reader
		io.Closer
	}{&bounded{response.Body, maxPage}, response.Body}
	return response, nil
}

// bounded is an error instead of what is beyond the bound.
type bounded struct {
	r    io.Reader
	left int
}

var errTooLong = errors.New("the page is longer than 64 MiB")

func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	if b.left -= n; b.left < 0 {
		return 0, errTooLong
	}
	return n, err
}

// retryAfter is the pause that an answer asks for.
func retryAfter(h http.Header) time.Duration {
	seconds, err := strconv.Atoi(h.Get("Retry-After"))
	if err != nil || seconds < 0 {
		return defaultRetryAfter
	}
	return min(time.Duration(seconds)*time.Second, maxRetryAfter)
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
