package knocktest_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/clerkknock/clerkknock/knock/knocktest"
	"github.com/stretchr/testify/require"
)

func mustJSON(t *testing.T, v any) string {
	t.Helper()
	data, err := json.Marshal(v)
	require.NoError(t, err)
	return string(data)
}

// users is a JSON array of so many inline users.
func users(n int) string {
	ids := make([]string, n)
	for i := range ids {
		ids[i] = fmt.Sprintf(`{"id":"u%04d"}`, i)
	}
	return "[" + strings.Join(ids, ",") + "]"
}

func TestMistakesAreRefusedInKnocksForm(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 257)
	big := strings.Repeat("x", 256<<10)
	members := func(n int) string {
		return `{"members":[` + strings.Repeat(`{"user":{"id":"u"}},`, n-1) + `{"user":{"id":"u"}}]}`
	}
	for name, tc := range map[string]struct {
		method, path, body string
		headers            []string
		status             int
		code, field        string
	}{
		"no key": {"GET", "/v1/users", "", []string{"Authorization", ""}, 401, "api_key_missing", ""},
		"another scheme": {
			"GET", "/v1/users", "", []string{"Authorization", "Basic sk_1"}, 401, "api_key_missing", "",
		},
		"a public key": {
			"GET", "/v1/users", "", []string{"Authorization", "Bearer pk_1"}, 401, "incorrect_token_type", "",
		},
		"no secret key": {
			"GET", "/v1/users", "", []string{"Authorization", "Bearer x"}, 401, "authentication_required", "",
		},
		"no endpoint":    {"GET", "/v1/nothing", "", nil, 404, "not_found", ""},
		"an empty ID":    {"PUT", "/v1/users/", "{}", nil, 405, "method_not_allowed", ""},
		"a wrong method": {"PATCH", "/v1/users/u", "{}", nil, 405, "method_not_allowed", ""},
		"broken JSON":    {"PUT", "/v1/users/u", `{"name":`, nil, 400, "bad_request", ""},
		"two values":     {"PUT", "/v1/users/u", `{}{}`, nil, 400, "bad_request", ""},
		"not UTF-8":      {"PUT", "/v1/users/u", "{\"name\":\"\xff\"}", nil, 400, "bad_request", ""},
		"an array":       {"PUT", "/v1/users/u", `[]`, nil, 422, "invalid_params", ""},
		"no content type": {
			"PUT", "/v1/users/u", `{}`, []string{"Content-Type", ""}, 415, "unsupported_media_type", "",
		},
		"a path that is not UTF-8": {"PUT", "/v1/users/%ff", `{}`, nil, 400, "bad_request", ""},
		"a missing user":           {"GET", "/v1/users/u", "", nil, 404, "resource_missing", ""},
		"a missing object":         {"GET", "/v1/objects/c/o", "", nil, 404, "resource_missing", ""},
		"a missing bulk operation": {"GET", "/v1/bulk_operations/x", "", nil, 404, "resource_missing", ""},
		"a long user ID":           {"PUT", "/v1/users/" + long, `{}`, nil, 422, "invalid_params", "id"},
		"a slash in a user ID":     {"PUT", "/v1/users/a%2Fb", `{}`, nil, 422, "invalid_params", "id"},
		"a hash in a user ID":      {"PUT", "/v1/users/a%23b", `{}`, nil, 422, "invalid_params", "id"},
		"a name of the wrong type": {"PUT", "/v1/users/u", `{"name":1}`, nil, 422, "invalid_params", "name"},
		"a time in milliseconds": {
			"PUT", "/v1/users/u", `{"created_at":1748751926443}`, nil, 422, "invalid_params", "created_at",
		},
		"a time that is none": {
			"PUT", "/v1/users/u", `{"created_at":"yesterday"}`, nil, 422, "invalid_params", "created_at",
		},
		"settings of the wrong type": {"PUT", "/v1/tenants/t", `{"settings":[]}`, nil, 422, "invalid_params", "settings"},
		"too many properties":        {"PUT", "/v1/users/u", `{"x":"` + big + `"}`, nil, 422, "invalid_params", "properties"},
		"users as objects":           {"PUT", "/v1/objects/$users/u", `{}`, nil, 422, "invalid_params", ""},
		"101 subscribers": {
			"POST", "/v1/objects/c/there/subscriptions", `{"recipients":` + users(101) + `}`, nil, 422,
			"invalid_params", "recipients",
		},
		"no subscribers": {
			"POST", "/v1/objects/c/there/subscriptions", `{"recipients":[]}`, nil, 422, "invalid_params", "recipients",
		},
		"an unknown subscriber": {
			"POST", "/v1/objects/c/there/subscriptions", `{"recipients":["nobody"]}`, nil, 422,
			"invalid_params", "recipients[0]",
		},
		"an inline unsubscriber": {
			"DELETE", "/v1/objects/c/there/subscriptions", `{"recipients":[{"id":"u"}]}`, nil, 422,
			"invalid_params", "recipients[0]",
		},
		"a subscription to nothing": {
			"POST", "/v1/objects/c/gone/subscriptions", `{"recipients":[{"id":"u"}]}`, nil, 404, "resource_missing", "",
		},
		"an unknown audience": {"POST", "/v1/audiences/a/members", members(1), nil, 404, "resource_missing", ""},
		"1,001 members": {
			"POST", "/v1/audiences/a/members?create_audience=true", members(1001), nil, 422, "invalid_params", "members",
		},
		"a member without a user": {
			"POST", "/v1/audiences/a/members?create_audience=true", `{"members":["u"]}`, nil, 422,
			"invalid_params", "members[0].user",
		},
		"1,001 recipients": {
			"POST", "/v1/workflows/w/trigger", `{"recipients":` + users(1001) + `}`, nil, 422, "invalid_params", "recipients",
		},
		"no recipients": {"POST", "/v1/workflows/w/trigger", `{}`, nil, 422, "invalid_params", "recipients"},
		"an inline slash": {
			"POST", "/v1/workflows/w/trigger", `{"recipients":[{"id":"a/b"}]}`, nil, 422, "invalid_params", "recipients[0].id",
		},
		"data that is no object": {
			"POST", "/v1/workflows/w/trigger", `{"recipients":["u"],"data":[]}`, nil, 422, "invalid_params", "data",
		},
		"an unknown actor": {
			"POST", "/v1/workflows/w/trigger", `{"recipients":["u"],"actor":"nobody"}`, nil, 422, "actor_missing", "",
		},
		"an unknown workflow": {
			"POST", "/v1/workflows/none/trigger", `{"recipients":["u"]}`, nil, 404, "workflow_missing", "",
		},
		"an inactive workflow": {
			"POST", "/v1/workflows/off/trigger", `{"recipients":["u"]}`, nil, 422, "workflow_inactive", "",
		},
		"a cancel without a key": {"POST", "/v1/workflows/w/cancel", `{}`, nil, 422, "invalid_params", "cancellation_key"},
		"an empty list to cancel": {
			"POST", "/v1/workflows/w/cancel", `{"cancellation_key":"k","recipients":[]}`, nil, 422,
			"invalid_params", "recipients",
		},
		"1,001 bulk items": {
			"POST", "/v1/users/bulk/identify", `{"users":` + users(1001) + `}`, nil, 422, "invalid_params", "users",
		},
		"a bulk item without an ID": {
			"POST", "/v1/objects/c/bulk/set", `{"objects":[{"name":"x"}]}`, nil, 422, "invalid_params", "objects[0].id",
		},
		"101 bulk subscribers": {
			"POST", "/v1/objects/c/bulk/subscriptions/add", `{"subscriptions":[{"id":"there","recipients":` + users(101) + `}]}`,
			nil, 422, "invalid_params", "subscriptions[0].recipients",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := start(t, knocktest.Config{Workflows: []string{"w"}, InactiveWorkflows: []string{"off"}})
			e.must("PUT", "/v1/objects/c/there", `{}`)
			before := e.state()

			r := e.do(tc.method, tc.path, tc.body, tc.headers...)
			require.Equal(t, tc.status, r.status, r.raw)
			require.Equal(t, tc.code, r.at("code"))
			require.EqualValues(t, tc.status, r.at("status"))
			require.NotEmpty(t, r.at("message"))
			require.NotEmpty(t, r.at("type"))
			require.NotEmpty(t, r.header.Get("X-Request-Id"))
			if tc.field != "" {
				require.Equal(t, tc.field, r.at("errors", 0, "field"))
			}
			require.Equal(t, before, e.state(), "nothing has changed")
		})
	}
}

func TestBodiesAreBounded(t *testing.T) {
	t.Parallel()
	e := start(t, knocktest.Config{})
	r, err := e.try("POST", "/v1/workflows/w/trigger",
		`{"recipients":["u"],"data":{"x":"`+strings.Repeat("x", 10<<20)+`"}}`)
	if err == nil { // the server may also close the connection before all is sent
		require.Equal(t, http.StatusRequestEntityTooLarge, r.status)
	}
	require.Empty(t, e.Triggers())
	require.Equal(t, http.StatusRequestEntityTooLarge, e.Requests()[0].Status)
}

func TestOnlyTheConfiguredKeyIsTaken(t *testing.T) {
	t.Parallel()
	e := start(t, knocktest.Config{APIKey: "sk_test_other"})
	require.Equal(t, 401, e.do("GET", "/v1/users", "").status)
	require.Equal(t, 200, e.do("GET", "/v1/users", "", "Authorization", "bearer sk_test_other").status)
}

func TestSizeIsMeasuredAfterTheMerge(t *testing.T) {
	t.Parallel()
	e := start(t, knocktest.Config{})
	half := strings.Repeat("x", 150<<10)
	e.must("PUT", "/v1/users/u", `{"a":"`+half+`"}`)
	require.Equal(t, 422, e.do("PUT", "/v1/users/u", `{"b":"`+half+`"}`).status)
	require.Equal(t, 422, e.do("POST", "/v1/workflows/w/trigger", `{"recipients":[{"id":"u","b":"`+half+`"}]}`).status)
	require.Equal(t, 200, e.do("PUT", "/v1/users/u", `{"a":null,"b":"`+half+`"}`).status)
}

func TestRequestsAreRememberedUpToTheLimit(t *testing.T) {
	t.Parallel()
	e := start(t, knocktest.Config{History: 3})
	for i := range 5 {
		e.do("PUT", fmt.Sprintf("/v1/users/u%d", i), `{"n":1}`, "X-Knock-Branch", "feature")
	}
	all := e.Requests()
	require.Len(t, all, 3)
	last := all[2]
	require.Equal(t, "PUT /v1/users/u4", last.Method+" "+last.Path)
	require.Equal(t, "feature", last.Header.Get("X-Knock-Branch"))
	require.Equal(t, `{"n":1}`, string(last.Body))
	require.Equal(t, 200, last.Status)
	require.False(t, last.Faulted)
}
