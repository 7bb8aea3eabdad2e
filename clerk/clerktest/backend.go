package clerktest

import (
	"encoding/json"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"time"
)

// BackendConfig configures a Backend. The zero BackendConfig works: it takes every
// secret key and limits no rate.
type BackendConfig struct {
	// SecretKey is the only key that is accepted. Defaults to every key that starts
	// with "sk_".
	SecretKey string
	// RateLimit is how many requests are answered in ten seconds of the clock; beyond it
	// they get 429 with a Retry-After. Clerk's are 1,000 for a production instance and
	// 100 for one in development: https://clerk.com/docs/guides/how-clerk-works/system-limits.
	// Defaults to 0: no limit.
	RateLimit int
	// MaxOffset is the largest offset that is answered in time; beyond it requests get
	// 504, as deep pages of large instances do. Defaults to 0: every offset.
	MaxOffset int
	// Now is the clock of the rate limit. Defaults to time.Now.
	Now func() time.Time
	// Seed starts the random numbers behind BackendFault.Probability. Defaults to 0.
	Seed uint64
}

// Backend is the part of Clerk's Backend API that lists an instance's users,
// organizations and memberships: a testing tool. It is an http.Handler, safe for
// concurrent use, and what it holds may change between two pages:
//
//	backend := clerktest.NewBackend(clerktest.BackendConfig{})
//	backend.Put(clerktest.User(), clerktest.Organization(), clerktest.Membership())
//	server := httptest.NewServer(backend) // its base URL is server.URL + "/v1"
//
// It serves, as https://clerk.com/docs/reference/backend-api says:
//
//	GET /v1/users                             a list
//	GET /v1/users/count                       {"object", "total_count"}
//	GET /v1/users/{id}
//	GET /v1/organizations                     {"data", "total_count"}
//	GET /v1/organizations/{id}
//	GET /v1/organizations/{id}/memberships    {"data", "total_count"}
//	GET /v1/organization_memberships          {"data", "total_count"}: of all organizations
//
// Where Clerk says nothing it takes the reading that finds more mistakes: a parameter
// that is not known is 422, and so is a starting_after that names nobody, such as a
// user who was deleted meanwhile. A limit above 500 is 10, which is no mistake of it.
type Backend struct {
	config BackendConfig

	mu       sync.Mutex
	tables   map[string]*table
	faults   []*backendFault
	random   *rand.Rand
	window   time.Time // since when served counts
	served   int
	requests int
}

// NewBackend returns the API of an instance without anything in it.
func NewBackend(c BackendConfig) *Backend {
	if c.Now == nil {
		c.Now = time.Now
	}
	return &Backend{config: c, random: rand.New(rand.NewPCG(c.Seed, 0)), tables: map[string]*table{
		"user": newTable(), "organization": newTable(), "organization_membership": newTable(),
	}}
}

// Put adds objects, or replaces those with the same id. User, Organization and
// Membership make some. It panics if one is none of the three or has no id.
func (b *Backend) Put(objects ...[]byte) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, raw := range objects {
		r := newRow(raw)
		t := b.tables[r.Object]
		if t == nil || r.ID == "" {
			panic("clerktest: Put takes users, organizations and organization memberships with an id")
		}
		t.put(r)
	}
}

// Delete removes the objects with these ids, and the memberships of users and
// organizations that are removed. An id that is not there is passed over.
func (b *Backend) Delete(ids ...string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, id := range ids {
		for _, t := range b.tables {
			t.remove(id)
		}
		members := b.tables["organization_membership"]
		for _, r := range members.about(id) {
			members.remove(r.ID)
		}
	}
}

// Requests is how many requests have arrived, those refused included.
func (b *Backend) Requests() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.requests
}

// ServeHTTP implements http.Handler.
func (b *Backend) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if f := b.arrive(r); f != nil && f.strike(w, r) {
		return
	}
	a := b.answer(r)
	if a.retryAfter != "" {
		w.Header().Set("Retry-After", a.retryAfter)
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(a.status)
	_ = json.NewEncoder(w).Encode(a.body) // fails only when the client has gone
}

// backendAnswer is a status and what is encoded as JSON.
type backendAnswer struct {
	status     int
	body       any
	retryAfter string
}

// answer is complete when it returns: what is put later is in no page before.
func (b *Backend) answer(r *http.Request) backendAnswer {
	b.mu.Lock()
	defer b.mu.Unlock()
	if pause := b.limited(); pause != "" {
		a := problem(http.StatusTooManyRequests, "too_many_requests", "")
		a.retryAfter = pause
		return a
	}
	key, isBearer := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !isBearer || !strings.HasPrefix(key, "sk_") || b.config.SecretKey != "" && key != b.config.SecretKey {
		return problem(http.StatusUnauthorized, "authentication_invalid", "")
	}
	if r.Method != http.MethodGet {
		return problem(http.StatusMethodNotAllowed, "method_not_allowed", "")
	}
	return b.route(r)
}

// problem is an answer in the form of Clerk's errors:
// https://clerk.com/docs/guides/development/errors/backend-api.
func problem(status int, code, param string) backendAnswer {
	one := map[string]any{"code": code, "message": code, "long_message": code}
	if param != "" {
		one["meta"] = map[string]any{"param_name": param}
	}
	return backendAnswer{status: status, body: map[string]any{"errors": []any{one}, "clerk_trace_id": "trace_test"}}
}
