package clerktest

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

const (
	defaultLimit = 10
	maxLimit     = 500
)

// backendList is what one list takes.
type backendList struct {
	// bare lists are an array, others an object with data and total_count.
	bare bool
	// orders are the names that order_by takes.
	orders []string
	// filters are parameters that name values, ranges those that name times.
	filters map[string]string // to the field that is compared
	ranges  []string
	// after says that starting_after is known.
	after bool
}

// https://clerk.com/docs/reference/backend-api/tag/users/get/users and its neighbours.
var (
	userList = backendList{
		bare: true, after: true,
		orders: []string{"created_at", "updated_at", "last_active_at", "first_name", "last_name", "username"},
		filters: map[string]string{
			"user_id": "id", "external_id": "external_id", "username": "username", "email_address": "email_address",
		},
		ranges: []string{"created_at_after", "created_at_before", "last_active_at_after", "last_active_at_before"},
	}
	organizationList = backendList{
		orders:  []string{"created_at", "name", "members_count"},
		filters: map[string]string{"organization_id": "id"},
	}
	membershipList = backendList{
		orders:  []string{"created_at", "first_name", "last_name", "username"},
		filters: map[string]string{"user_id": "user_id", "role": "role"},
	}
)

// paging are the parameters that every list has.
var paging = []string{"limit", "offset", "order_by", "starting_after"}

func (b *Backend) count(r *http.Request, t *table, l backendList) backendAnswer {
	rows, wrong := l.filter(t.sorted("created_at"), r.URL.Query())
	if wrong != nil {
		return *wrong
	}
	return backendAnswer{status: http.StatusOK, body: map[string]any{"object": "total_count", "total_count": len(rows)}}
}

func (b *Backend) list(r *http.Request, t *table, l backendList) backendAnswer {
	query := r.URL.Query()
	limit, okLimit := number(query.Get("limit"), defaultLimit)
	offset, okOffset := number(query.Get("offset"), 0)
	name, descends := orderOf(query.Get("order_by"))
	after := query.Get("starting_after")
	switch {
	case !okLimit || limit == 0:
		return problem(http.StatusUnprocessableEntity, "form_param_format_invalid", "limit")
	case !okOffset:
		return problem(http.StatusUnprocessableEntity, "form_param_format_invalid", "offset")
	case !slices.Contains(l.orders, name):
		return problem(http.StatusUnprocessableEntity, "form_param_value_invalid", "order_by")
	case after != "" && !l.after:
		return problem(http.StatusUnprocessableEntity, "form_param_unknown", "starting_after")
	case after != "" && (name != "created_at" || descends || query.Has("offset")):
		// Clerk takes it with order_by=created_at, and without an offset.
		return problem(http.StatusUnprocessableEntity, "form_param_value_invalid", "starting_after")
	case after != "" && t.byID[after] == nil:
		return problem(http.StatusUnprocessableEntity, "form_param_value_invalid", "starting_after")
	case b.config.MaxOffset > 0 && offset > b.config.MaxOffset:
		return problem(http.StatusGatewayTimeout, "timeout", "offset")
	}
	if limit > maxLimit {
		limit = defaultLimit // without a word, as Clerk does it
	}
	rows := t.sorted(name)
	if after != "" {
		rows = t.after(t.byID[after])
	}
	rows, wrong := l.filter(rows, query)
	if wrong != nil {
		return *wrong
	}
	page := make([]json.RawMessage, 0, limit)
	for i := offset; i < len(rows) && len(page) < limit; i++ {
		row := rows[i]
		if descends {
			row = rows[len(rows)-1-i]
		}
		page = append(page, row.raw)
	}
	if l.bare {
		return backendAnswer{status: http.StatusOK, body: page}
	}
	return backendAnswer{status: http.StatusOK, body: map[string]any{"data": page, "total_count": len(rows)}}
}

// filter leaves the rows that the query asks for. Without a filter they are not copied.
func (l backendList) filter(rows []*row, query url.Values) ([]*row, *backendAnswer) {
	for name, values := range query {
		field, isFilter := l.filters[name]
		var keep func(r *row) bool
		switch {
		case slices.Contains(paging, name):
			continue
		case isFilter:
			keep = func(r *row) bool { return slices.Contains(values, r.field(field)) }
		case slices.Contains(l.ranges, name):
			at, err := strconv.ParseInt(values[0], 10, 64)
			if err != nil {
				wrong := problem(http.StatusUnprocessableEntity, "form_param_format_invalid", name)
				return nil, &wrong
			}
			field, isAfter := strings.CutSuffix(name, "_after")
			field = strings.TrimSuffix(field, "_before")
			keep = func(r *row) bool { return isAfter && r.time(field) > at || !isAfter && r.time(field) < at }
		default:
			wrong := problem(http.StatusUnprocessableEntity, "form_param_unknown", name)
			return nil, &wrong
		}
		var kept []*row
		for _, r := range rows {
			if keep(r) {
				kept = append(kept, r)
			}
		}
		rows = kept
	}
	return rows, nil
}

// orderOf reads order_by: a name, with a + or - before it. Without one the newest come first.
func orderOf(s string) (name string, descends bool) {
	if s == "" {
		return "created_at", true
	}
	if name, ok := strings.CutPrefix(s, "-"); ok {
		return name, true
	}
	return strings.TrimPrefix(s, "+"), false
}

func number(s string, missing int) (n int, ok bool) {
	if s == "" {
		return missing, true
	}
	n, err := strconv.Atoi(s)
	return n, err == nil && n >= 0
}
