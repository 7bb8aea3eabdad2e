package knocktest

import (
	"math/rand/v2"
	"net/http"
	"sync"
	"time"
)

// Config configures an API. The zero Config works: it takes every secret key,
// knows every workflow and limits no rate.
type Config struct {
	// APIKey is the only key that is accepted. Defaults to every key that starts
	// with "sk_".
	APIKey string
	// BulkTakes says how long after its call a bulk operation with so many rows takes
	// effect, on the clock: until then everything else is done before it, however often
	// it is polled. Defaults to nil: when it is polled for the second time.
	BulkTakes func(rows int) time.Duration
	// EnforceRateLimits makes the API answer 429 to what exceeds Knock's tiers,
	// and leave out what a bulk call sends twice within a second. Defaults to
	// false.
	EnforceRateLimits bool
	// History is how many requests, triggers, cancels and bulk operations are
	// remembered, of each. Defaults to 10,000.
	History int
	// InactiveWorkflows are keys of workflows that exist but are switched off.
	// Defaults to none.
	InactiveWorkflows []string
	// MissingDeletes404 makes the deletion of a user, tenant, object, preference set
	// or channel data that does not exist answer 404. Knock does not document which it is. Defaults to
	// false: 204.
	MissingDeletes404 bool
	// Now is the clock: of updated_at, of the rate limits and of the 24 hours of
	// an idempotency key. Defaults to time.Now.
	Now func() time.Time
	// Seed starts the random numbers behind Fault.Probability. Defaults to 0, so
	// that the same requests in the same order meet the same faults.
	Seed uint64
	// Workflows are the keys of the workflows that exist; none if it is empty and
	// not nil. Defaults to every key.
	Workflows []string
}

// API is an emulated Knock environment. It is an http.Handler, safe for
// concurrent use: it works off one request at a time, each completely.
type API struct {
	config Config

	mu        sync.Mutex
	state     state
	requests  requestLog
	faults    []*fault
	random    *rand.Rand
	limits    limits
	replays   replays
	bulk      bulkOperations
	workflows workflows
}

// New returns an empty environment.
func New(c Config) *API {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.History <= 0 {
		c.History = 10_000
	}
	a := &API{
		config:    c,
		state:     newState(),
		requests:  requestLog{ring: ring[*Request]{limit: c.History}},
		random:    rand.New(rand.NewPCG(c.Seed, 0)),
		limits:    newLimits(),
		replays:   replays{stored: map[replayKey]replay{}},
		bulk:      newBulkOperations(c.History),
		workflows: newWorkflows(c),
	}
	return a
}

// ServeHTTP implements http.Handler.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, readErr := readBody(w, r)
	rec, f := a.arrive(r, body)
	w.Header().Set("X-Request-Id", rec.RequestID)

	if f != nil && !f.AfterEffect {
		if ans, ok := f.strike(w, r); ok {
			a.respond(w, rec, ans)
			return
		}
	}
	ans := a.handle(r, body, readErr, rec.RequestID)
	if f != nil && f.AfterEffect {
		if lost, ok := f.strike(w, r); ok {
			ans = lost
		}
	}
	a.respond(w, rec, ans)
}

// arrive notes the request and picks the fault that it meets, if any.
func (a *API) arrive(r *http.Request, body []byte) (*Request, *fault) {
	a.mu.Lock()
	defer a.mu.Unlock()
	f := a.pickFault(r)
	return a.requests.add(r, body, a.config.Now(), f != nil), f
}

// handle does what the request asks for. The answer is complete when it
// returns; nothing of it depends on the state afterwards.
func (a *API) handle(r *http.Request, body []byte, readErr error, requestID string) answer {
	rt, vars, refused := match(r)
	if refused != nil {
		return *refused
	}
	if refused := a.authenticate(r); refused != nil {
		return *refused
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	now := a.config.Now()
	a.bulk.finishDue(now)
	if a.config.EnforceRateLimits && !a.limits.allow(rt, now) {
		return rateLimited()
	}
	params, refused := parseBody(r, body, readErr)
	if refused != nil {
		return *refused
	}
	c := &call{vars: vars, query: r.URL.Query(), body: params, now: now, key: r.Header.Get("Idempotency-Key")}
	if !rt.idempotent || c.key == "" {
		return rt.serve(a, c)
	}
	return a.replays.once(r, c, requestID, func() answer { return rt.serve(a, c) })
}

// respond notes the status before it is sent, so that who has the answer finds
// it in Requests too.
func (a *API) respond(w http.ResponseWriter, rec *Request, ans answer) {
	a.mu.Lock()
	rec.Status = ans.status
	a.mu.Unlock()
	ans.write(w)
}
