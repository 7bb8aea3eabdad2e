package console_test

import (
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/clerk"
	"github.com/clerkknock/clerkknock/clerk/clerktest"
	"github.com/clerkknock/clerkknock/console"
	"github.com/clerkknock/clerkknock/knock/knocktest"
	"github.com/stretchr/testify/require"
)

// path is the address of the page of the event with an ID.
func (h *house) path(id string) string {
	h.t.Helper()
	a := h.get("events?search=" + id)
	found := regexp.MustCompile(`/(events/\d+-\d+)$`).FindStringSubmatch(a.url)
	require.NotNil(h.t, found, a.url)
	return found[1]
}

// ours is what a browser says of a request that a page of ours makes.
var ours = http.Header{"Sec-Fetch-Site": {"same-origin"}}

func TestAnEventShowsTheWayItTook(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.knock.Fail(knocktest.Fault{Path: "/v1/users/*", Times: 1, Status: 503})
	require.Equal(t, 503, h.send("msg_1", clerktest.Event(clerk.UserCreated)))
	require.Equal(t, 200, h.send("msg_1", clerktest.Event(clerk.UserCreated)))
	require.Equal(t, 200, h.send("msg_1", clerktest.Event(clerk.UserCreated)))
	words := h.get(h.path("msg_1")).words()
	for _, says := range []string{
		"user.created succeeded identified " + clerktest.UserID,
		"1. tried retry", "the sender got 503 Service Unavailable", "Knock answered 503", "Knock had trouble of its own",
		"2. tried succeeded", "the sender got 200 OK", "PUT /v1/users/" + clerktest.UserID,
		"3. came again, and everything had been done before duplicate", "This is as it should be",
		"Compare attempt 1 2 3",
	} {
		require.Contains(t, words, says)
	}
}

func TestAnEventShowsTheRequestsThenAndNow(t *testing.T) {
	t.Parallel()
	h := open(t)
	require.Equal(t, 200, h.send("msg_1", clerktest.Event(clerk.UserCreated)))
	path := h.path("msg_1")
	require.Contains(t, h.get(path).words(), "Today's mappings would send the same.")
	require.NoError(t, h.source.SetMapper(clerkknock.DefaultMapper().Set("user.created:users_identify",
		clerkknock.Params{"locale": clerkknock.Literal("de"), "name": clerkknock.Path("data.username")})))
	words := h.get(path).words()
	require.Contains(t, words, "Today's mappings would send something else. What differs is marked.")
	require.Contains(t, words, `− "locale": "en-GB",`)
	require.Contains(t, words, `+ "locale": "de",`)
	require.Contains(t, words, `− "name": [personal] ,`, "what is masked is compared all the same")
	require.NoError(t, h.source.SetMapper(clerkknock.DefaultMapper().Disable("user.created:users_identify")))
	require.Contains(t, h.get(path).words(), "Today's mappings would not do this any more.")
	require.NoError(t, h.source.SetMapper(clerkknock.DefaultMapper().Set("user.created:users_identify",
		clerkknock.Params{"id": clerkknock.Path("data.idd")})))
	require.Contains(t, h.get(path).words(), "Today's mappings would send nothing.")
	require.Contains(t, h.get(path).words(), "skipped: id is not in the payload at data.idd")
}

func TestPayloadsAreMaskedUntilSomebodyAsks(t *testing.T) {
	t.Parallel()
	h := open(t)
	body := clerktest.Event(clerk.UserCreated,
		clerktest.Set("data.private_metadata", map[string]any{"pin": "the-pin"}),
		clerktest.Set("data.public_metadata", map[string]any{"tax_id": "the-tax-id", "vip": true, "id": "meta-id"}),
		clerktest.Set("data.new_field_of_clerks", "the-new-one"))
	require.Equal(t, 200, h.send("msg_1", body))
	path := h.path("msg_1")
	people := []string{clerktest.EmailAddress, "Lovelace", "the-tax-id", "meta-id", "the-new-one", "203.0.113"}

	masked := h.get(path)
	require.Empty(t, h.logged.String())
	for _, text := range append(people, "the-pin") {
		require.NotContains(t, masked.body, text)
	}
	require.Contains(t, masked.words(), `"id": "`+clerktest.UserID+`"`)
	require.Contains(t, masked.words(), `"vip": [personal]`)

	shown := h.do(http.MethodPost, path, "what=personal", ours)
	require.Equal(t, 200, shown.status)
	for _, text := range people[:5] {
		require.Contains(t, shown.body, text)
	}
	require.NotContains(t, shown.body, "the-pin")
	require.Contains(t, shown.words(), `"private_metadata": [secret]`)
	require.Contains(t, h.logged.String(), `msg="console: payload shown" who=grace shown="personal data" svix_id=msg_1`)

	require.Contains(t, h.do(http.MethodPost, path, "what=everything", ours).body, "the-pin")
	require.Contains(t, h.logged.String(), "shown=everything")

	file := h.do(http.MethodPost, path+"/payload.json", "what=personal", ours)
	require.Equal(t, string(body), file.body)
	require.Equal(t, `attachment; filename="payload.json"`, file.header.Get("Content-Disposition"))
	require.Contains(t, h.logged.String(), `shown="everything, as a file"`)
	require.NotContains(t, h.logged.String(), "Lovelace")
}

func TestAConsoleThatHidesPayloadsNeverShowsOne(t *testing.T) {
	t.Parallel()
	h := open(t, func(_ *clerkknock.Config, c *console.Config) { c.HidePayloads = true })
	require.Equal(t, 200, h.send("msg_1", clerktest.Event(clerk.UserCreated)))
	path := h.path("msg_1")
	pages := []answer{h.get(path), h.get(""), h.get("events"), h.get("people/" + clerktest.UserID),
		h.do(http.MethodPost, path, "what=everything", ours), h.do(http.MethodPost, path+"/payload.json", "x=1", ours)}
	for _, a := range pages {
		require.NotContains(t, a.body, "Lovelace", a.url)
		require.NotContains(t, a.body, clerktest.EmailAddress, a.url)
		require.NotContains(t, a.body, "en-GB", a.url)
	}
	require.Contains(t, pages[0].words(), "This console hides payloads")
	require.Contains(t, pages[0].words(), "PUT /v1/users/"+clerktest.UserID)
	require.Equal(t, 403, pages[4].status)
	require.NotEqual(t, 200, pages[5].status)
	require.Empty(t, h.logged.String())
}

func TestTheSignedCurlIsAccepted(t *testing.T) {
	t.Parallel()
	for _, tool := range []string{"sh", "curl", "openssl", "base64", "od"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skip(err)
		}
	}
	h := open(t)
	require.Equal(t, 200, h.send("msg_1", clerktest.Event(clerk.UserCreated)))
	path := h.path("msg_1")
	commands := regexp.MustCompile(`(?s)aria-label="Commands">(.*?)</pre>`).FindStringSubmatch(h.get(path).body)
	require.NotNil(t, commands)
	require.NotContains(t, commands[1], "whsec_Y2")
	script := strings.ReplaceAll(commands[1], "http://localhost:8080", h.host.URL)
	dir := t.TempDir()
	payload := h.do(http.MethodPost, path+"/payload.json", "x=1", ours).body
	require.NoError(t, os.WriteFile(dir+"/payload.json", []byte(payload), 0o600))
	run := exec.CommandContext(t.Context(), "sh", "-c", script)
	run.Dir = dir
	run.Env = append(run.Environ(), "CLERK_WEBHOOK_SIGNING_SECRET="+clerktest.Secret)
	out, err := run.CombinedOutput()
	require.NoError(t, err, "%s", out)
	require.Contains(t, string(out), "200 OK")
}
