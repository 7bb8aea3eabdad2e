package console_test

import (
	"context"
	"net/http"
	"net/url"
	"testing"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/clerk"
	"github.com/clerkknock/clerkknock/clerk/clerktest"
	"github.com/clerkknock/clerkknock/console"
	"github.com/stretchr/testify/require"
)

func TestTheTableInForceIsShown(t *testing.T) {
	t.Parallel()
	h := open(t)
	text := h.get("mappings").words()
	for _, m := range h.source.Mapper().Mappings() {
		require.Contains(t, text, m.ID)
	}
	require.Contains(t, text, "session.created users identify not active session.created:users_identify")
	require.Contains(t, text, "user.created users identify active user.created:users_identify")
	require.NotContains(t, text, "Disable")
}

// mapper has a mapping with each kind of value.
func mapper(extra clerkknock.Params) *clerkknock.Mapper {
	params := clerkknock.Params{
		"key": clerkknock.Literal("welcome"), "recipients": clerkknock.Path("data.id"),
		"data": clerkknock.Object(clerkknock.Params{
			"name":  clerkknock.Join(" ", clerkknock.Path("data.first_name"), clerkknock.Path("data.last_name")),
			"since": clerkknock.Time("data.created_at"),
			"none":  clerkknock.Path("data.nowhere"),
			"bye":   clerkknock.Path("data.password_last_updated_at"),
			"a.b":   clerkknock.Path("data.public_metadata"),
			"plan": clerkknock.Func("plan", func(context.Context, clerk.Envelope) (any, error) {
				return "pro", nil
			}),
		}),
	}
	for name, v := range extra {
		params[name] = v
	}
	return clerkknock.NewMapper(clerkknock.Mapping{ID: "welcome", Event: "user.created",
		Action: clerkknock.WorkflowsTrigger, Params: params})
}

func TestAParameterShowsWhereItComesFromAndWhatItIs(t *testing.T) {
	t.Parallel()
	h := open(t, func(c *clerkknock.Config, _ *console.Config) { c.Mapper = mapper(nil) })
	text := h.get("mappings?type=user.created").words()
	for _, row := range []string{
		`key always "welcome" "welcome"`,
		`recipients data.id "` + clerktest.UserID + `"`,
		`data.name data.first_name and data.last_name, joined by " " "Ada Lovelace"`,
		`data.since the time at data.created_at "2026-03-02T08:00:00Z"`,
		`data.none data.nowhere missing data.nowhere is missing; it is not sent`,
		`data.a.b data.public_metadata {`,
		`data.plan the program's own function plan "pro"`,
		"It would be executed",
	} {
		require.Contains(t, text, row)
	}
	sample := clerktest.Event(clerk.UserCreated, clerktest.Set("data.password_last_updated_at", nil))
	require.Equal(t, 200, h.send("msg_1", sample))
	text = h.get("mappings?on=" + h.at()).words()
	require.Contains(t, text, "data.bye data.password_last_updated_at null sent as null: Knock clears it")
}

func TestWhatFailsToResolveSaysWhy(t *testing.T) {
	t.Parallel()
	fails := clerkknock.Func("f", func(context.Context, clerk.Envelope) (any, error) { panic("no") })
	h := open(t, func(c *clerkknock.Config, _ *console.Config) {
		c.Mapper = mapper(clerkknock.Params{"tenant": fails})
	})
	text := h.get("mappings?type=user.created").words()
	require.Contains(t, text, "It would fail")
	require.Contains(t, text, "The parameters cannot be resolved")
	require.Contains(t, text, "tenant the program's own function f")
}

func TestAPastEventIsMaskedUntilSomebodyAsks(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.send("msg_1", clerktest.Event(clerk.UserCreated))
	a := h.get("mappings?on=" + h.at())
	require.Contains(t, a.words(), "[personal]")
	require.NotContains(t, a.body, "Lovelace")
	require.NotContains(t, a.body, clerktest.EmailAddress)
	require.NotContains(t, h.logged.String(), "payload shown")

	a = h.submit(a, "mappings", "what", "personal")
	require.Contains(t, a.words(), "Ada Lovelace")
	require.Contains(t, h.logged.String(), "payload shown")
	require.Contains(t, h.logged.String(), "who=grace")
}

func TestAPastEventIsNeverSeenWherePayloadsAreHidden(t *testing.T) {
	t.Parallel()
	h := open(t, func(_ *clerkknock.Config, c *console.Config) { c.HidePayloads = true })
	h.send("msg_1", clerktest.Event(clerk.UserCreated))
	at := h.at()
	a := h.get("mappings?on=" + at)
	require.Contains(t, a.words(),
		`name (data.first_name and data.last_name, joined by " "), or else data.username present`)
	asked := h.do(http.MethodPost, "mappings", "on="+at+"&what=everything", nil)
	require.Equal(t, 403, asked.status)
	for _, page := range []answer{a, asked} {
		require.NotContains(t, page.body, "Lovelace")
		require.NotContains(t, page.body, clerktest.EmailAddress)
	}
}

func TestARefusedRequestIsNoEventToTryMappingsOn(t *testing.T) {
	t.Parallel()
	h := open(t)
	r := clerktest.NewRequest("/webhooks/clerk", "whsec_Ym90aCBvZiB0aGVtIGFyZSB3cm9uZw==", "msg_1", h.now, []byte(`{}`))
	require.Equal(t, 401, h.post(r))
	a := h.get("mappings?on=" + h.at())
	require.Equal(t, 409, a.status)
	require.Contains(t, a.words(), "The payload is not kept")
}

func TestMappingsAreSwitchedOnlyWhereTheHostSaysSo(t *testing.T) {
	t.Parallel()
	const id = "user.deleted:users_delete"
	form := url.Values{"id": {id}, "active": {"yes"}}.Encode()
	allow := func(_ *clerkknock.Config, c *console.Config) { c.SwitchMappings = true }
	readOnly := func(_ *clerkknock.Config, c *console.Config) { c.SwitchMappings, c.ReadOnly = true, true }
	nothing := func(*clerkknock.Config, *console.Config) {}
	crossSite := http.Header{"Sec-Fetch-Site": {"cross-site"}}
	for name, c := range map[string]struct {
		edit   func(*clerkknock.Config, *console.Config)
		header http.Header
		form   string
		status int
	}{
		"not allowed":       {nothing, nil, form, 403},
		"read-only":         {readOnly, nil, form, 403},
		"from another site": {allow, crossSite, form, 403},
		"no such mapping":   {allow, nil, "id=none&active=yes", 404},
		"incomplete":        {allow, nil, "id=user.deleted:workflows_trigger&active=yes", 409},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := open(t, c.edit)
			before := h.source.Mapper()
			require.Equal(t, c.status, h.do(http.MethodPost, "mappings/switch", c.form, c.header).status)
			require.Same(t, before, h.source.Mapper())
		})
	}
}

func TestAMappingIsEnabledAndDisabled(t *testing.T) {
	t.Parallel()
	h := open(t, func(_ *clerkknock.Config, c *console.Config) { c.SwitchMappings = true })
	h.send("msg_1", clerktest.Event(clerk.UserCreated))
	a := h.get("mappings?type=user.deleted")
	require.Contains(t, a.words(), "until the program restarts")
	_, fields := h.form(a, "mappings/switch")
	require.Equal(t, "user.deleted:workflows_trigger", fields.Get("id"))

	a = h.submit(a, "mappings/switch", "id", "user.deleted:users_delete")
	require.Equal(t, 200, a.status)
	require.Contains(t, a.words(), "users delete active user.deleted:users_delete")
	require.Contains(t, h.logged.String(), "who=grace mapping=user.deleted:users_delete active=true")
	h.send("msg_2", clerktest.Event(clerk.UserDeleted))
	require.Empty(t, h.knock.Users(), "the mapping is in force")

	a = h.submit(a, "mappings/switch", "id", "user.deleted:users_delete", "active", "no")
	require.Contains(t, a.words(), "users delete not active user.deleted:users_delete")
}
