package knocktest_test

import (
	"testing"

	"github.com/clerkknock/clerkknock/knock/knocktest"
	"github.com/stretchr/testify/require"
)

func TestSubscriptionsAreUpserted(t *testing.T) {
	t.Parallel()
	e := start(t, knocktest.Config{})
	const path = "/v1/objects/$tenants/org/subscriptions"
	e.must("PUT", "/v1/tenants/org", `{"name":"Acme"}`)
	first := e.must("POST", path,
		`{"recipients":[{"id":"u1","name":"Ada"},{"id":"u2"}],"properties":{"role":"admin","since":1}}`)
	require.Equal(t, "Subscription", first.at(0, "__typename"))
	require.Equal(t, "Ada", first.at(0, "recipient", "name"))
	require.Equal(t, "Acme", first.at(0, "object", "properties", "name"))
	require.Equal(t, "admin", first.at(0, "properties", "role"))

	e.must("POST", path, `{"recipients":["u1"],"properties":{"role":"member"}}`)
	e.must("POST", path, `{"recipients":["u2"]}`)
	require.JSONEq(t, `[
		{"object":{"collection":"$tenants","id":"org"},"recipient":"u1","properties":{"role":"member"}},
		{"object":{"collection":"$tenants","id":"org"},"recipient":"u2","properties":{"role":"admin","since":1}}
	]`, mustJSON(t, e.Subscriptions(knocktest.TenantsCollection, "org")))

	deleted := e.must("DELETE", path, `{"recipients":["u1","stranger"]}`)
	require.Len(t, deleted.body, 1, "only what was there is answered")
	require.Equal(t, "u1", deleted.at(0, "recipient", "id"))
	require.JSONEq(t, `[]`, e.must("DELETE", path, `{"recipients":["u1"]}`).raw)
	require.Len(t, e.Subscriptions(knocktest.TenantsCollection, "org"), 1)
}

func TestSubscriptionsAreListedFromBothSides(t *testing.T) {
	t.Parallel()
	e := start(t, knocktest.Config{})
	e.must("PUT", "/v1/objects/c/o1", `{}`)
	e.must("PUT", "/v1/objects/c/o2", `{}`)
	e.must("POST", "/v1/objects/c/o1/subscriptions",
		`{"recipients":[{"id":"u1"},{"id":"u2"},{"collection":"c","id":"o2"}]}`)
	e.must("POST", "/v1/objects/c/o2/subscriptions", `{"recipients":["u1"]}`)

	of := func(path string, side string) (ids []any) {
		for i := range e.must("GET", path, "").at("entries").([]any) {
			ids = append(ids, e.must("GET", path, "").at("entries", i, side, "id"))
		}
		return ids
	}
	require.Equal(t, []any{"o2", "u2", "u1"}, of("/v1/objects/c/o1/subscriptions", "recipient"), "the newest first")
	require.Equal(t, []any{"o1"}, of("/v1/objects/c/o2/subscriptions?mode=recipient", "object"))
	require.Equal(t, []any{"o2", "o1"}, of("/v1/users/u1/subscriptions", "object"))
	require.Equal(t, []any{"u2"}, of("/v1/objects/c/o1/subscriptions?recipients[]=u2", "recipient"))
	require.Equal(t, []any{"o2"},
		of("/v1/objects/c/o1/subscriptions?recipients[0][collection]=c&recipients[0][id]=o2", "recipient"))
	require.Equal(t, []any{"o1"}, of("/v1/users/u1/subscriptions?objects[][id]=o1&objects[][collection]=c", "object"))

	first := e.must("GET", "/v1/objects/c/o1/subscriptions?page_size=2", "")
	rest := e.must("GET", "/v1/objects/c/o1/subscriptions?page_size=2&after="+first.at("page_info", "after").(string), "")
	require.Equal(t, "u1", rest.at("entries", 0, "recipient", "id"))
	require.Equal(t, 404, e.do("GET", "/v1/users/u9/subscriptions", "").status)
	require.Equal(t, 404, e.do("GET", "/v1/objects/c/o9/subscriptions", "").status)
}

func TestAMemberIsOneForEachTenant(t *testing.T) {
	t.Parallel()
	e := start(t, knocktest.Config{})
	const path = "/v1/audiences/beta/members"
	require.Equal(t, 404, e.do("DELETE", path, `{"members":[{"user":{"id":"u"}}]}`).status)
	e.must("POST", path+"?create_audience=true", `{"members":[{"user":{"id":"u","name":"Ada"}},
		{"user":{"id":"u"},"tenant":"t1"},{"user":{"id":"u"},"tenant":"t1"},{"user":{"id":"u"},"tenant":null}]}`)
	e.must("POST", path, `{"members":[{"user":{"id":"u"},"tenant":"t2"}]}`)
	require.Equal(t, []knocktest.AudienceMember{{User: "u"}, {User: "u", Tenant: "t1"}, {User: "u", Tenant: "t2"}},
		e.AudienceMembers("beta"))

	require.Equal(t, 204, e.do("DELETE", path, `{"members":[{"user":{"id":"u"}},{"user":{"id":"nobody"}}]}`).status)
	listed := e.must("GET", path, "")
	require.Len(t, listed.at("entries"), 2)
	require.Equal(t, "t1", listed.at("entries", 0, "tenant"))
	require.Equal(t, "Ada", listed.at("entries", 0, "user", "name"))
	require.Equal(t, "u", listed.at("entries", 0, "user_id"))
	require.Len(t, e.Users(), 1, "who is only removed is not identified")
}
