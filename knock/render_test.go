package knock_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/knock"
	"github.com/stretchr/testify/require"
)

type params = map[string]any

func render(t *testing.T, a clerkknock.ActionType, p params) ([]knock.Request, error) {
	t.Helper()
	return knock.Render(clerkknock.Invocation{Action: clerkknock.NewAction(a, p), IdempotencyKey: "key"})
}

// lines writes requests as one would type them: method, path, body.
func lines(requests []knock.Request) string {
	var all []string
	for _, r := range requests {
		all = append(all, strings.TrimSpace(fmt.Sprintf("%s %s %s %s", r.Method, r.Path, r.Body, r.IdempotencyKey)))
	}
	return strings.Join(all, "\n")
}

func TestRenderMakesTheCallOfEachAction(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		action clerkknock.ActionType
		params params
		want   string
	}{
		"identify": {
			clerkknock.UsersIdentify,
			params{
				"id": "user_1", "phone_number": nil, "name": "Ada <Byron>", "email": "ada@example.com",
				"avatar": "https://img.example.com/a",
				"locale": "en-GB", "timezone": "Europe/London", "created_at": "2022-05-31T15:56:31.514Z",
				"properties": params{
					"username":     nil,
					"plan":         params{"tier": "pro"},
					"a.b":          1,
					"email":        "evil@example.com",
					"id":           "user_2",
					"channel_data": params{},
				},
			},
			`PUT /v1/users/user_1 {"name":"Ada <Byron>","email":"ada@example.com","phone_number":null,` +
				`"avatar":"https://img.example.com/a","locale":"en-GB","timezone":"Europe/London",` +
				`"created_at":"2022-05-31T15:56:31.514Z","a.b":1,"plan":{"tier":"pro"},"username":null}`,
		},
		"identify by ID alone": {clerkknock.UsersIdentify, params{"id": "user_1"}, `PUT /v1/users/user_1 {}`},
		"delete user":          {clerkknock.UsersDelete, params{"id": "user_1"}, `DELETE /v1/users/user_1`},
		"set object": {
			clerkknock.ObjectsSet,
			params{"collection": "projects", "id": "p1", "name": "P", "properties": params{"k": true, "collection": "x"}},
			`PUT /v1/objects/projects/p1 {"name":"P","k":true}`,
		},
		"delete object": {
			clerkknock.ObjectsDelete, params{"collection": "projects", "id": "p1"}, `DELETE /v1/objects/projects/p1`,
		},
		"set tenant": {
			clerkknock.TenantsSet,
			params{
				"id":         "org_1",
				"name":       "Acme",
				"settings":   params{"branding": params{"primary_color": "#fff"}},
				"properties": params{"slug": "acme", "settings": 1},
			},
			`PUT /v1/tenants/org_1 {"name":"Acme","settings":{"branding":{"primary_color":"#fff"}},"slug":"acme"}`,
		},
		"delete tenant": {clerkknock.TenantsDelete, params{"id": "org_1"}, `DELETE /v1/tenants/org_1`},
		"subscribe one": {
			clerkknock.ObjectsSubscribe,
			params{"collection": "$tenants", "id": "org_1", "recipients": "user_1", "properties": params{"role": "org:admin"}},
			`POST /v1/objects/$tenants/org_1/subscriptions {"recipients":[{"id":"user_1"}],"properties":{"role":"org:admin"}}`,
		},
		"subscribe several": {
			clerkknock.ObjectsSubscribe,
			params{
				"collection": "c",
				"id":         "o",
				"recipients": []any{"u1", params{"id": "u2", "name": "Two"}, params{"collection": "teams", "id": "t1"}, nil},
			},
			`POST /v1/objects/c/o/subscriptions {"recipients":[{"id":"u1"},` +
				`{"id":"u2","name":"Two"},{"collection":"teams","id":"t1"}]}`,
		},
		"unsubscribe": {
			clerkknock.ObjectsUnsubscribe,
			params{
				"collection": "c",
				"id":         "o",
				"recipients": []any{"u1", params{"id": "u2", "name": "Two"}, params{"collection": "teams", "id": "t1", "x": 1}},
				"properties": params{"role": "x"},
			},
			`DELETE /v1/objects/c/o/subscriptions {"recipients":["u1","u2",{"collection":"teams","id":"t1"}]}`,
		},
		"add member": {
			clerkknock.AudiencesAddMember,
			params{
				"key":     "beta",
				"members": []any{"u1", params{"id": "u2", "name": "Two"}, params{"user": params{"id": "u3"}, "tenant": nil}},
				"tenant":  "org_1",
			},
			`POST /v1/audiences/beta/members {"members":[{"user":{"id":"u1"},"tenant":"org_1"},` +
				`{"user":{"id":"u2","name":"Two"},"tenant":"org_1"},{"user":{"id":"u3"},"tenant":null}]}`,
		},
		"remove member": {
			clerkknock.AudiencesRemoveMember, params{"key": "beta", "members": "u1"},
			`DELETE /v1/audiences/beta/members {"members":[{"user":{"id":"u1"}}]}`,
		},
		"cancel for all": {
			clerkknock.WorkflowsCancel, params{"key": "wf", "cancellation_key": "c1"},
			`POST /v1/workflows/wf/cancel {"cancellation_key":"c1"}`,
		},
		"cancel for some": {
			clerkknock.WorkflowsCancel,
			params{"key": "wf", "cancellation_key": "c1", "recipients": []any{"u1", params{"id": "u2"}}},
			`POST /v1/workflows/wf/cancel {"cancellation_key":"c1","recipients":["u1","u2"]}`,
		},
		"trigger": {
			clerkknock.WorkflowsTrigger, params{"key": "wf", "recipients": "u1"},
			`POST /v1/workflows/wf/trigger {"recipients":["u1"]} key`,
		},
		"trigger with more": {
			clerkknock.WorkflowsTrigger,
			params{
				"key":              "wf",
				"recipients":       []any{"u1", params{"id": "u2", "$trigger_data": params{"a": 1}}},
				"data":             params{"n": nil},
				"actor":            "u3",
				"tenant":           params{"id": "org_1"},
				"cancellation_key": "c1",
			},
			`POST /v1/workflows/wf/trigger {"recipients":["u1",{"$trigger_data":{"a":1},"id":"u2"}],` +
				`"data":{"n":null},"actor":"u3","tenant":{"id":"org_1"},"cancellation_key":"c1"} key`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			requests, err := render(t, c.action, c.params)
			require.NoError(t, err)
			require.Equal(t, c.want, lines(requests))
		})
	}
}

// IDs are attacker text: whatever they hold, they stay one segment of the path.
func TestRenderKeepsIDsWithinTheirSegment(t *testing.T) {
	t.Parallel()
	for id, want := range map[string]string{
		"a b":                    "/v1/tenants/a%20b",
		"a/b?c#d":                "/v1/tenants/a%2Fb%3Fc%23d",
		"a/..b/c":                "/v1/tenants/a%2F..b%2Fc",
		"100%":                   "/v1/tenants/100%25",
		"a%2Fb":                  "/v1/tenants/a%252Fb",
		"line\nbreak":            "/v1/tenants/line%0Abreak",
		"😀":                      "/v1/tenants/%F0%9F%98%80",
		"...":                    "/v1/tenants/...",
		"$tenants":               "/v1/tenants/$tenants",
		strings.Repeat("é", 256): "/v1/tenants/" + strings.Repeat("%C3%A9", 256),
	} {
		t.Run(strconv.Quote(id), func(t *testing.T) {
			t.Parallel()
			requests, err := render(t, clerkknock.TenantsDelete, params{"id": id})
			require.NoError(t, err)
			require.Equal(t, want, requests[0].Path)
		})
	}
	for _, id := range []string{"", ".", "..", "../users/u1", "a/./b", `a\..\b`, "/..", strings.Repeat("a", 257)} {
		for _, c := range []struct {
			action clerkknock.ActionType
			params params
		}{
			{clerkknock.UsersIdentify, params{"id": id}},
			{clerkknock.UsersDelete, params{"id": id}},
			{clerkknock.TenantsSet, params{"id": id}},
			{clerkknock.TenantsDelete, params{"id": id}},
			{clerkknock.ObjectsSet, params{"collection": id, "id": "o"}},
			{clerkknock.ObjectsDelete, params{"collection": "c", "id": id}},
			{clerkknock.ObjectsSubscribe, params{"collection": id, "id": "o", "recipients": "u"}},
			{clerkknock.ObjectsUnsubscribe, params{"collection": "c", "id": id, "recipients": "u"}},
			{clerkknock.AudiencesAddMember, params{"key": id, "members": "u"}},
			{clerkknock.WorkflowsCancel, params{"key": id, "cancellation_key": "c"}},
			{clerkknock.WorkflowsTrigger, params{"key": id, "recipients": "u"}},
		} {
			t.Run(fmt.Sprintf("%s of %.12q", c.action, id), func(t *testing.T) {
				t.Parallel()
				_, err := render(t, c.action, c.params)
				require.Error(t, err)
				require.NotContains(t, err.Error(), strings.Repeat("a", 257))
			})
		}
	}
	for _, id := range []string{"a/b", "a#b", "../tenants/x", "a/b?c#d"} {
		t.Run(id, func(t *testing.T) {
			t.Parallel()
			_, err := render(t, clerkknock.UsersIdentify, params{"id": id})
			require.ErrorContains(t, err, "does not allow in a user ID")
		})
	}
}

func TestRenderCutsLongListsAtKnocksLimits(t *testing.T) {
	t.Parallel()
	people := make([]string, 2001)
	for i := range people {
		people[i] = fmt.Sprintf("u%d", i)
	}
	for _, c := range []struct {
		action clerkknock.ActionType
		params params
		want   int
	}{
		{clerkknock.WorkflowsTrigger, params{"key": "wf", "recipients": people}, 3},
		{clerkknock.WorkflowsTrigger, params{"key": "wf", "recipients": people[:1000]}, 1},
		{clerkknock.ObjectsSubscribe, params{"collection": "c", "id": "o", "recipients": people}, 21},
		{clerkknock.ObjectsUnsubscribe, params{"collection": "c", "id": "o", "recipients": people[:100]}, 1},
		{clerkknock.AudiencesAddMember, params{"key": "a", "members": people}, 3},
		{clerkknock.AudiencesRemoveMember, params{"key": "a", "members": people[:1001]}, 2},
		{clerkknock.WorkflowsCancel, params{"key": "wf", "cancellation_key": "c", "recipients": people}, 3},
	} {
		t.Run(fmt.Sprintf("%s in %d", c.action, c.want), func(t *testing.T) {
			t.Parallel()
			requests, err := render(t, c.action, c.params)
			require.NoError(t, err)
			require.Len(t, requests, c.want)
			keys := map[string]bool{}
			for _, r := range requests {
				keys[r.IdempotencyKey] = true
			}
			if c.action == clerkknock.WorkflowsTrigger {
				require.Len(t, keys, c.want, "each part has a key of its own")
			}
			all := lines(requests)
			require.Equal(t, 1, strings.Count(all, `"u0"`))
			require.Equal(t, 1, strings.Count(all, `"u99"`))
		})
	}
}

func TestRenderRefusesWhatIsNoRecipient(t *testing.T) {
	t.Parallel()
	for _, recipients := range []any{
		true, "", []any{}, []any{nil}, []any{"u", false}, params{"name": "no id"}, []any{[]any{"u"}},
	} {
		for _, action := range []clerkknock.ActionType{
			clerkknock.WorkflowsTrigger, clerkknock.ObjectsSubscribe, clerkknock.ObjectsUnsubscribe,
			clerkknock.AudiencesAddMember,
		} {
			t.Run(fmt.Sprint(action, " of ", recipients), func(t *testing.T) {
				t.Parallel()
				p := complete(action)
				name := "recipients"
				if action.Takes("members") {
					name = "members"
				}
				p[name] = recipients
				_, err := render(t, action, p)
				require.ErrorContains(t, err, name)
				require.NotContains(t, err.Error(), "none of")
			})
		}
	}
	_, err := render(t, "users_notify", nil)
	require.ErrorContains(t, err, "unknown action type")
}
