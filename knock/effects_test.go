package knock_test

import (
	"encoding/json"
	"net/http/httptest"
	"testing"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/knock"
	"github.com/clerkknock/clerkknock/knock/knocktest"
	"github.com/stretchr/testify/require"
)

// environment is an emulated Knock with a user and an executor before it.
func environment(t *testing.T) (*knock.Executor, *knocktest.API) {
	t.Helper()
	api := knocktest.New(knocktest.Config{MissingDeletes404: true})
	server := httptest.NewServer(api)
	t.Cleanup(server.Close)
	e, err := knock.New(knock.Config{APIKey: "sk_test", BaseURL: server.URL})
	require.NoError(t, err)
	require.NoError(t, e.Execute(t.Context(), invocation(clerkknock.UsersIdentify, params{
		"id": "u", "preferences": params{"default": params{"workflows": params{"w": false}}},
		"channel_data": params{"push": params{"tokens": []string{"t1"}}},
	})))
	return e, api
}

// What an action is told is what Knock holds afterwards.
func TestActionsOnAUserLeaveWhatTheySay(t *testing.T) {
	t.Parallel()
	off, token := params{"commercial_subscribed": false}, params{"tokens": []string{"t2"}}
	const before = `"channel_data":{"push":{"tokens":["t1"]}},"preferences":{"default":{"workflows":{"w":false}}}`
	for name, row := range map[string]struct {
		action clerkknock.ActionType
		params params
		want   string
	}{
		"nothing but identified": {clerkknock.UsersIdentify, params{}, before},
		"preferences of a tenant": {
			clerkknock.UsersSetPreferences, params{"preference_set_id": 42, "preferences": off},
			`"channel_data":{"push":{"tokens":["t1"]}},` +
				`"preferences":{"42":{"commercial_subscribed":false},"default":{"workflows":{"w":false}}}`,
		},
		"no preferences": {
			clerkknock.UsersUnsetPreferences, params{"preference_set_id": "default"},
			`"channel_data":{"push":{"tokens":["t1"]}}`,
		},
		"preferences that never were": {clerkknock.UsersUnsetPreferences, params{"preference_set_id": "none"}, before},
		"another token": {
			clerkknock.UsersSetChannelData, params{"channel_id": "push", "data": token},
			`"channel_data":{"push":{"tokens":["t2"]}},"preferences":{"default":{"workflows":{"w":false}}}`,
		},
		"no token": {
			clerkknock.UsersUnsetChannelData, params{"channel_id": "push"},
			`"preferences":{"default":{"workflows":{"w":false}}}`,
		},
		"a merge of nobody": {clerkknock.UsersMerge, params{"from_user_id": "nobody"}, before},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e, api := environment(t)
			row.params["id"] = "u"
			require.NoError(t, e.Execute(t.Context(), invocation(row.action, row.params)))
			user, _ := api.User("u")
			shown, err := json.Marshal(user)
			require.NoError(t, err)
			require.JSONEq(t, `{"id":"u",`+row.want+`}`, string(shown))
		})
	}
}

func TestAMergedUserIsOne(t *testing.T) {
	t.Parallel()
	e, api := environment(t)
	require.NoError(t, e.Execute(t.Context(), invocation(clerkknock.UsersIdentify, params{"id": "ours_1"})))
	merge := invocation(clerkknock.UsersMerge, params{"id": "ours_1", "from_user_id": "u"})
	require.NoError(t, e.Execute(t.Context(), merge))
	require.NoError(t, e.Execute(t.Context(), merge), "done before")
	user, _ := api.User("ours_1")
	require.Contains(t, user.ChannelData, "push")
	_, remains := api.User("u")
	require.False(t, remains)
}

// A cancellation finds its trigger, whatever kind of key the host has.
func TestACancellationWithANumberFindsItsTrigger(t *testing.T) {
	t.Parallel()
	e, api := environment(t)
	require.NoError(t, e.Execute(t.Context(), invocation(clerkknock.WorkflowsTrigger, params{
		"key": "wf", "recipients": "u", "cancellation_key": 42, "settings": params{"skip_delay": true},
	})))
	require.NoError(t, e.Execute(t.Context(), invocation(clerkknock.WorkflowsCancel, params{
		"key": "wf", "cancellation_key": 42,
	})))
	require.Equal(t, []string{api.Triggers()[0].RunID}, api.Cancels()[0].RunIDs)
	require.Equal(t, map[string]any{"skip_delay": true}, api.Triggers()[0].Settings)
}
