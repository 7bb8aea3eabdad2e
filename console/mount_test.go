package console_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"testing"

	"github.com/clerkknock/clerkknock/console"
	"github.com/stretchr/testify/require"
)

func TestLinksWorkWhereverTheConsoleIsMounted(t *testing.T) {
	t.Parallel()
	h := open(t)
	page, err := console.Handler(console.Config{Source: h.source, Log: h.events, Authorize: console.Loopback})
	require.NoError(t, err)
	under := func(pattern string, handler http.Handler) http.Handler {
		mux := http.NewServeMux()
		mux.Handle(pattern, handler)
		return mux
	}
	for name, test := range map[string]struct {
		handler http.Handler
		prefix  string
	}{
		"at the root":                      {page, ""},
		"at the root of a mux":             {under("/", page), ""},
		"under a pattern":                  {under("/admin/clerk/", page), "/admin/clerk"},
		"under a pattern with a method":    {under("GET /admin/clerk/", page), "/admin/clerk"},
		"under a pattern with wildcards":   {under("/{team}/clerk/{rest...}", page), "/a%2Fb/clerk"},
		"with the prefix taken off":        {under("/admin/", http.StripPrefix("/admin", page)), "/admin"},
		"with the slash taken off":         {under("/admin/", http.StripPrefix("/admin/", page)), "/admin"},
		"in a mux of a mux":                {under("/a/", http.StripPrefix("/a", under("/b/", page))), "/a/b"},
		"under the name of one of its":     {under("/events/", page), "/events"},
		"under it, with that taken off":    {under("/events/", http.StripPrefix("/events", page)), "/events"},
		"behind a proxy that takes it off": {http.StripPrefix("/proxied", page), "/proxied"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			host := httptest.NewServer(test.handler)
			t.Cleanup(host.Close)
			for _, from := range []string{"/", "/nothing/here/at/all"} {
				at := host.URL + test.prefix + from
				_, body := load(t, at)
				css := regexp.MustCompile(`href="([^"]*console\.css[^"]*)"`).FindStringSubmatch(body)
				require.NotNil(t, css, body)
				base, err := url.Parse(at)
				require.NoError(t, err)
				link, err := base.Parse(css[1])
				require.NoError(t, err)
				status, _ := load(t, link.String())
				require.Equal(t, 200, status, "%s from %s", link, at)
			}
		})
	}
}

func TestTheRootWithoutItsSlashLeadsToTheRoot(t *testing.T) {
	t.Parallel()
	h := open(t)
	page, err := console.Handler(console.Config{Source: h.source, Log: h.events, Authorize: console.Loopback})
	require.NoError(t, err)
	host := httptest.NewServer(http.StripPrefix("/admin/clerk", page))
	t.Cleanup(host.Close)
	status, body := load(t, host.URL+"/admin/clerk")
	require.Equal(t, 200, status)
	require.Contains(t, body, "<h1>Overview</h1>")
}

func load(t *testing.T, address string) (status int, body string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	require.NoError(t, err)
	response, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	defer response.Body.Close()
	text := make([]byte, 1<<20)
	n, _ := response.Body.Read(text)
	return response.StatusCode, string(text[:n])
}
