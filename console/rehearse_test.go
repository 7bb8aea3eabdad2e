package console_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/clerk"
	"github.com/clerkknock/clerkknock/clerk/clerktest"
	"github.com/clerkknock/clerkknock/console"
	"github.com/stretchr/testify/require"
)

// rehearse sends the form of the page, with fields of their own.
func (h *house) rehearse(more ...string) answer {
	h.t.Helper()
	return h.submit(h.get("rehearse"), "rehearse", more...)
}

func TestEverySampleCanBeRehearsed(t *testing.T) {
	t.Parallel()
	h := open(t)
	for _, eventType := range clerktest.Types() {
		a := h.get("rehearse?type=" + eventType)
		require.Contains(t, a.words(), `"type": "`+eventType+`"`)
		a = h.rehearse("body", string(clerktest.Event(eventType)))
		require.Contains(t, a.words(), "What "+eventType+" would do")
		require.NotContains(t, a.words(), "This is")
	}
	require.Empty(t, h.knock.Requests(), "nothing is sent")
	require.NotContains(t, h.get("events").words(), "user.created", "and nothing is noted")
}

func TestARehearsalShowsTheRequests(t *testing.T) {
	t.Parallel()
	h := open(t)
	body := clerktest.Event(clerk.UserCreated, clerktest.Set("data.first_name", "Grace"))
	text := h.rehearse("body", string(body)).words()
	require.Contains(t, text, "It would send 1 request to Knock.")
	require.Contains(t, text, "PUT /v1/users/"+clerktest.UserID)
	require.Contains(t, text, `"name": "Grace Lovelace"`)
	require.Empty(t, h.knock.Requests())
}

func TestARehearsalSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	noID := string(clerktest.Event(clerk.UserCreated, clerktest.Set("data.id", nil)))
	for name, c := range map[string]struct{ body, says string }{
		"nothing":       {" ", "There is nothing to rehearse"},
		"no JSON":       {"{\r\n  \"type\": oops}", "Line 2, column 11"},
		"cut off":       {`{"type":`, "unexpected end of JSON input"},
		"no event":      {`{"hello":"world"}`, "no event of Clerk's"},
		"nobody's":      {`{"type":"banana.peeled","data":{}}`, "No active mapping handles this type"},
		"missing":       {noID, `It would be skipped: parameter "id" resolves to nothing.`},
		"no such thing": {strings.Replace(noID, `"en-GB"`, `5`, 1), "skipped"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := open(t).rehearse("body", c.body)
			require.Equal(t, 200, a.status)
			require.Contains(t, a.words(), c.says)
		})
	}
}

func TestAPayloadCannotInject(t *testing.T) {
	t.Parallel()
	const evil = `</textarea></pre><script>alert(1)</script><img src=x onerror=alert(1)>`
	h := open(t)
	body := clerktest.Event(clerk.UserCreated, clerktest.Set("data.first_name", evil))
	a := h.rehearse("body", string(body))
	require.NotContains(t, a.body, "<script>alert")
	require.NotContains(t, a.body, "<img")
	require.Contains(t, a.words(), "It would send 1 request")
}

func TestAPastEventIsRehearsedMasked(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.send("msg_1", clerktest.Event(clerk.UserCreated))
	require.Equal(t, 404, h.get("rehearse?on=1-1").status)
	sent := len(h.knock.Requests())
	a := h.get("rehearse?on=" + h.at())
	require.NotContains(t, a.body, "Lovelace")
	a = h.submit(a, "rehearse")
	require.Contains(t, a.words(), "PUT /v1/users/"+clerktest.UserID)
	require.Contains(t, a.words(), "[personal]")
	require.NotContains(t, a.body, "Lovelace")
	require.NotContains(t, h.logged.String(), "payload shown")

	a = h.submit(a, "rehearse", "load", "yes")
	require.Contains(t, a.words(), "Lovelace")
	require.Contains(t, h.logged.String(), "to rehearse it")
	require.Len(t, h.knock.Requests(), sent)
}

func TestAPastEventIsRehearsedUnseenWherePayloadsAreHidden(t *testing.T) {
	t.Parallel()
	h := open(t, func(_ *clerkknock.Config, c *console.Config) { c.HidePayloads = true })
	h.send("msg_1", clerktest.Event(clerk.UserCreated))
	at := h.at()
	a := h.submit(h.get("rehearse?on="+at), "rehearse")
	require.Contains(t, a.words(), "It would send 1 request to Knock. PUT")
	require.NotContains(t, a.body, "/v1/users")
	loaded := h.do(http.MethodPost, "rehearse", url.Values{"on": {at}, "load": {"yes"}}.Encode(), nil)
	require.Equal(t, 403, loaded.status)
	for _, page := range []answer{a, loaded} {
		require.NotContains(t, page.body, "Lovelace")
	}
	require.Contains(t, h.rehearse("body", string(clerktest.Event(clerk.UserCreated))).words(), "Lovelace",
		"what somebody pastes is theirs to see")
}

func TestAnEditedPayloadHasNoHeadersOfThePast(t *testing.T) {
	t.Parallel()
	h := open(t, func(c *clerkknock.Config, look *console.Config) {
		look.HidePayloads = true
		c.Mapper = mapper(clerkknock.Params{"tenant": clerkknock.Path("headers.x-account")})
	})
	r := clerktest.NewRequest("/webhooks/clerk", clerktest.Secret, "msg_1", h.now, clerktest.Event(clerk.UserCreated))
	r.Header.Set("X-Account", "account-1701")
	require.Equal(t, 200, h.post(r))
	page := h.get("rehearse?on=" + h.at())
	a := h.submit(page, "rehearse", "body", string(clerktest.Event(clerk.UserCreated)))
	require.Contains(t, a.words(), "/v1/workflows/welcome/trigger")
	require.NotContains(t, a.body, "account-1701")
	require.Contains(t, a.words(), "tenant: headers.x-account is missing")
}

func TestAFormHasABound(t *testing.T) {
	t.Parallel()
	a := open(t).rehearse("body", strings.Repeat("x", 5<<20))
	require.Equal(t, 413, a.status)
	require.Contains(t, a.words(), "This form cannot be read")
}
