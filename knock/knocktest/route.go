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
	route{method: "POST", pattern: "/v1/users/bulk/identify", tier: tier1, serve: (*API).bulkIdentifyUsers},
	route{method: "POST", pattern: "/v1/users/bulk/delete", tier: tier1, serve: (*API).bulkDeleteUsers},
	route{method: "POST", pattern: "/v1/users/bulk/preferences", tier: tier1, serve: (*API).bulkSetPreferences},
	route{method: "POST", pattern: "/v1/tenants/bulk/set", tier: tier1, serve: (*API).bulkSetTenants},
	route{method: "POST", pattern: "/v1/tenants/bulk/delete", tier: tier1, serve: (*API).bulkDeleteTenants},
	route{method: "POST", pattern: "/v1/objects/{collection}/bulk/set", tier: tier1, serve: (*API).bulkSetObjects},
	route{method: "POST", pattern: "/v1/objects/{collection}/bulk/delete", tier: tier1, serve: (*API).bulkDeleteObjects},
	route{
		method: "POST", pattern: "/v1/objects/{collection}/bulk/subscriptions/add", tier: tier1, serve: (*API).bulkSubscribe,
	},
	route{
		method:  "POST",
		pattern: "/v1/objects/{collection}/bulk/subscriptions/delete",
		tier:    tier1,
		serve:   (*API).bulkUnsubscribe,
	},
	route{method: "GET", pattern: "/v1/bulk_operations/{id}", tier: tier4, serve: (*API).getBulkOperation},

	route{method: "GET", pattern: "/v1/users", tier: tier4, serve: (*API).listUsers},
	route{method: "GET", pattern: "/v1/users/{id}", tier: tier4, serve: (*API).getUser},
	route{method: "PUT", pattern: "/v1/users/{id}", tier: tier3, serve: (*API).identifyUser},
	route{method: "DELETE", pattern: "/v1/users/{id}", tier: tier2, serve: (*API).deleteUser},
	route{method: "POST", pattern: "/v1/users/{id}/merge", tier: tier2, serve: (*API).mergeUsers},
	route{method: "GET", pattern: "/v1/users/{id}/subscriptions", tier: tier4, serve: (*API).listUserSubscriptions},

	route{method: "GET", pattern: "/v1/tenants", tier: tier4, serve: (*API).listTenants},
	route{method: "GET", pattern: "/v1/tenants/{id}", tier: tier4, serve: (*API).getTenant},
	route{method: "PUT", pattern: "/v1/tenants/{id}", tier: tier3, serve: (*API).setTenant},
	route{method: "DELETE", pattern: "/v1/tenants/{id}", tier: tier2, serve: (*API).deleteTenant},

	route{method: "GET", pattern: "/v1/objects/{collection}", tier: tier4, serve: (*API).listObjects},
	route{method: "GET", pattern: "/v1/objects/{collection}/{id}", tier: tier4, serve: (*API).getObject},
	route{method: "PUT", pattern: "/v1/objects/{collection}/{id}", tier: tier3, serve: (*API).setObject},
	route{method: "DELETE", pattern: "/v1/objects/{collection}/{id}", tier: tier3, serve: (*API).deleteObject},
	route{
		method:  "GET",
		pattern: "/v1/objects/{collection}/{id}/subscriptions",
		tier:    tier4,
		serve:   (*API).listObjectSubscriptions,
	},
	route{method: "POST", pattern: "/v1/objects/{collection}/{id}/subscriptions", tier: tier3, serve: (*API).subscribe},
	route{
		method: "DELETE", pattern: "/v1/objects/{collection}/{id}/subscriptions", tier: tier3, serve: (*API).unsubscribe,
	},

	route{method: "GET", pattern: "/v1/audiences/{key}/members", tier: tier4, serve: (*API).listMembers},
	route{method: "POST", pattern: "/v1/audiences/{key}/members", tier: tier3, serve: (*API).addMembers},
	route{method: "DELETE", pattern: "/v1/audiences/{key}/members", tier: tier3, serve: (*API).removeMembers},

	route{method: "POST", pattern: "/v1/workflows/{key}/trigger", tier: tier5, idempotent: true, serve: (*API).trigger},
	route{method: "POST", pattern: "/v1/workflows/{key}/cancel", tier: tier5, serve: (*API).cancel},
)

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
