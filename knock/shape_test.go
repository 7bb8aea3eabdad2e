package knock_test

import (
	"fmt"
	"maps"
	"testing"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/knock"
	"github.com/stretchr/testify/require"
)

// What Knock would refuse is refused before it is sent, once and for good.
func TestAParameterOfTheWrongTypeIsNotSent(t *testing.T) {
	t.Parallel()
	const (
		identify   = clerkknock.UsersIdentify
		setObject  = clerkknock.ObjectsSet
		setTenant  = clerkknock.TenantsSet
		trigger    = clerkknock.WorkflowsTrigger
		cancel     = clerkknock.WorkflowsCancel
		subscribe  = clerkknock.ObjectsSubscribe
		add        = clerkknock.AudiencesAddMember
		setPrefs   = clerkknock.UsersSetPreferences
		setChannel = clerkknock.ObjectsSetChannelData
		mergeUsers = clerkknock.UsersMerge
	)
	for _, row := range []struct {
		action clerkknock.ActionType
		name   string
		value  any
		says   string
	}{
		{identify, "id", true, "is a boolean"},
		{identify, "id", nil, "is null"},
		{identify, "id", "", "is empty"},
		{identify, "created_at", 1654012591514, "is a number; knock takes a date and time"},
		{identify, "created_at", "yesterday", "is another text; knock takes a date and time"},
		{identify, "name", 5, "is a number; knock takes text, or null"},
		{identify, "email", params{}, "is an object"},
		{identify, "locale", []string{"en"}, "is a list"},
		{identify, "properties", "pro", "is another text; knock takes an object"},
		{identify, "preferences", true, "is a boolean"},
		{identify, "channel_data", []string{}, "is a list"},
		{identify, "nickname", "x", "is none of users_identify"},
		{setTenant, "email", "x@example.com", "is none of tenants_set"},
		{setObject, "preferences", nil, "is null; knock takes an object"},
		{setObject, "channel_data", nil, "is null"},
		{setTenant, "settings", nil, "is null; knock takes an object"},
		{setTenant, "settings", "x", "is another text"},
		{setTenant, "resolve_full_preference_settings", "true", "knock takes true or false"},
		{subscribe, "properties", 5, "is a number"},
		{subscribe, "recipients", nil, "is null"},
		{add, "create_audience", 1, "is a number"},
		{add, "tenant", params{"id": "t"}, "is an object"},
		{add, "members", params{"user": params{"id": "u"}, "tenant": true}, "has a tenant"},
		{trigger, "data", "x", "is another text"},
		{trigger, "settings", "x", "is another text"},
		{trigger, "actor", params{"name": "no id"}, "is an object"},
		{trigger, "tenant", true, "is a boolean; knock takes a tenant's ID"},
		{trigger, "cancellation_key", params{}, "is an object"},
		{cancel, "cancellation_key", nil, "is null"},
		{cancel, "cancellation_key", "", "is empty"},
		{cancel, "recipients", nil, "is null; knock takes a recipient"},
		{cancel, "recipients", []string{}, "holds nobody"},
		{cancel, "recipients", []any{nil}, "holds nobody"},
		{setPrefs, "preferences", nil, "is null"},
		{setPrefs, "preference_set_id", nil, "is null"},
		{setChannel, "data", []string{}, "is a list"},
		{mergeUsers, "from_user_id", "a/b", "does not allow in a user ID"},
	} {
		t.Run(fmt.Sprintf("%s %s %v", row.action, row.name, row.value), func(t *testing.T) {
			t.Parallel()
			e, s := executor(knock.Config{}, status(200))
			p := complete(row.action)
			p[row.name] = row.value
			err := e.Execute(t.Context(), invocation(row.action, p))
			require.ErrorContains(t, err, fmt.Sprintf("parameter %q", row.name))
			require.ErrorContains(t, err, row.says)
			require.True(t, clerkknock.IsPermanent(err))
			require.Empty(t, s.calls)
		})
	}
}

// complete has what an action requires, and little more.
func complete(action clerkknock.ActionType) params {
	p := params{
		"id": "x", "from_user_id": "y", "collection": "c", "key": "k", "cancellation_key": "c", "channel_id": "ch",
		"preference_set_id": "default", "members": "u", "preferences": params{}, "data": params{},
	}
	if action != clerkknock.WorkflowsCancel {
		p["recipients"] = "u"
	}
	maps.DeleteFunc(p, func(name string, _ any) bool { return !action.Takes(name) })
	return p
}

func TestAnActionWithoutWhatItRequiresIsNotSent(t *testing.T) {
	t.Parallel()
	for name, action := range map[string]clerkknock.ActionType{
		"cancellation_key":  clerkknock.WorkflowsCancel,
		"from_user_id":      clerkknock.UsersMerge,
		"preferences":       clerkknock.UsersSetPreferences,
		"preference_set_id": clerkknock.ObjectsUnsetPreferences,
		"data":              clerkknock.UsersSetChannelData,
		"channel_id":        clerkknock.ObjectsUnsetChannelData,
		"id":                clerkknock.UsersUnsetPreferences,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := complete(action)
			delete(p, name)
			requests, err := render(t, action, p)
			require.ErrorContains(t, err, fmt.Sprintf("parameter %q", name))
			require.Empty(t, requests)
		})
	}
}

// A host whose IDs are numbers is the same host in every action.
func TestANumberBecomesItsDigitsWhereKnockWantsText(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		action clerkknock.ActionType
		params params
		want   string
	}{
		{clerkknock.UsersIdentify, params{"id": 42, "properties": params{"n": 42}}, `PUT /v1/users/42 {"n":42}`},
		{
			clerkknock.UsersMerge, params{"id": 42, "from_user_id": 7},
			`POST /v1/users/42/merge {"from_user_id":"7"}`,
		},
		{
			clerkknock.UsersUnsetPreferences, params{"id": 42, "preference_set_id": 7},
			`DELETE /v1/users/42/preferences/7`,
		},
		{
			clerkknock.ObjectsSubscribe, params{"collection": 1, "id": 2, "recipients": []any{42, params{"id": 43}, "42"}},
			`POST /v1/objects/1/2/subscriptions {"recipients":[{"id":"42"},{"id":"43"}]}`,
		},
		{
			clerkknock.ObjectsUnsubscribe,
			params{"collection": 1, "id": 2, "recipients": []any{42, params{"collection": 3, "id": 43}}},
			`DELETE /v1/objects/1/2/subscriptions {"recipients":["42",{"collection":"3","id":"43"}]}`,
		},
		{
			clerkknock.AudiencesAddMember,
			params{"key": 9, "members": []any{42, params{"user": 43, "tenant": 2}}, "tenant": 1},
			`POST /v1/audiences/9/members {"members":[{"user":{"id":"42"},"tenant":"1"},{"user":{"id":"43"},"tenant":"2"}]}`,
		},
		{
			clerkknock.WorkflowsCancel, params{"key": 9, "cancellation_key": 42, "recipients": 43},
			`POST /v1/workflows/9/cancel {"cancellation_key":"42","recipients":["43"]}`,
		},
		{
			clerkknock.WorkflowsTrigger,
			params{
				"key": 9, "recipients": 43, "data": params{"n": 1}, "actor": 44, "tenant": params{"id": 45},
				"cancellation_key": 42,
			},
			`POST /v1/workflows/9/trigger {"recipients":["43"],"data":{"n":1},"actor":"44","tenant":{"id":"45"},` +
				`"cancellation_key":"42"} key`,
		},
	} {
		t.Run(string(row.action), func(t *testing.T) {
			t.Parallel()
			requests, err := render(t, row.action, row.params)
			require.NoError(t, err)
			require.Equal(t, row.want, lines(requests))
		})
	}
}
