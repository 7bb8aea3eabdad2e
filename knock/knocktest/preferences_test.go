package knocktest_test

import (
	"strings"
	"testing"

	"github.com/clerkknock/clerkknock/knock/knocktest"
	"github.com/stretchr/testify/require"
)

// recipients are the paths of what may have preferences and channel data of its own.
var recipients = map[string]string{"user": "/v1/users/x", "object": "/v1/objects/projects/x"}

// held is what the environment holds of the user or object x.
func (e *env) held(kind string) (preferences, channels map[string]any) {
	if kind == "user" {
		user, _ := e.User("x")
		return user.Preferences, user.ChannelData
	}
	object, _ := e.Object("projects", "x")
	return object.Preferences, object.ChannelData
}

func TestPreferencesAreKeptAndShown(t *testing.T) {
	t.Parallel()
	for kind, path := range recipients {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			e := start(t, knocktest.Config{})
			e.must("PUT", path, `{}`)
			e.must("PUT", path+"/preferences/default", `{"channel_types":{"email":true},"workflows":{"w":false}}`)
			set := e.must("PUT", path+"/preferences/org_1", `{"commercial_subscribed":false}`)
			require.Equal(t, "PreferenceSet", set.at("__typename"))
			require.Equal(t, "org_1", set.at("id"))
			require.Equal(t, false, set.at("commercial_subscribed"))
			preferences, _ := e.held(kind)
			require.JSONEq(t, `{"default":{"channel_types":{"email":true},"workflows":{"w":false}},
				"org_1":{"commercial_subscribed":false}}`, mustJSON(t, preferences))

			require.Equal(t, true, e.must("GET", path+"/preferences/default", "").at("channel_types", "email"))
			require.Nil(t, e.must("GET", path+"/preferences/never_set", "").at("channel_types"))
			require.Equal(t, "org_1", e.must("GET", path+"/preferences", "").at(1, "id"))

			require.Equal(t, 204, e.do("DELETE", path+"/preferences/default", "").status)
			require.Equal(t, 204, e.do("DELETE", path+"/preferences/default", "").status)
			preferences, _ = e.held(kind)
			require.JSONEq(t, `{"org_1":{"commercial_subscribed":false}}`, mustJSON(t, preferences))
		})
	}
}

func TestAPreferenceSetSaysHowItIsKept(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct{ path, body, want string }{
		"replaced":        {"/v1/users/x/preferences/default", `{"workflows":{"v":true}}`, `{"workflows":{"v":true}}`},
		"replaced, asked": {"/v1/users/x/preferences/default", `{"__persistence_strategy__":"replace"}`, `{}`},
		"merged, asked": {
			"/v1/users/x/preferences/default", `{"__persistence_strategy__":"merge","workflows":{"v":true}}`,
			`{"channel_types":{"email":true},"workflows":{"v":true,"w":false}}`,
		},
		"merged inline": {
			"/v1/users/x", `{"preferences":{"default":{"__persistence_strategy__":"merge","workflows":{"v":true}}}}`,
			`{"channel_types":{"email":true},"workflows":{"v":true,"w":false}}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := start(t, knocktest.Config{})
			e.must("PUT", "/v1/users/x", `{"preferences":{"default":{"channel_types":{"email":true},"workflows":{"w":false}}}}`)
			e.must("PUT", row.path, row.body)
			preferences, _ := e.held("user")
			require.JSONEq(t, `{"default":`+row.want+`}`, mustJSON(t, preferences))
		})
	}
}

func TestChannelDataIsKeptAndShown(t *testing.T) {
	t.Parallel()
	for kind, path := range recipients {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			e := start(t, knocktest.Config{})
			e.must("PUT", path+"/channel_data/push", `{"data":{"tokens":["t1"]}}`)
			data := e.must("PUT", path+"/channel_data/push", `{"data":{"tokens":["t2"]}}`)
			require.Equal(t, "push", data.at("channel_id"))
			require.Equal(t, "t2", e.must("GET", path+"/channel_data/push", "").at("data", "tokens", 0))
			_, channels := e.held(kind)
			require.JSONEq(t, `{"push":{"tokens":["t2"]}}`, mustJSON(t, channels))

			require.Equal(t, 204, e.do("DELETE", path+"/channel_data/push", "").status)
			require.Equal(t, 404, e.do("GET", path+"/channel_data/push", "").status)
			_, channels = e.held(kind)
			require.Empty(t, channels)
		})
	}
}

func TestUnsettingWhatIsNotSetCanBe404(t *testing.T) {
	t.Parallel()
	e := start(t, knocktest.Config{MissingDeletes404: true})
	for _, path := range []string{
		"/v1/users/x/preferences/default", "/v1/users/x/channel_data/push",
		"/v1/objects/c/x/preferences/default", "/v1/objects/c/x/channel_data/push",
	} {
		require.Equal(t, "resource_missing", e.do("DELETE", path, "").at("code"), path)
	}
}

func TestWhatMakesTheRecipientIsDocumented(t *testing.T) {
	t.Parallel()
	e := start(t, knocktest.Config{})
	require.Equal(t, 404, e.do("PUT", "/v1/users/new/preferences/default", `{}`).status)
	require.Equal(t, 200, e.do("PUT", "/v1/objects/c/new/preferences/default", `{}`).status)
	require.Equal(t, 200, e.do("PUT", "/v1/users/new/channel_data/push", `{"data":{}}`).status)
	_, ok := e.User("new")
	require.True(t, ok)
}

func TestATenantKeepsItsSettings(t *testing.T) {
	t.Parallel()
	const path = "/v1/tenants/org_1?resolve_full_preference_settings=true"
	e := start(t, knocktest.Config{})
	e.must("PUT", path, `{"settings":{"branding":{"primary_color":"#fff"},"preference_set":{"workflows":{"w":false}}}}`)
	set := e.must("PUT", path,
		`{"settings":{"preference_set":{"__persistence_strategy__":"merge","workflows":{"v":true}}}}`)
	require.Equal(t, "#fff", set.at("settings", "branding", "primary_color"))
	settings := func() string {
		tenant, _ := e.Tenant("org_1")
		return mustJSON(t, tenant.Properties["settings"])
	}
	const branding = `{"branding":{"primary_color":"#fff"},"preference_set":`
	require.JSONEq(t, branding+`{"workflows":{"v":true,"w":false}}}`, settings())
	e.must("PUT", path, `{"settings":{"preference_set":{"__persistence_strategy__":"replace","workflows":{"u":true}}}}`)
	require.JSONEq(t, branding+`{"workflows":{"u":true}}}`, settings())
}

func TestMistakesInPreferencesAndSettingsAreRefused(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ method, path, body, field string }{
		{"PUT", "/v1/users/x/preferences/default", `{"__persistence_strategy__":"append"}`, "__persistence_strategy__"},
		{"PUT", "/v1/users/x/preferences/default", `{"workflows":true}`, "workflows"},
		{"PUT", "/v1/users/x/preferences/default", `{"commercial_subscribed":"no"}`, "commercial_subscribed"},
		{"PUT", "/v1/objects/c/x/preferences/default", `{"channel_types":[]}`, "channel_types"},
		{"PUT", "/v1/users/x", `{"preferences":{"default":{"workflows":5}}}`, "preferences.default.workflows"},
		{"PUT", "/v1/users/x", `{"preferences":{"default":true}}`, "preferences.default"},
		{"PUT", "/v1/users/x", `{"channel_data":{"push":"t"}}`, "channel_data.push"},
		{"PUT", "/v1/objects/c/x", `{"preferences":null}`, "preferences"},
		{"PUT", "/v1/users/x/channel_data/push", `{}`, "data"},
		{"PUT", "/v1/users/a%23b/channel_data/push", `{"data":{}}`, "id"},
		{"PUT", "/v1/objects/c/x/channel_data/push", `{"data":[]}`, "data"},
		{"PUT", "/v1/tenants/x", `{"settings":null}`, "settings"},
		{"PUT", "/v1/tenants/x", `{"settings":{"branding":{"logo_url":5}}}`, "settings.branding.logo_url"},
		{"PUT", "/v1/tenants/x", `{"settings":{"preference_set":{"workflows":5}}}`, "settings.preference_set.workflows"},
		{"POST", "/v1/workflows/w/trigger", `{"recipients":["x"],"settings":{"skip_delay":1}}`, "settings.skip_delay"},
		{"POST", "/v1/users/bulk/preferences", `{"user_ids":["x"],"preferences":{"workflows":5}}`, "preferences.workflows"},
	} {
		t.Run(strings.TrimPrefix(row.path, "/v1/")+" "+row.field, func(t *testing.T) {
			t.Parallel()
			e := start(t, knocktest.Config{})
			e.must("PUT", "/v1/users/x", `{}`)
			before := e.state()
			refused := e.do(row.method, row.path, row.body)
			require.Equal(t, 422, refused.status)
			require.Equal(t, row.field, refused.at("errors", 0, "field"))
			require.Equal(t, before, e.state())
		})
	}
}

func TestATriggerShowsItsSettings(t *testing.T) {
	t.Parallel()
	e := start(t, knocktest.Config{})
	e.must("POST", "/v1/workflows/w/trigger", `{"recipients":["x"],"settings":{"sandbox_mode":true,"skip_delay":null}}`)
	e.must("POST", "/v1/workflows/w/trigger", `{"recipients":["x"]}`)
	triggers := e.Triggers()
	require.Equal(t, map[string]any{"sandbox_mode": true, "skip_delay": nil}, triggers[0].Settings)
	require.Nil(t, triggers[1].Settings)
}
