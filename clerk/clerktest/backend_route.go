package clerktest

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// route finds what a path is about.
func (b *Backend) route(r *http.Request) backendAnswer {
	parts := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	users, organizations, members := b.tables["user"], b.tables["organization"], b.tables["organization_membership"]
	if len(parts) < 2 || parts[0] != "v1" {
		return problem(http.StatusNotFound, "resource_not_found", "")
	}
	switch what := parts[1]; {
	case what == "users" && len(parts) == 2:
		return b.list(r, users, userList)
	case what == "users" && len(parts) == 3 && parts[2] == "count":
		return b.count(r, users, userList)
	case what == "users" && len(parts) == 3:
		return one(users, parts[2])
	case what == "organizations" && len(parts) == 2:
		return b.list(r, organizations, organizationList)
	case what == "organizations" && len(parts) == 3:
		return one(organizations, parts[2])
	case what == "organizations" && len(parts) == 4 && parts[3] == "memberships":
		if organizations.byID[parts[2]] == nil {
			return problem(http.StatusNotFound, "resource_not_found", "")
		}
		return b.list(r, members.only(parts[2]), membershipList)
	case what == "organization_memberships" && len(parts) == 2:
		return b.list(r, members, membershipList)
	}
	return problem(http.StatusNotFound, "resource_not_found", "")
}

func one(t *table, id string) backendAnswer {
	if found := t.byID[id]; found != nil {
		return backendAnswer{status: http.StatusOK, body: found.raw}
	}
	return problem(http.StatusNotFound, "resource_not_found", "")
}

// limited counts a request, and returns how many seconds to wait if it is one too many.
func (b *Backend) limited() (retryAfter string) {
	const window = 10 * time.Second
	now := b.config.Now()
	if now.Sub(b.window) >= window {
		b.window, b.served = now, 0
	}
	if b.config.RateLimit <= 0 || b.served < b.config.RateLimit {
		b.served++
		return ""
	}
	left := b.window.Add(window).Sub(now)
	return strconv.Itoa(int((left + time.Second - 1) / time.Second))
}
