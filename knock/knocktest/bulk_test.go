package knocktest_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/clerkknock/clerkknock/knock/knocktest"
	"github.com/stretchr/testify/require"
)

func TestBulkOperationsAreCarriedOutWhilePolled(t *testing.T) {
	t.Parallel()
	e := start(t, knocktest.Config{})
	big := strings.Repeat("x", 257<<10)
	op := e.must("POST", "/v1/users/bulk/identify",
		`{"users":[{"id":"u1","name":"A"},{"id":"a/b"},{"id":"u2","x":"`+big+`"},{"id":"u3"}]}`)
	require.Equal(t, "queued", op.at("status"))
	require.Equal(t, "users.identify", op.at("name"))
	require.Equal(t, 4.0, op.at("estimated_total_rows"))
	poll := op.at("progress_path").(string)

	e.clock.Advance(time.Second)
	op = e.must("GET", poll, "")
	require.Equal(t, "processing", op.at("status"))
	require.Equal(t, "2026-03-01T12:00:01.000000Z", op.at("started_at"))
	require.Equal(t, 404, e.do("GET", "/v1/users/u1", "").status, "nothing has happened yet")

	for range 2 { // once completed it stays so
		op = e.must("GET", poll, "")
		require.Equal(t, "completed", op.at("status"))
		require.Equal(t, 4.0, op.at("processed_rows"))
		require.Equal(t, 2.0, op.at("success_count"))
		require.Equal(t, 2.0, op.at("error_count"))
		require.Equal(t, "a/b", op.at("error_items", 0, "id"))
		require.Equal(t, "u2", op.at("error_items", 1, "id"))
	}
	require.Equal(t, 200, e.do("GET", "/v1/users/u1", "").status)
}

func TestBulkCallsDoWhatTheSingleOnesDo(t *testing.T) {
	t.Parallel()
	e := start(t, knocktest.Config{})
	for _, step := range []struct{ path, body, name, users string }{
		{"/v1/users/bulk/identify", `{"users":[{"id":"u1","m":{"a":1}},{"id":"u2"},{"id":"u3"}]}`, "users.identify", ""},
		{"/v1/users/bulk/identify", `{"users":[{"id":"u1","m":{"b":null}}]}`, "users.identify", ""},
		{
			"/v1/users/bulk/preferences", `{"user_ids":["u2"],"preferences":{"workflows":{"w":false}}}`,
			"users.set_preferences", "",
		},
		{"/v1/tenants/bulk/set", `{"tenants":["t1",{"id":"t2","name":"B"},{"id":"t3"}]}`, "tenants.set", ""},
		{"/v1/tenants/bulk/delete?tenant_ids[]=t1&tenant_ids[]=t3", ``, "tenants.delete", ""},
		{"/v1/objects/c/bulk/set", `{"objects":[{"id":"o1"},{"id":"o2","name":"O"}]}`, "objects.c.set", ""},
		{
			"/v1/objects/c/bulk/subscriptions/add",
			`{"subscriptions":[{"id":"o2","recipients":["u1","u2",{"id":"u4"}],"properties":{"role":"x"}}]}`,
			"objects.c.upsert_subscriptions", "",
		},
		{
			"/v1/objects/c/bulk/subscriptions/delete", `{"subscriptions":[{"id":"o2","recipients":["u2","u9"]}]}`,
			"objects.c.delete_subscriptions", "",
		},
		{"/v1/objects/c/bulk/delete", `{"object_ids":["o1","o9"]}`, "objects.c.delete", ""},
		{"/v1/users/bulk/delete", `{"user_ids":["u3"]}`, "users.delete", ""},
	} {
		op := e.must("POST", step.path, step.body)
		require.Equal(t, step.name, op.at("name"))
		e.must("GET", op.at("progress_path").(string), "")
		op = e.must("GET", op.at("progress_path").(string), "")
		require.Equal(t, "completed", op.at("status"), step.path)
		require.Equal(t, 0.0, op.at("error_count"), step.path)
	}
	o2 := `{"collection":"c","id":"o2"}`
	require.JSONEq(t, fmt.Sprintf(`{
		"users":[{"id":"u1","m":{"a":1,"b":null}},
			{"id":"u2","preferences":{"default":{"workflows":{"w":false}}}},{"id":"u4"}],
		"tenants":[{"id":"t2","name":"B"}],
		"objects":[{"collection":"c","id":"o2","properties":{"name":"O"}}],
		"subscriptions":[{"object":%[1]s,"recipient":"u1","properties":{"role":"x"}},
			{"object":%[1]s,"recipient":"u4","properties":{"role":"x"}}],
		"audiences":[],"triggers":[],"cancels":[]}`, o2), e.state())
}

func TestBulkSubscriptionToNothingIsAnErrorItem(t *testing.T) {
	t.Parallel()
	e := start(t, knocktest.Config{})
	op := e.must("POST", "/v1/objects/c/bulk/subscriptions/add",
		`{"subscriptions":[{"id":"gone","recipients":[{"id":"u"}]}]}`)
	e.must("GET", op.at("progress_path").(string), "")
	op = e.must("GET", op.at("progress_path").(string), "")
	require.Equal(t, map[string]any{"collection": "c", "id": "gone"}, op.at("error_items", 0))
	require.Empty(t, e.Users())
}

func TestReadersFinishBulkOperations(t *testing.T) {
	t.Parallel()
	e := start(t, knocktest.Config{})
	op := e.must("POST", "/v1/users/bulk/identify", `{"users":[{"id":"u1"}]}`)
	_, ok := e.User("u1")
	require.True(t, ok)
	require.Equal(t, "completed", e.must("GET", op.at("progress_path").(string), "").at("status"))
}

func TestBulkUpdatesAnEntityOnceASecond(t *testing.T) {
	t.Parallel()
	e := start(t, knocktest.Config{EnforceRateLimits: true})
	identify := func(users string) reply { return e.do("POST", "/v1/users/bulk/identify", `{"users":`+users+`}`) }

	first := identify(`[{"id":"u1","n":1},{"id":"u2"},{"id":"u1","n":2}]`)
	require.Equal(t, "u1", first.header.Get("X-Ratelimited-Users"))
	require.Equal(t, 2.0, first.at("estimated_total_rows"))
	require.Equal(t, 429, identify(`[{"id":"u3"}]`).status, "one bulk call a second")
	deleted := e.must("POST", "/v1/users/bulk/delete", `{"user_ids":["u2"]}`)
	require.Equal(t, "u2", deleted.header.Get("X-Ratelimited-User_ids"))

	e.clock.Advance(time.Second)
	second := identify(`[{"id":"u1","n":3}]`)
	require.Empty(t, second.header.Get("X-Ratelimited-Users"))
	require.JSONEq(t, `[{"id":"u1","n":3},{"id":"u2"}]`, mustJSON(t, e.Users()))
}

func TestRateLimitsHoldForEachEndpointAndSecond(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		method, path, body string
		tier               int
	}{
		{"POST", "/v1/tenants/bulk/set", `{"tenants":["t"]}`, 1},
		{"DELETE", "/v1/users/u", "", 5},
		{"PUT", "/v1/users/u", "{}", 60},
		{"GET", "/v1/users", "", 200},
	} {
		t.Run(tc.method+" "+tc.path, func(t *testing.T) {
			t.Parallel()
			e := start(t, knocktest.Config{EnforceRateLimits: true})
			for range 2 {
				for range tc.tier {
					require.Less(t, e.do(tc.method, tc.path, tc.body).status, 300)
				}
				limited := e.do(tc.method, tc.path, tc.body)
				require.Equal(t, 429, limited.status)
				require.Empty(t, limited.header.Get("Retry-After"), "Knock documents none")
				require.Equal(t, 204, e.do("DELETE", "/v1/tenants/t", "").status, "another endpoint has its own")
				e.clock.Advance(time.Second)
			}
		})
	}
}
