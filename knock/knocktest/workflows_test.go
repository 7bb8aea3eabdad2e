package knocktest_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/clerkknock/clerkknock/knock/knocktest"
	"github.com/stretchr/testify/require"
)

func user(id string) knocktest.Ref {
	return knocktest.Ref{Collection: knocktest.UsersCollection, ID: id}
}

func TestTriggerIdentifiesInlineAndResolves(t *testing.T) {
	t.Parallel()
	e := start(t, knocktest.Config{})
	e.must("PUT", "/v1/users/known", `{}`)
	r := e.must("POST", "/v1/workflows/welcome/trigger", `{
		"recipients": ["known", "stranger", {"id":"new","name":"N","$trigger_data":{"x":1}}, "known",
			{"collection":"c","id":"gone"}, {"collection":"c","id":"made","name":"M"}],
		"actor": {"id":"boss","name":"B"},
		"tenant": "org_1",
		"data": {"n": 1},
		"cancellation_key": "k",
		"settings": {"sandbox_mode": true}
	}`, "Idempotency-Key", "key_1")
	require.Regexp(t, `^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`, r.at("workflow_run_id"))

	require.JSONEq(t, `{
		"users": [{"id":"boss","name":"B"},{"id":"known"},{"id":"new","name":"N"}],
		"tenants": [{"id":"org_1"}],
		"objects": [{"collection":"c","id":"made","properties":{"name":"M"}}],
		"subscriptions": [], "audiences": [], "cancels": [],
		"triggers": [{
			"workflow": "welcome",
			"recipients": ["known","stranger","new",{"collection":"c","id":"gone"},{"collection":"c","id":"made"}],
			"unresolved": ["stranger",{"collection":"c","id":"gone"}],
			"runs": ["known","new",{"collection":"c","id":"made"}],
			"actor": "boss", "tenant": "org_1", "data": {"n":1}, "cancellation_key": "k", "idempotency_key": "key_1",
			"settings": {"sandbox_mode": true}
		}]}`, e.state())
}

func TestTriggerReachesSubscribers(t *testing.T) {
	t.Parallel()
	e := start(t, knocktest.Config{})
	for _, path := range []string{"/v1/tenants/org", "/v1/objects/c/team", "/v1/objects/c/deep", "/v1/objects/c/deeper"} {
		e.must("PUT", path, `{}`)
	}
	e.must("POST", "/v1/objects/$tenants/org/subscriptions",
		`{"recipients":[{"id":"a"},{"id":"actor"},{"collection":"c","id":"team"}]}`)
	e.must("POST", "/v1/objects/c/team/subscriptions",
		`{"recipients":[{"id":"a"},{"id":"b"},{"collection":"c","id":"deep"}]}`)
	e.must("POST", "/v1/objects/c/deep/subscriptions", `{"recipients":[{"id":"too far"}]}`)
	e.must("POST", "/v1/workflows/w/trigger", `{"recipients":[{"collection":"$tenants","id":"org"}],"actor":"actor"}`)

	require.Equal(t, []knocktest.Ref{
		{Collection: "$tenants", ID: "org"}, user("a"), {Collection: "c", ID: "team"}, user("b"),
		{Collection: "c", ID: "deep"},
	}, e.Triggers()[0].Runs)
}

func TestTenantOfATriggerIsMadeButNotTouched(t *testing.T) {
	t.Parallel()
	e := start(t, knocktest.Config{})
	e.must("PUT", "/v1/tenants/org", `{"name":"Acme"}`)
	before, _ := e.Tenant("org")
	e.clock.Advance(time.Minute)
	e.must("POST", "/v1/workflows/w/trigger", `{"recipients":[{"id":"u"}],"tenant":"org"}`)
	after, _ := e.Tenant("org")
	require.Equal(t, before, after)
	e.must("POST", "/v1/workflows/w/trigger", `{"recipients":["u"],"tenant":{"id":"org","plan":"pro"}}`)
	after, _ = e.Tenant("org")
	require.Equal(t, map[string]any{"name": "Acme", "plan": "pro"}, after.Properties)
}

func TestWorkflowsCanAppearLater(t *testing.T) {
	t.Parallel()
	e := start(t, knocktest.Config{Workflows: []string{}, InactiveWorkflows: []string{"off"}})
	const body = `{"recipients":[{"id":"u"}]}`
	require.Equal(t, 404, e.do("POST", "/v1/workflows/new/trigger", body).status)
	require.Equal(t, 422, e.do("POST", "/v1/workflows/off/trigger", body).status)
	e.AddWorkflow("new")
	e.AddWorkflow("off")
	require.Equal(t, 200, e.do("POST", "/v1/workflows/new/trigger", body).status)
	require.Equal(t, 200, e.do("POST", "/v1/workflows/off/trigger", body).status)
}

func TestCancelFindsTheRunsOfItsKey(t *testing.T) {
	t.Parallel()
	e := start(t, knocktest.Config{})
	e.must("POST", "/v1/workflows/w/trigger", `{"recipients":[{"id":"u"}],"cancellation_key":"k"}`)
	e.must("POST", "/v1/workflows/w/trigger", `{"recipients":["u"],"cancellation_key":"other"}`)
	e.must("POST", "/v1/workflows/v/trigger", `{"recipients":["u"],"cancellation_key":"k"}`)
	require.Equal(t, 204, e.do("POST", "/v1/workflows/w/cancel", `{"cancellation_key":"k","recipients":["u"]}`).status)
	cancels := e.Cancels()
	require.Len(t, cancels, 1)
	require.Equal(t, []string{e.Triggers()[0].RunID}, cancels[0].RunIDs)
	require.Equal(t, []knocktest.Ref{user("u")}, cancels[0].Recipients)
}

func TestIdempotencyKeyReplaysForADay(t *testing.T) {
	t.Parallel()
	e := start(t, knocktest.Config{})
	const path, body = "/v1/workflows/w/trigger", `{"recipients":[{"id":"u"}],"data":{"a":1,"b":2}}`
	send := func(path, body string) reply { return e.do("POST", path, body, "Idempotency-Key", "k") }

	first := send(path, body)
	require.Empty(t, first.header.Get("Idempotent-Replayed"))
	e.clock.Advance(24*time.Hour - time.Second)
	again := send(path, `{"data":{"b":2,"a":1}, "recipients":[{"id":"u"}]}`)
	require.Equal(t, first.raw, again.raw, "the order of keys does not matter")
	require.Equal(t, "true", again.header.Get("Idempotent-Replayed"))
	require.Equal(t, first.header.Get("X-Request-Id"), again.header.Get("Original-X-Request-Id"))
	require.NotEqual(t, first.header.Get("X-Request-Id"), again.header.Get("X-Request-Id"))
	require.Len(t, e.Triggers(), 1)

	mismatch := send(path, `{"recipients":["u"]}`)
	require.Equal(t, 400, mismatch.status)
	require.Contains(t, mismatch.at("error"), "does not match")
	require.Nil(t, mismatch.at("code"), "this error has another form than the others")
	require.Equal(t, 400, send(path+"?x=1", body).status, "the query is compared too")

	require.Empty(t, send("/v1/workflows/v/trigger", body).header.Get("Idempotent-Replayed"),
		"another workflow, another key")
	require.Len(t, e.Triggers(), 2)

	e.clock.Advance(time.Second)
	late := send(path, body)
	require.Empty(t, late.header.Get("Idempotent-Replayed"))
	require.NotEqual(t, first.raw, late.raw)
	require.Len(t, e.Triggers(), 3)
}

func TestIdempotencyKeyRemembersOnlySuccess(t *testing.T) {
	t.Parallel()
	e := start(t, knocktest.Config{})
	const path = "/v1/workflows/w/trigger"
	require.Equal(t, 422, e.do("POST", path, `{"recipients":["u"],"actor":"a"}`, "Idempotency-Key", "k").status)
	e.must("PUT", "/v1/users/a", `{}`)
	require.Equal(t, 200, e.do("POST", path, `{"recipients":["u"],"actor":"a"}`, "Idempotency-Key", "k").status)
}

func TestIdempotencyKeyHasItsLimits(t *testing.T) {
	t.Parallel()
	e := start(t, knocktest.Config{})
	key := strings.Repeat("k", 255)
	const path, body = "/v1/workflows/w/trigger", `{"recipients":["u"]}`
	require.Equal(t, 200, e.do("POST", path, body, "Idempotency-Key", key).status)
	long := e.do("POST", path, body, "Idempotency-Key", key+"k")
	require.Equal(t, 400, long.status)
	require.JSONEq(t, `{"error":"idempotency_key_too_long"}`, long.raw)

	e.must("PUT", "/v1/users/u", `{"n":1}`, "Idempotency-Key", "k")
	elsewhere := e.must("PUT", "/v1/users/u", `{"n":2}`, "Idempotency-Key", "k")
	require.Equal(t, 2.0, elsewhere.at("n"), "other calls ignore the key")
	require.Equal(t, http.StatusNoContent,
		e.do("POST", "/v1/workflows/w/cancel", `{"cancellation_key":"c"}`, "Idempotency-Key", key+"k").status)
}
