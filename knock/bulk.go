package knock

import (
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/clerkknock/clerkknock"
)

// bulkCall is one of Knock's bulk calls.
type bulkCall struct {
	// path has the collection in the place of its *.
	path string
	// param is the list of items in the body, and in the header that names those which
	// are left out of it.
	param string
	// most is how many items one call takes.
	most int
}

// bulkCalls are those that carry an action: https://docs.knock.app/api-reference. Each
// takes a request a second.
var bulkCalls = map[clerkknock.ActionType]bulkCall{
	clerkknock.UsersIdentify:    {"/v1/users/bulk/identify", "users", 1000},
	clerkknock.TenantsSet:       {"/v1/tenants/bulk/set", "tenants", 1000},
	clerkknock.ObjectsSet:       {"/v1/objects/*/bulk/set", "objects", 1000},
	clerkknock.ObjectsSubscribe: {"/v1/objects/*/bulk/subscriptions/add", "subscriptions", 100},
}

const (
	// maxBulkSubscribers is how many recipients one bulk call takes in all, of its at most
	// a hundred for each object:
	// https://docs.knock.app/api-reference/objects/bulk/add_subscriptions.
	maxBulkSubscribers = 5000
	// maxBulkBytes keeps a body well below the 10 MB that Knock takes of a trigger; it
	// says nothing of bulk calls.
	maxBulkBytes = 4 << 20
	// bulkOverhead is the time of a bulk call beyond its turn, in seconds, by which it has
	// to be quicker than single requests.
	bulkOverhead = 1.0
)

// bulkRequest is the call that carries the items, which are JSON.
func bulkRequest(l lane, items []string) Request {
	c := bulkCalls[l.action]
	size := 32
	for _, raw := range items {
		size += len(raw) + 1
	}
	body := newObject(size).add(c.param, "["+strings.Join(items, ",")+"]").close()
	p := strings.Replace(c.path, "*", url.PathEscape(l.of), 1)
	return Request{Action: l.action, Method: http.MethodPost, Path: p, Body: body}
}

// bulkEntity is an action as an item of a bulk call: the body of its own request with
// the ID in it.
func bulkEntity(a clerkknock.Action) (string, error) {
	requests, err := Render(clerkknock.Invocation{Action: a})
	if err != nil {
		return "", err
	}
	body := requests[0].Body
	id := newObject(len(body)+64).add("id", quote(a.Text("id")))
	if len(body) > len("{}") {
		id.raw = append(append(id.raw, ','), body[1:len(body)-1]...)
	}
	return string(id.close()), nil
}

// fill takes as many items as one call holds, each ID once: Knock updates nothing twice
// in a second. It returns what is left too.
func fill(items []item, most int) (taken, left []item, bodies []string, err error) {
	seen := map[string]bool{}
	size := 0
	for i, it := range items {
		if len(taken) == most || size > maxBulkBytes {
			return taken, append(left, items[i:]...), bodies, nil
		}
		if seen[it.id] {
			left = append(left, it)
			continue
		}
		raw, err := bulkEntity(it.inv.Action)
		if err != nil {
			return nil, nil, nil, err // which ExecuteAll has looked for
		}
		seen[it.id] = true
		size += len(raw)
		taken, bodies = append(taken, it), append(bodies, raw)
	}
	return taken, left, bodies, nil
}

// backlog is what one Executor's ExecuteAll calls have before them: requests that go one
// by one, and bulk calls by their action.
type backlog struct {
	singles atomic.Int64
	bulk    map[clerkknock.ActionType]*atomic.Int64
}

func newBacklog() *backlog {
	b := &backlog{bulk: map[clerkknock.ActionType]*atomic.Int64{}}
	for action := range bulkCalls {
		b.bulk[action] = new(atomic.Int64)
	}
	return b
}

// line counts a bulk call, until the function that it returns is called.
func (b *backlog) line(action clerkknock.ActionType) (leave func()) {
	b.bulk[action].Add(1)
	return sync.OnceFunc(func() { b.bulk[action].Add(-1) })
}

// worthBulk reports whether so many bulk calls are over sooner than so many single
// requests, behind what is waiting already. So both have work when there is enough.
func (b *backlog) worthBulk(action clerkknock.ActionType, calls, singles int) bool {
	bulk := float64(b.bulk[action].Load()) + float64(calls)
	single := float64(b.singles.Load()) + float64(singles)
	return bulkOverhead+bulk/float64(tier1) < single/float64(tier3)
}

// named are the items with one of the IDs, and the others.
func named(items []item, ids []string) (named, others []item) {
	if len(ids) == 0 {
		return nil, items
	}
	names := make(map[string]bool, len(ids))
	for _, id := range ids {
		names[id] = true
	}
	for _, it := range items {
		if names[it.id] {
			named = append(named, it)
		} else {
			others = append(others, it)
		}
	}
	return named, others
}
