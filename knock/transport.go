package knock

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"sync/atomic"
)

const (
	userAgent = "clerkknock (+https://github.com/clerkknock/clerkknock)"
	// maxResponse bounds what is read of an answer.
	maxResponse = 1 << 20
)

// httpTransport calls the API with net/http.
type httpTransport struct {
	client       *http.Client
	base, branch string
	key          atomic.Pointer[string]
}

// defaultClient keeps as many connections open as one tier's worth of calls in
// flight needs. A host may have replaced the default transport, to trace calls
// or to test; then that one is used.
func defaultClient() *http.Client {
	client := &http.Client{CheckRedirect: noRedirect}
	if t, ok := http.DefaultTransport.(*http.Transport); ok {
		t = t.Clone()
		t.MaxIdleConnsPerHost = 64
		client.Transport = t
	}
	return client
}

// noRedirect takes a redirect for the misconfiguration that it is.
func noRedirect(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

func (t *httpTransport) send(ctx context.Context, r Request) (response, error) {
	var body io.Reader
	if r.Body != nil {
		body = bytes.NewReader(r.Body)
	}
	req, err := http.NewRequestWithContext(ctx, r.Method, t.base+r.Path, body)
	if err != nil {
		return response{}, errors.New("request cannot be made; check the base URL")
	}
	req.Header.Set("Authorization", "Bearer "+*t.key.Load())
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", userAgent)
	if r.Body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if r.IdempotencyKey != "" {
		req.Header.Set("Idempotency-Key", r.IdempotencyKey)
	}
	if t.branch != "" {
		req.Header.Set("X-Knock-Branch", t.branch)
	}
	resp, err := t.client.Do(req)
	if err != nil {
		return response{}, withoutURL(err)
	}
	return readResponse(resp)
}

func readResponse(resp *http.Response) (response, error) {
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxResponse))
	if err != nil && resp.StatusCode < 300 {
		// The status alone says that it has happened.
		err = nil
	}
	return response{status: resp.StatusCode, header: resp.Header, body: body}, withoutURL(err)
}

// withoutURL takes the URL out of an error of net/http: it holds user IDs.
func withoutURL(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err
	}
	if err == nil {
		return nil
	}
	return fmt.Errorf("no answer from knock: %w", err)
}
