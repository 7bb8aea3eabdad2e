package knock_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/knock"
	"github.com/stretchr/testify/require"
)

func TestRenderMakesTheCallsOfPreferencesChannelDataAndMerges(t *testing.T) {
	t.Parallel()
	email := params{"channel_types": params{"email": false}}
	tokens := params{"tokens": []string{"t1"}}
	for name, row := range map[string]struct {
		action clerkknock.ActionType
		params params
		want   string
	}{
		"identify with preferences": {
			clerkknock.UsersIdentify, params{"id": "u", "preferences": params{"default": email}, "channel_data": nil},
			`PUT /v1/users/u {"preferences":{"default":{"channel_types":{"email":false}}},"channel_data":null}`,
		},
		"merge": {
			clerkknock.UsersMerge, params{"id": "ours_1", "from_user_id": "user_1"},
			`POST /v1/users/ours_1/merge {"from_user_id":"user_1"}`,
		},
		"set preferences for a tenant": {
			clerkknock.UsersSetPreferences, params{"id": "u", "preference_set_id": "org/1", "preferences": email},
			`PUT /v1/users/u/preferences/org%2F1 {"channel_types":{"email":false}}`,
		},
		"unset preferences": {
			clerkknock.UsersUnsetPreferences, params{"id": "u", "preference_set_id": "default"},
			`DELETE /v1/users/u/preferences/default`,
		},
		"set channel data": {
			clerkknock.UsersSetChannelData, params{"id": "u", "channel_id": "ch", "data": tokens},
			`PUT /v1/users/u/channel_data/ch {"data":{"tokens":["t1"]}}`,
		},
		"unset channel data": {
			clerkknock.UsersUnsetChannelData, params{"id": "u", "channel_id": "ch"},
			`DELETE /v1/users/u/channel_data/ch`,
		},
		"set an object with all that it has": {
			clerkknock.ObjectsSet,
			params{
				"collection": "c", "id": "o", "locale": "en", "timezone": nil, "preferences": params{"default": email},
				"channel_data": params{"ch": tokens},
			},
			`PUT /v1/objects/c/o {"locale":"en","timezone":null,` +
				`"preferences":{"default":{"channel_types":{"email":false}}},"channel_data":{"ch":{"tokens":["t1"]}}}`,
		},
		"set an object's preferences": {
			clerkknock.ObjectsSetPreferences,
			params{"collection": "c", "id": "o", "preference_set_id": "default", "preferences": email},
			`PUT /v1/objects/c/o/preferences/default {"channel_types":{"email":false}}`,
		},
		"unset an object's preferences": {
			clerkknock.ObjectsUnsetPreferences, params{"collection": "c", "id": "o", "preference_set_id": "default"},
			`DELETE /v1/objects/c/o/preferences/default`,
		},
		"set an object's channel data": {
			clerkknock.ObjectsSetChannelData, params{"collection": "c", "id": "o", "channel_id": "ch", "data": tokens},
			`PUT /v1/objects/c/o/channel_data/ch {"data":{"tokens":["t1"]}}`,
		},
		"unset an object's channel data": {
			clerkknock.ObjectsUnsetChannelData, params{"collection": "c", "id": "o", "channel_id": "ch"},
			`DELETE /v1/objects/c/o/channel_data/ch`,
		},
		"set a tenant with its channels": {
			clerkknock.TenantsSet,
			params{
				"id": "t", "channel_data": params{"ch": tokens}, "settings": params{"preference_set": email},
				"resolve_full_preference_settings": true,
			},
			`PUT /v1/tenants/t?resolve_full_preference_settings=true {"settings":{"preference_set":` +
				`{"channel_types":{"email":false}}},"channel_data":{"ch":{"tokens":["t1"]}}}`,
		},
		"trigger with settings": {
			clerkknock.WorkflowsTrigger,
			params{"key": "wf", "recipients": "u", "settings": params{"sandbox_mode": true, "skip_delay": true}},
			`POST /v1/workflows/wf/trigger {"recipients":["u"],"settings":{"sandbox_mode":true,"skip_delay":true}} key`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			requests, err := render(t, row.action, row.params)
			require.NoError(t, err)
			require.Equal(t, row.want, lines(requests))
		})
	}
}

func TestTheActionDecidesWhetherItMakesAnAudience(t *testing.T) {
	t.Parallel()
	const made, not = "?create_audience=true", ""
	for name, row := range map[string]struct {
		config bool
		param  any
		want   string
	}{
		"the config's default": {true, nil, made},
		"the action's yes":     {false, true, made},
		"the action's no":      {true, false, not},
		"nobody's":             {false, nil, not},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e, s := executor(knock.Config{CreateAudiences: row.config}, status(204))
			add := invocation(clerkknock.AudiencesAddMember, params{"key": "a", "members": "u", "create_audience": row.param})
			require.NoError(t, e.Execute(t.Context(), add))
			require.Equal(t, "https://api.knock.app/v1/audiences/a/members"+row.want, s.calls[0].url)
			require.NotContains(t, s.calls[0].body, "create_audience")
		})
	}
}

func TestAnActionWithoutParamsIsAnErrorAndNoPanic(t *testing.T) {
	t.Parallel()
	e, _ := executor(knock.Config{CreateAudiences: true}, status(204))
	err := e.Execute(t.Context(), clerkknock.Invocation{Action: clerkknock.Action{Type: clerkknock.AudiencesAddMember}})
	require.ErrorContains(t, err, `parameter "key" is empty`)
}

// Merges are of tier 2, https://docs.knock.app/api-reference/users/merge: five a second.
func TestMergesKeepToTheirTier(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e, s := executor(knock.Config{}, status(200))
		start := time.Now()
		for range 6 {
			merge := invocation(clerkknock.UsersMerge, params{"id": "u", "from_user_id": "v"})
			require.NoError(t, e.Execute(t.Context(), merge))
		}
		require.Len(t, s.calls, 6)
		require.Equal(t, 200*time.Millisecond, time.Since(start))
	})
}
