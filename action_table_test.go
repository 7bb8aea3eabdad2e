package clerkknock_test

import (
	"context"
	"maps"
	"slices"
	"testing"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/clerk"
	"github.com/stretchr/testify/require"
)

// What a step needs stands before it: a user is identified, then merged, and deleted
// last.
func TestStepsOfEveryActionTypeRunInOneOrder(t *testing.T) {
	t.Parallel()
	m := clerkknock.NewMapper(clerkknock.On(clerk.UserCreated,
		func(context.Context, clerk.Event[clerk.User]) ([]clerkknock.Action, error) {
			var all []clerkknock.Action
			for _, action := range slices.Backward(actionTypes) {
				all = append(all, clerkknock.NewAction(action, everyRequiredParam(action)))
			}
			return all, nil
		}))
	steps, err := m.Rehearse(t.Context(), clerkknock.Delivery{Body: []byte(userCreated)})
	require.NoError(t, err)
	var order []clerkknock.ActionType
	for _, step := range steps {
		require.NoError(t, step.Err, step.Action.Type)
		require.Empty(t, step.Skip, step.Action.Type)
		order = append(order, step.Action.Type)
	}
	require.Equal(t, actionTypes, order)
}

// everyRequiredParam has what any action type requires, and no more than this one takes.
func everyRequiredParam(action clerkknock.ActionType) map[string]any {
	values := map[string]any{
		"id": "x", "from_user_id": "y", "collection": "c", "key": "k", "cancellation_key": "c", "channel_id": "ch",
		"preference_set_id": "default", "recipients": "u", "members": "u",
		"preferences": map[string]any{"channel_types": map[string]any{"email": false}},
		"data":        map[string]any{"tokens": []string{"t"}},
	}
	maps.DeleteFunc(values, func(name string, _ any) bool { return !action.Takes(name) })
	return values
}

func TestAnActionReservesWhatMeansSomethingToKnock(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		action         clerkknock.ActionType
		reserved, free []string
	}{
		{
			clerkknock.UsersIdentify,
			[]string{
				"id", "name", "email", "phone_number", "avatar", "locale", "timezone", "created_at", "preferences",
				"channel_data", "updated_at", "$trigger_data", "__typename",
			},
			[]string{"settings", "collection", "plan", "properties", ""},
		},
		{
			clerkknock.ObjectsSet,
			[]string{"collection", "id", "name", "locale", "timezone", "preferences", "channel_data", "created_at"},
			[]string{"settings", "avatar", "plan"},
		},
		{
			clerkknock.TenantsSet,
			[]string{"id", "name", "settings", "channel_data", "preferences"},
			[]string{"timezone", "locale", "email", "created_at", "plan"},
		},
		{clerkknock.ObjectsSubscribe, nil, []string{"id", "recipients", "name"}},
		{"users_notify", nil, []string{"id"}},
	} {
		t.Run(string(row.action), func(t *testing.T) {
			t.Parallel()
			for _, name := range row.reserved {
				require.True(t, row.action.Reserves(name), name)
			}
			for _, name := range row.free {
				require.False(t, row.action.Reserves(name), name)
			}
		})
	}
}

// The preferences that a user starts with are set, though a later event has overtaken
// the one that sets them: that one sets other things.
func TestTheFirstPreferencesSurviveALaterEvent(t *testing.T) {
	t.Parallel()
	executor := &recorder{}
	id := clerkknock.Path("data.id")
	s := source(t, clerkknock.Config{Executor: executor, Mapper: clerkknock.NewMapper(
		clerkknock.Mapping{Event: "user.created", Action: clerkknock.UsersSetPreferences, Params: clerkknock.Params{
			"id": id, "preference_set_id": clerkknock.Literal("default"),
			"preferences": clerkknock.Literal(map[string]any{"commercial_subscribed": false}),
		}},
		clerkknock.Mapping{Event: "user.updated", Action: clerkknock.UsersIdentify, Params: clerkknock.Params{"id": id}},
	)})
	_, err := s.Process(t.Context(), delivery("msg_2", user("updated", millis+1, "B")))
	require.NoError(t, err)
	report, err := s.Process(t.Context(), delivery("msg_1", user("created", millis, "A")))
	require.NoError(t, err)
	require.Equal(t, "succeeded", statuses(report))
}

// Wherever an action names a user, the host's rule for the IDs holds.
func TestTheRuleForUserIDsHoldsForAllThatIsSetOnUsers(t *testing.T) {
	t.Parallel()
	for _, action := range actionTypes[:7] {
		t.Run(string(action), func(t *testing.T) {
			t.Parallel()
			params := everyRequiredParam(action)
			params["id"] = "user_1"
			m := clerkknock.NewMapper(clerkknock.On(clerk.UserCreated,
				func(context.Context, clerk.Event[clerk.User]) ([]clerkknock.Action, error) {
					return []clerkknock.Action{clerkknock.NewAction(action, params)}, nil
				})).UserIDs("ours", func(context.Context, clerk.Envelope, string) (string, error) { return "42", nil })
			steps, err := m.Rehearse(t.Context(), clerkknock.Delivery{Body: []byte(userCreated)})
			require.NoError(t, err)
			require.NoError(t, steps[0].Err)
			require.Equal(t, "42", steps[0].Action.Text("id"))
		})
	}
}
