package console_test

import (
	"bufio"
	"context"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/clerkknock/clerkknock/clerk"
	"github.com/clerkknock/clerkknock/clerk/clerktest"
	"github.com/clerkknock/clerkknock/console"
	"github.com/stretchr/testify/require"
)

// stream opens a stream and returns a function that waits for the next state.
func stream(t *testing.T, address string) (next func() string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	t.Cleanup(cancel)
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	require.NoError(t, err)
	response, err := (&http.Client{Transport: &http.Transport{}}).Do(r)
	require.NoError(t, err)
	t.Cleanup(func() { response.Body.Close() })
	require.Equal(t, 200, response.StatusCode)
	require.Equal(t, "text/event-stream", response.Header.Get("Content-Type"))
	lines := bufio.NewScanner(response.Body)
	return func() string {
		for lines.Scan() {
			if state, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
				return state
			}
		}
		return ""
	}
}

func stateOf(a answer) string {
	found := regexp.MustCompile(`data-state="([0-9a-f]+)"`).FindStringSubmatch(a.body)
	if found == nil {
		return ""
	}
	return found[1]
}

func TestALivePageHearsOfWhatHappens(t *testing.T) {
	t.Parallel()
	h := open(t)
	next := stream(t, h.host.URL+"/admin/clerk/live")
	require.Equal(t, stateOf(h.get("")), next(), "a page that is as of now has nothing to load")
	h.send("msg_1", clerktest.Event(clerk.UserCreated))
	changed := next()
	require.NotEmpty(t, changed)
	require.Eventually(t, func() bool { return stateOf(h.get("events")) == changed }, 5*time.Second, 50*time.Millisecond)
	require.Contains(t, h.get("events").body, "user.created")
}

// served is a server of its own with a console at its root.
func served(
	t *testing.T, h *house, wrap func(http.Handler) http.Handler, configure func(*http.Server),
) *httptest.Server {
	t.Helper()
	page, err := console.Handler(console.Config{Source: h.source, Log: h.events, Authorize: console.Loopback})
	require.NoError(t, err)
	server := httptest.NewUnstartedServer(wrap(page))
	configure(server.Config)
	server.Start()
	t.Cleanup(server.Close)
	return server
}

func asItIs(h http.Handler) http.Handler { return h }

func TestAStreamOutlivesTheServersWriteTimeout(t *testing.T) {
	t.Parallel()
	h := open(t)
	server := served(t, h, asItIs, func(s *http.Server) { s.WriteTimeout = 500 * time.Millisecond })
	next := stream(t, server.URL+"/live")
	require.NotEmpty(t, next())
	time.AfterFunc(time.Second, func() { h.observe("msg_1", h.now, user("user.created", "user_1"), "succeeded") })
	require.NotEmpty(t, next(), "the stream ended with the time for a whole answer")
}

func TestAStreamDoesNotHoldUpTheServersEnd(t *testing.T) {
	t.Parallel()
	h := open(t)
	server := served(t, h, asItIs, func(*http.Server) {})
	next := stream(t, server.URL+"/live")
	require.NotEmpty(t, next())
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	require.NoError(t, server.Config.Shutdown(ctx))
	require.Empty(t, next())
}

// plainWriter hides what a ResponseWriter can beyond its three methods.
type plainWriter struct{ http.ResponseWriter }

func TestAServerThatCannotStreamSaysSo(t *testing.T) {
	t.Parallel()
	h := open(t)
	hide := func(page http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { page.ServeHTTP(plainWriter{w}, r) })
	}
	server := served(t, h, hide, func(*http.Server) {})
	status, _ := load(t, server.URL+"/live")
	require.Equal(t, http.StatusNotImplemented, status)
	status, _ = load(t, server.URL+"/events")
	require.Equal(t, 200, status)
}

func TestStreamsAreBounded(t *testing.T) {
	t.Parallel()
	h := open(t)
	server := served(t, h, asItIs, func(*http.Server) {})
	for range 100 {
		stream(t, server.URL+"/live")
	}
	status, _ := load(t, server.URL+"/live")
	require.Equal(t, http.StatusServiceUnavailable, status)
	status, _ = load(t, server.URL+"/")
	require.Equal(t, 200, status)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodHead, server.URL+"/live", nil)
	require.NoError(t, err)
	head, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	head.Body.Close()
}
