package knocktest_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/clerkknock/clerkknock/knock/knocktest"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestIdentifyingMergesDeeply(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ first, second, want string }{
		"what is not sent stays": {`{"name":"A","plan":"x"}`, `{"name":"B"}`, `{"name":"B","plan":"x"}`},
		"null unsets":            {`{"phone_number":"+1"}`, `{"phone_number":null}`, `{"phone_number":null}`},
		"maps merge recursively": {
			`{"m":{"a":{"b":1,"c":2}}}`, `{"m":{"a":{"c":null,"d":3}}}`, `{"m":{"a":{"b":1,"c":null,"d":3}}}`,
		},
		"arrays are replaced":        {`{"tags":["a","b"]}`, `{"tags":["c"]}`, `{"tags":["c"]}`},
		"a map replaces a scalar":    {`{"x":1}`, `{"x":{"y":2}}`, `{"x":{"y":2}}`},
		"a scalar replaces a map":    {`{"x":{"y":2}}`, `{"x":null}`, `{"x":null}`},
		"nothing is a change too":    {`{"x":1}`, ``, `{"x":1}`},
		"big numbers stay exact":     {`{}`, `{"n":9007199254740993}`, `{"n":9007199254740993}`},
		"the body's id does nothing": {`{}`, `{"id":"other","__typename":"Y","updated_at":"z"}`, `{}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := start(t, knocktest.Config{})
			for _, path := range []string{"/v1/users/x", "/v1/tenants/x", "/v1/objects/projects/x"} {
				if strings.Contains(path, "tenants") && strings.Contains(tc.first, "phone") {
					continue // a custom property there
				}
				e.must("PUT", path, tc.first)
				e.must("PUT", path, tc.second)
			}
			user, ok := e.User("x")
			require.True(t, ok)
			require.JSONEq(t, withID(tc.want), mustJSON(t, user))
			tenant, ok := e.Tenant("x")
			if ok {
				require.JSONEq(t, withID(tc.want), mustJSON(t, tenant))
			}
			object, ok := e.Object("projects", "x")
			require.True(t, ok)
			require.JSONEq(t, tc.want, mustJSON(t, object.Properties))
		})
	}
}

func withID(properties string) string {
	if properties == "{}" {
		return `{"id":"x"}`
	}
	return `{"id":"x",` + properties[1:]
}

func TestEntitiesAreShownAsTheAPIShowsThem(t *testing.T) {
	t.Parallel()
	e := start(t, knocktest.Config{})
	const now = "2026-03-01T12:00:00.000000Z"

	user := e.must("PUT", "/v1/users/u1", `{"name":"Ada","created_at":"2024-01-01T00:00:00Z","plan":{"tier":1},
		"preferences":{"default":{"channel_types":{"email":true}}}}`)
	require.JSONEq(t, `{"__typename":"User","id":"u1","updated_at":"`+now+`","name":"Ada","email":null,"avatar":null,
		"phone_number":null,"timezone":null,"created_at":"2024-01-01T00:00:00Z","plan":{"tier":1}}`, user.raw)
	require.Equal(t, user.body, e.must("GET", "/v1/users/u1", "").body)

	tenant := e.must("PUT", "/v1/tenants/t1",
		`{"name":"Acme","settings":{"branding":{"primary_color":"#fff"}},"slug":"acme"}`)
	require.JSONEq(t, `{"__typename":"Tenant","id":"t1","name":"Acme",
		"settings":{"branding":{"primary_color":"#fff"}},"slug":"acme"}`, tenant.raw)
	require.Equal(t, tenant.body, e.must("GET", "/v1/tenants/t1", "").body)

	object := e.must("PUT", "/v1/objects/projects/p1", `{"name":"Apollo","stage":2}`)
	require.JSONEq(t, `{"__typename":"Object","id":"p1","collection":"projects","created_at":null,"updated_at":"`+now+`",
		"properties":{"name":"Apollo","stage":2}}`, object.raw)
	require.Equal(t, object.body, e.must("GET", "/v1/objects/projects/p1", "").body)

	asObject := e.must("GET", "/v1/objects/$tenants/t1", "")
	assert.Equal(t, "acme", asObject.at("properties", "slug"), "a tenant is an object of $tenants")
	listed := e.must("GET", "/v1/users?include[]=preferences", "")
	assert.Equal(t, true, listed.at("entries", 0, "preferences", "default", "channel_types", "email"))
}

func TestDeletingTakesAllThatHangsOnIt(t *testing.T) {
	t.Parallel()
	e := start(t, knocktest.Config{})
	e.must("PUT", "/v1/tenants/t1", `{}`)
	e.must("PUT", "/v1/objects/projects/p1", `{}`)
	e.must("POST", "/v1/objects/$tenants/t1/subscriptions",
		`{"recipients":[{"id":"u1"},{"id":"u2"},{"collection":"projects","id":"p1"}]}`)
	e.must("POST", "/v1/audiences/beta/members?create_audience=true",
		`{"members":[{"user":{"id":"u1"}},{"user":{"id":"u2"}}]}`)

	require.Equal(t, http.StatusNoContent, e.do("DELETE", "/v1/users/u1", "").status)
	require.Equal(t, http.StatusNoContent, e.do("DELETE", "/v1/users/u1", "").status, "deleting again is no error")
	e.must("DELETE", "/v1/objects/projects/p1", "")
	require.JSONEq(t, `{"users":[{"id":"u2"}],"tenants":[{"id":"t1"}],"objects":[],
		"subscriptions":[{"object":{"collection":"$tenants","id":"t1"},"recipient":"u2"}],
		"audiences":[{"key":"beta","members":[{"user":"u2"}]}],"triggers":[],"cancels":[]}`, e.state())

	e.must("PUT", "/v1/users/u1", `{}`)
	require.Len(t, e.Subscriptions(knocktest.TenantsCollection, "t1"), 1, "who comes back inherits nothing")
	e.must("DELETE", "/v1/tenants/t1", "")
	require.Empty(t, e.Subscriptions(knocktest.TenantsCollection, "t1"))
	require.Equal(t, http.StatusNotFound, e.do("GET", "/v1/tenants/t1", "").status)
}

func TestMissingDeletesCanBe404(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"/v1/users/u", "/v1/tenants/t", "/v1/objects/c/o"} {
		t.Run(path, func(t *testing.T) {
			t.Parallel()
			e := start(t, knocktest.Config{MissingDeletes404: true})
			r := e.do("DELETE", path, "")
			require.Equal(t, http.StatusNotFound, r.status)
			require.Equal(t, "resource_missing", r.at("code"))
		})
	}
}

func TestMergingUsersFoldsOneIntoTheOther(t *testing.T) {
	t.Parallel()
	e := start(t, knocktest.Config{})
	e.must("PUT", "/v1/users/a", `{"name":"A","x":1}`)
	e.must("PUT", "/v1/users/b", `{"name":"B","y":2}`)
	e.must("PUT", "/v1/objects/c/o", `{}`)
	e.must("POST", "/v1/objects/c/o/subscriptions", `{"recipients":["b"],"properties":{"role":"admin"}}`)
	e.must("POST", "/v1/audiences/k/members?create_audience=true", `{"members":[{"user":{"id":"b"},"tenant":"t"}]}`)
	e.must("POST", "/v1/users/a/merge", `{"from_user_id":"b"}`)
	require.JSONEq(t, `{"users":[{"id":"a","name":"A","x":1,"y":2}],"tenants":[],
		"objects":[{"collection":"c","id":"o","properties":{}}],
		"subscriptions":[{"object":{"collection":"c","id":"o"},"recipient":"a","properties":{"role":"admin"}}],
		"audiences":[{"key":"k","members":[{"user":"a","tenant":"t"}]}],"triggers":[],"cancels":[]}`, e.state())
	require.Equal(t, 404, e.do("POST", "/v1/users/a/merge", `{"from_user_id":"b"}`).status)
}

func TestPathsAreRoutedAsSent(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]knocktest.Ref{
		"/v1/users/a%3Fb%3Dc":                  {Collection: knocktest.UsersCollection, ID: "a?b=c"},
		"/v1/users/a?b=c":                      {Collection: knocktest.UsersCollection, ID: "a"},
		"/v1/users/100%25":                     {Collection: knocktest.UsersCollection, ID: "100%"},
		"/v1/users/%C3%A4%20b":                 {Collection: knocktest.UsersCollection, ID: "ä b"},
		"/v1/users/../tenants/org_1":           {Collection: knocktest.TenantsCollection, ID: "org_1"},
		"/v1/users/%2e%2E/tenants/org_1":       {Collection: knocktest.TenantsCollection, ID: "org_1"},
		"/v1/users//./u1/":                     {Collection: knocktest.UsersCollection, ID: "u1"},
		"/v1/tenants/a%2Fb":                    {Collection: knocktest.TenantsCollection, ID: "a/b"},
		"/v1/tenants/..%2Fusers%2Fu1":          {Collection: knocktest.TenantsCollection, ID: "../users/u1"},
		"/v1/objects/$tenants/t1":              {Collection: knocktest.TenantsCollection, ID: "t1"},
		"/v1/objects/a%2Fb/c%2Fd":              {Collection: "a/b", ID: "c/d"},
		"/v1/objects/projects/p1/../../c/../x": {},
	} {
		t.Run(path, func(t *testing.T) {
			t.Parallel()
			e := start(t, knocktest.Config{})
			r := e.do("PUT", path, `{}`)
			recorded := e.Requests()[0]
			require.Equal(t, path, recorded.Path+query(recorded.Query))
			if want.ID == "" {
				require.NotEqual(t, 200, r.status)
				return
			}
			require.Equal(t, 200, r.status, r.raw)
			if want.Collection == knocktest.UsersCollection {
				_, ok := e.User(want.ID)
				require.True(t, ok, e.state())
				return
			}
			_, ok := e.Object(want.Collection, want.ID)
			require.True(t, ok, e.state())
		})
	}
}

func query(q string) string {
	if q == "" {
		return ""
	}
	return "?" + q
}

func TestListsArePagedByCursor(t *testing.T) {
	t.Parallel()
	e := start(t, knocktest.Config{})
	for i := range 7 {
		e.must("PUT", fmt.Sprintf("/v1/users/u%d", i), `{}`)
	}
	ids := func(r reply) (ids []string) {
		for _, entry := range r.at("entries").([]any) {
			ids = append(ids, entry.(map[string]any)["id"].(string))
		}
		return ids
	}
	first := e.must("GET", "/v1/users?page_size=3", "")
	require.Equal(t, []string{"u0", "u1", "u2"}, ids(first))
	require.Equal(t, 7.0, first.at("page_info", "total_count"))
	require.Nil(t, first.at("page_info", "before"))

	e.must("DELETE", "/v1/users/u2", "") // the cursor itself
	second := e.must("GET", fmt.Sprintf("/v1/users?page_size=3&after=%s", first.at("page_info", "after")), "")
	require.Equal(t, []string{"u3", "u4", "u5"}, ids(second))
	third := e.must("GET", fmt.Sprintf("/v1/users?page_size=3&after=%s", second.at("page_info", "after")), "")
	require.Equal(t, []string{"u6"}, ids(third))
	require.Nil(t, third.at("page_info", "after"))
	back := e.must("GET", fmt.Sprintf("/v1/users?page_size=2&before=%s", second.at("page_info", "before")), "")
	require.Equal(t, []string{"u0", "u1"}, ids(back))

	for _, bad := range []string{"page_size=0", "page_size=51", "page_size=x", "after=!"} {
		assert.Equal(t, 422, e.do("GET", "/v1/users?"+bad, "").status, bad)
	}
	require.Equal(t, []string{}, append([]string{}, ids(e.must("GET", "/v1/objects/none", ""))...))
}

func TestTenantsAreListedByName(t *testing.T) {
	t.Parallel()
	e := start(t, knocktest.Config{})
	e.must("PUT", "/v1/tenants/a", `{"name":"Acme"}`)
	e.must("PUT", "/v1/tenants/b", `{"name":"Beta"}`)
	require.Equal(t, "b", e.must("GET", "/v1/tenants?name=Beta", "").at("entries", 0, "id"))
	require.Equal(t, "a", e.must("GET", "/v1/tenants?tenant_id=a", "").at("entries", 0, "id"))
	require.Len(t, e.must("GET", "/v1/tenants?tenant_id=a&name=Beta", "").at("entries"), 0)
}
