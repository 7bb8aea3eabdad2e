package console_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/clerk"
	"github.com/clerkknock/clerkknock/clerk/clerktest"
	"github.com/clerkknock/clerkknock/console"
	"github.com/clerkknock/clerkknock/eventlog"
	"github.com/stretchr/testify/require"
)

func TestHandlerNamesWhatItLacks(t *testing.T) {
	t.Parallel()
	h := open(t)
	_, err := console.Handler(console.Config{Log: h.events})
	require.ErrorContains(t, err, "Config.Source is required")
	_, err = console.Handler(console.Config{Source: h.source})
	require.ErrorContains(t, err, "Config.Log is required")
}

func TestEveryAnswerIsLockedDown(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.send("msg_1", clerktest.Event(clerk.UserCreated))
	person := "people/" + clerktest.UserID
	for _, path := range []string{"", "events", h.path("msg_1"), person, "nothing", "people/nobody"} {
		a := h.get(path)
		require.Equal(t, "nosniff", a.header.Get("X-Content-Type-Options"), path)
		require.Equal(t, "no-referrer", a.header.Get("Referrer-Policy"), path)
		require.Equal(t, "no-store", a.header.Get("Cache-Control"), path)
		policy := a.header.Get("Content-Security-Policy")
		require.Contains(t, policy, "default-src 'none'", path)
		require.NotContains(t, policy, "unsafe", path)
		require.NotRegexp(t, `(?i)<script(?:>| [^>]*>[^<])|<style|\sstyle=|\son[a-z]+=|javascript:`, a.body, path)
	}
	require.Contains(t, h.get("assets/console.js").header.Get("Cache-Control"), "immutable")
}

func TestUnknownAddressesAreNotFound(t *testing.T) {
	t.Parallel()
	h := open(t)
	for _, path := range []string{"nothing", "events/", "events/1-1", "events/x", "people/", "people/nobody",
		"assets/", "assets/none", "assets/../console.go", "events//1-1", "..%2f..%2fetc", "people/%00",
		"events/9999999999999999999-1"} {
		a := h.get(path)
		require.Equal(t, 404, a.status, path)
		require.Contains(t, a.body, "<h1>", path)
	}
}

func TestWhatChangesSomethingMustComeFromTheConsole(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.send("msg_1", clerktest.Event(clerk.UserCreated))
	path := h.path("msg_1")
	for name, header := range map[string]http.Header{
		"another site":          {"Sec-Fetch-Site": {"cross-site"}},
		"a site beside it":      {"Sec-Fetch-Site": {"same-site"}},
		"an older browser":      {"Origin": {"https://evil.example"}},
		"no origin to speak of": {"Origin": {"null"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := h.do(http.MethodPost, path, "what=everything", header)
			require.Equal(t, 403, a.status)
			require.Contains(t, a.words(), "This request came from another site")
			require.NotContains(t, a.body, "Lovelace")
		})
	}
}

// What a payload says is text, wherever it stands.
func TestEveryFieldOfAPayloadIsText(t *testing.T) {
	t.Parallel()
	const evil = `"><img src=x onerror=alert(1)><script>alert(2)</script>{{.}}'`
	for _, eventType := range []string{
		"user.created", "session.created", "organization.created", "organizationMembership.created",
	} {
		t.Run(eventType, func(t *testing.T) {
			t.Parallel()
			h := open(t)
			require.NoError(t, h.source.SetMapper(clerkknock.DefaultMapper().
				Enable("session.created:users_identify", "session.created:workflows_trigger")))
			var event map[string]any
			require.NoError(t, json.Unmarshal(clerktest.Event(eventType), &event))
			poison(event["data"], evil)
			event["data"].(map[string]any)["key "+evil] = evil
			body, err := json.Marshal(event)
			require.NoError(t, err)
			h.send("msg_1", body)
			path := h.path("msg_1")
			pages := []answer{h.get(""), h.get("events"), h.get(path), h.do(http.MethodPost, path, "what=everything", ours),
				h.get("events?search=" + url.QueryEscape(evil)), h.get("events?type=" + url.QueryEscape(evil))}
			for _, link := range regexp.MustCompile(`href="\./((?:people|organizations)/[^"]+|events\?entity=[^"]+)"`).
				FindAllStringSubmatch(pages[1].body, -1) {
				pages = append(pages, h.get(strings.ReplaceAll(link[1], "&amp;", "&")))
			}
			require.Greater(t, len(pages), 6)
			for _, a := range pages {
				require.Contains(t, []int{200, 404}, a.status, a.url)
				require.NotContains(t, a.body, "<img", a.url)
				require.NotContains(t, a.body, "<script>", a.url)
				require.NotContains(t, a.body, "ZgotmplZ", a.url)
			}
		})
	}
}

// poison replaces all texts in a payload.
func poison(v any, text string) {
	switch v := v.(type) {
	case map[string]any:
		for name, member := range v {
			if _, ok := member.(string); ok && name != "object" {
				v[name] = text
			}
			poison(member, text)
		}
	case []any:
		for i, member := range v {
			if _, ok := member.(string); ok {
				v[i] = text
			}
			poison(member, text)
		}
	}
}

func TestNoPageIsUnbounded(t *testing.T) {
	t.Parallel()
	h := open(t)
	deep := strings.Repeat(`[`, 5_000) + strings.Repeat(`]`, 5_000)
	wide := strings.Repeat(`{"a":1},`, 50_000) + `1`
	body := fmt.Sprintf(`{"type":"user.created","data":{"id":"user_1","deep":%s,"wide":[%s],"long":%q}}`,
		deep, wide, strings.Repeat("x", 300_000))
	require.Equal(t, 200, h.send("msg_1", []byte(body)))
	path := h.path("msg_1")
	for _, a := range []answer{h.get(path), h.do(http.MethodPost, path, "what=everything", ours), h.get("people/user_1")} {
		require.Equal(t, 200, a.status)
		require.Less(t, len(a.body), 1<<19, a.url)
	}
	for i := range 300 {
		h.observe(fmt.Sprintf("msg_%d", i+2), h.now, user("user.updated", "user_1"), clerkknock.OutcomeSucceeded)
	}
	require.Less(t, len(h.get("events").body), 1<<17)
}

// broken is an event log whose database is away.
type broken struct{ *eventlog.Memory }

func (broken) Entries(context.Context, eventlog.Query) ([]eventlog.Entry, error) {
	return nil, errors.New("dial tcp 10.0.0.7:5432: secret-host refused")
}

func TestALogThatCannotBeReadIsAPageThatSaysSo(t *testing.T) {
	t.Parallel()
	h := open(t, func(_ *clerkknock.Config, c *console.Config) { c.Log = broken{&eventlog.Memory{}} })
	for _, path := range []string{"", "events", "events/1-1", "people/user_1", "organizations/org_1", "events?search=x"} {
		a := h.get(path)
		require.Equal(t, 503, a.status, path)
		require.Contains(t, a.words(), "The event log cannot be read", path)
		require.NotContains(t, a.body, "secret-host", path)
	}
	require.Contains(t, h.logged.String(), "secret-host")
}
