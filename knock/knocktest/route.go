package knocktest

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// call is one request on its way through its endpoint.
type call struct {
	vars  map[string]string
	query url.Values
	body  map[string]any
	now   time.Time
	key   string // Idempotency-Key
}

// route is one endpoint. The tier is its rate limit in requests per second:
// https://docs.knock.app/api-reference/overview/rate-limits.
type route struct {
	method, pattern string
	tier            int
	idempotent      bool
	serve           func(*API, *call) answer

	segments []string
}

const (
	tier1 = 1
	tier2 = 5
	tier3 = 60
	tier4 = 200
	tier5 = 1000
)

// routes are tried in order, so that "bulk" is found before it is taken for an
// ID.
var routes = compile(
	on("POST", "/v1/users/bulk/identify", tier1, (*API).bulkIdentifyUsers),
	on("POST", "/v1/users/bulk/delete", tier1, (*API).bulkDeleteUsers),
	on("POST", "/v1/users/bulk/preferences", tier1, (*API).bulkSetPreferences),
	on("POST", "/v1/tenants/bulk/set", tier1, (*API).bulkSetTenants),
	on("POST", "/v1/tenants/bulk/delete", tier1, (*API).bulkDeleteTenants),
	on("POST", "/v1/objects/{collection}/bulk/set", tier1, (*API).bulkSetObjects),
	on("POST", "/v1/objects/{collection}/bulk/delete", tier1, (*API).bulkDeleteObjects),
	on("POST", "/v1/objects/{collection}/bulk/subscriptions/add", tier1, (*API).bulkSubscribe),
	on("POST", "/v1/objects/{collection}/bulk/subscriptions/delete", tier1, (*API).bulkUnsubscribe),
	on("GET", "/v1/bulk_operations/{id}", tier4, (*API).getBulkOperation),

	on("GET", "/v1/users", tier4, (*API).listUsers),
	on("GET", "/v1/users/{id}", tier4, (*API).getUser),
	on("PUT", "/v1/users/{id}", tier3, (*API).identifyUser),
	on("DELETE", "/v1/users/{id}", tier2, (*API).deleteUser),
	on("POST", "/v1/users/{id}/merge", tier2, (*API).mergeUsers),
	on("GET", "/v1/users/{id}/subscriptions", tier4, (*API).listUserSubscriptions),
	on("GET", "/v1/users/{id}/preferences", tier4, (*API).listUserPreferences),
	on("GET", "/v1/users/{id}/preferences/{set}", tier4, (*API).getUserPreferences),
	on("PUT", "/v1/users/{id}/preferences/{set}", tier3, (*API).setUserPreferences),
	on("DELETE", "/v1/users/{id}/preferences/{set}", tier3, (*API).unsetUserPreferences),
	on("GET", "/v1/users/{id}/channel_data/{channel}", tier4, (*API).getUserChannelData),
	on("PUT", "/v1/users/{id}/channel_data/{channel}", tier3, (*API).setUserChannelData),
	on("DELETE", "/v1/users/{id}/channel_data/{channel}", tier3, (*API).unsetUserChannelData),

	on("GET", "/v1/tenants", tier4, (*API).listTenants),
	on("GET", "/v1/tenants/{id}", tier4, (*API).getTenant),
	on("PUT", "/v1/tenants/{id}", tier3, (*API).setTenant),
	on("DELETE", "/v1/tenants/{id}", tier2, (*API).deleteTenant),

	on("GET", "/v1/objects/{collection}", tier4, (*API).listObjects),
	on("GET", "/v1/objects/{collection}/{id}", tier4, (*API).getObject),
	on("PUT", "/v1/objects/{collection}/{id}", tier3, (*API).setObject),
	on("DELETE", "/v1/objects/{collection}/{id}", tier3, (*API).deleteObject),
	on("GET", "/v1/objects/{collection}/{id}/subscriptions", tier4, (*API).listObjectSubscriptions),
	on("POST", "/v1/objects/{collection}/{id}/subscriptions", tier3, (*API).subscribe),
	on("DELETE", "/v1/objects/{collection}/{id}/subscriptions", tier3, (*API).unsubscribe),
	on("GET", "/v1/objects/{collection}/{id}/preferences", tier4, (*API).listObjectPreferences),
	on("GET", "/v1/objects/{collection}/{id}/preferences/{set}", tier4, (*API).getObjectPreferences),
	on("PUT", "/v1/objects/{collection}/{id}/preferences/{set}", tier3, (*API).setObjectPreferences),
	on("DELETE", "/v1/objects/{collection}/{id}/preferences/{set}", tier3, (*API).unsetObjectPreferences),
	on("GET", "/v1/objects/{collection}/{id}/channel_data/{channel}", tier4, (*API).getObjectChannelData),
	on("PUT", "/v1/objects/{collection}/{id}/channel_data/{channel}", tier3, (*API).setObjectChannelData),
	on("DELETE", "/v1/objects/{collection}/{id}/channel_data/{channel}", tier3, (*API).unsetObjectChannelData),

	on("GET", "/v1/audiences/{key}/members", tier4, (*API).listMembers),
	on("POST", "/v1/audiences/{key}/members", tier3, (*API).addMembers),
	on("DELETE", "/v1/audiences/{key}/members", tier3, (*API).removeMembers),

	route{method: "POST", pattern: "/v1/workflows/{key}/trigger", tier: tier5, idempotent: true, serve: (*API).trigger},
	on("POST", "/v1/workflows/{key}/cancel", tier5, (*API).cancel),
)

func on(method, pattern string, tier int, serve func(*API, *call) answer) route {
	return route{method: method, pattern: pattern, tier: tier, serve: serve}
}

func compile(routes ...route) []route {
	for i, r := range routes {
		routes[i].segments = strings.Split(r.pattern[1:], "/")
	}
	return routes
}

// match finds the endpoint of a request, and the variables of its path.
func match(r *http.Request) (*route, map[string]string, *answer) {
	segments, ok := split(r.URL.EscapedPath())
	if !ok {
		return nil, nil, refuse(http.StatusBadRequest, "bad_request", "The path is not valid UTF-8.")
	}
	var allow []string
	for i := range routes {
		vars, ok := routes[i].match(segments)
		if !ok {
			continue
		}
		if routes[i].method == r.Method {
			return &routes[i], vars, nil
		}
		allow = append(allow, routes[i].method)
	}
	if allow == nil {
		return nil, nil, refuse(http.StatusNotFound, "not_found", "There is no such endpoint.")
	}
	slices.Sort(allow)
	refused := refuse(http.StatusMethodNotAllowed, "method_not_allowed", "The endpoint does not support this method.")
	refused.header = http.Header{"Allow": {strings.Join(slices.Compact(allow), ", ")}}
	return nil, nil, refused
}

func (rt *route) match(segments []string) (map[string]string, bool) {
	if len(segments) != len(rt.segments) {
		return nil, false
	}
	vars := map[string]string{}
	for i, want := range rt.segments {
		if name, ok := strings.CutPrefix(want, "{"); ok {
			vars[strings.TrimSuffix(name, "}")] = segments[i]
		} else if want != segments[i] {
			return nil, false
		}
	}
	return vars, true
}

// split takes a path apart as what stands before and in Knock's API does: dot
// segments, escaped or not, are resolved, as proxies do; empty ones are dropped,
// as Elixir's Plug does; and only then is an escaped slash a part of an ID. So a
// client that does not escape its IDs hits here what it would hit there.
func split(escaped string) (segments []string, ok bool) {
	for s := range strings.SplitSeq(escaped, "/") {
		s, err := url.PathUnescape(s)
		if err != nil || !utf8.ValidString(s) {
			return nil, false
		}
		switch s {
		case "", ".":
		case "..":
			segments = segments[:max(0, len(segments)-1)]
		default:
			segments = append(segments, s)
		}
	}
	return segments, true
}
