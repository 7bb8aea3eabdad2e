package knocktest_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/clerkknock/clerkknock/knock/knocktest"
	"github.com/stretchr/testify/require"
)

// env is an emulator behind real HTTP, with a clock that only moves by hand.
type env struct {
	*knocktest.API
	t     *testing.T
	url   string
	clock *clock
}

type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

func start(t *testing.T, c knocktest.Config) *env {
	t.Helper()
	clk := &clock{now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
	c.Now = clk.Now
	api := knocktest.New(c)
	srv := httptest.NewServer(api)
	t.Cleanup(srv.Close)
	t.Cleanup(api.Heal)
	return &env{api, t, srv.URL, clk}
}

// reply is an answer, with its body decoded if it is JSON.
type reply struct {
	status int
	header http.Header
	raw    string
	body   any
}

// at digs into the body, by keys and indexes.
func (r reply) at(path ...any) any {
	v := r.body
	for _, step := range path {
		switch step := step.(type) {
		case string:
			m, _ := v.(map[string]any)
			v = m[step]
		case int:
			l, _ := v.([]any)
			if step >= len(l) {
				return nil
			}
			v = l[step]
		}
	}
	return v
}

// do sends a request with a valid key. Headers come in pairs.
func (e *env) do(method, path, body string, headers ...string) reply {
	e.t.Helper()
	r, err := e.try(method, path, body, headers...)
	require.NoError(e.t, err)
	return r
}

func (e *env) try(method, path, body string, headers ...string) (reply, error) {
	req, err := http.NewRequest(method, e.url+path, bytes.NewBufferString(body))
	if err != nil {
		return reply{}, err
	}
	req.Header.Set("Authorization", "Bearer sk_test_1")
	req.Header.Set("Content-Type", "application/json")
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return reply{}, err
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	r := reply{status: resp.StatusCode, header: resp.Header, raw: string(raw)}
	_ = json.Unmarshal(raw, &r.body)
	return r, err
}

// must is do for what has to succeed.
func (e *env) must(method, path, body string, headers ...string) reply {
	e.t.Helper()
	r := e.do(method, path, body, headers...)
	require.Less(e.t, r.status, 300, "%s %s: %s", method, path, r.raw)
	return r
}

// state is the snapshot as JSON.
func (e *env) state() string {
	e.t.Helper()
	data, err := json.Marshal(e.Snapshot())
	require.NoError(e.t, err)
	return string(data)
}
