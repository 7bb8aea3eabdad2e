package console_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/console"
	"github.com/stretchr/testify/require"
)

func TestWithoutAuthorizeNobodySeesAnything(t *testing.T) {
	t.Parallel()
	h := open(t, func(_ *clerkknock.Config, c *console.Config) { c.Authorize = nil })
	for _, path := range []string{"", "events", "live", "nothing"} {
		a := h.get(path)
		require.Equal(t, 403, a.status, path)
		require.Contains(t, a.words(), "console.Config.Authorize", path)
		require.NotContains(t, a.body, "<nav", path)
	}
}

func TestWhoIsNotLetInSeesNothing(t *testing.T) {
	t.Parallel()
	h := open(t, func(_ *clerkknock.Config, c *console.Config) {
		c.Authorize = func(r *http.Request) (string, bool) { return "eve", false }
	})
	a := h.get("")
	require.Equal(t, 403, a.status)
	require.Contains(t, a.words(), "You may not see this console")
	require.NotContains(t, a.words(), "Config.Authorize")
	require.Equal(t, 200, h.get("assets/console.css").status)
}

func TestLoopbackLetsInWhoSitsAtTheMachine(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		remote, host, header string
		ok                   bool
	}{
		"localhost":                    {"127.0.0.1:5000", "localhost:8080", "", true},
		"an address":                   {"127.0.0.1:5000", "127.0.0.1:8080", "", true},
		"IPv6":                         {"[::1]:5000", "[::1]:8080", "", true},
		"IPv4 in IPv6":                 {"[::ffff:127.0.0.1]:5000", "localhost", "", true},
		"another machine":              {"192.0.2.1:5000", "localhost:8080", "", false},
		"a name that points here":      {"127.0.0.1:5000", "evil.example:8080", "", false},
		"a name that begins like ours": {"127.0.0.1:5000", "localhost.evil.example", "", false},
		"a proxy on this machine":      {"127.0.0.1:5000", "localhost:8080", "X-Forwarded-For", false},
		"no host":                      {"127.0.0.1:5000", "", "", false},
		"an odd host":                  {"127.0.0.1:5000", "[", "", false},
		"no address":                   {"", "localhost", "", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := httptest.NewRequest(http.MethodGet, "/", nil)
			r.RemoteAddr, r.Host = test.remote, test.host
			if test.header != "" {
				r.Header.Set(test.header, "192.0.2.1")
			}
			_, ok := console.Loopback(r)
			require.Equal(t, test.ok, ok)
		})
	}
}
