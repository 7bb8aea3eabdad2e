package knock

import (
	"context"
	"errors"
	"sync"

	"github.com/clerkknock/clerkknock"
)

// ExecuteAll is Execute for many invocations, with as few requests as Knock's limits
// allow. It returns an error for each, by its index: nil when the action has taken
// effect, and otherwise what Execute would return.
//
// Users, tenants and objects go into bulk calls of a thousand, subscriptions into those
// of a hundred objects, where that is quicker than one request for each:
// https://docs.knock.app/api-reference/bulk_operations. A bulk call happens later than
// it is answered, and ExecuteAll returns when it has happened. What fails in one is sent
// again by itself, since Knock does not say why it has failed. Recipients of one object,
// and members of one audience, that are added or removed share requests. All other
// actions are executed one by one.
//
// The order of the invocations does not count, except that those which set the same
// thing are executed one after the other. Calls at the same time share the rate limits,
// with those of Execute too.
//
// A bulk call whose answer was lost may still happen: ExecuteAll returns no sooner than a
// minute later, in which whoever holds claims on the entities goes on holding them.
func (e *Executor) ExecuteAll(ctx context.Context, invs []clerkknock.Invocation) []error {
	errs := make([]error, len(invs))
	var all sync.WaitGroup
	defer all.Wait()
	lanes := map[lane][]item{}
	var alone []item
	for i, inv := range invs {
		it := item{index: i, inv: inv}
		if _, err := e.requests(inv); err != nil {
			errs[i] = err
			continue
		}
		if l, ok := laneOf(&it); ok {
			lanes[l] = append(lanes[l], it)
		} else {
			alone = append(alone, it)
		}
	}
	all.Go(func() { e.eachAlone(ctx, alone, errs) })
	for l, items := range lanes {
		all.Go(func() {
			if l.merges() {
				e.executeLists(ctx, l, items, errs)
			} else {
				e.executeEntities(ctx, l, items, errs)
			}
		})
	}
	return errs
}

// lane is what can go into one request together: actions of one type, and of one
// collection or audience.
type lane struct {
	action clerkknock.ActionType
	// of is the collection of objects, the key of an audience, or "".
	of string
}

// item is an invocation on its way, with its place among those of ExecuteAll.
type item struct {
	index int
	inv   clerkknock.Invocation
	// id is what it sets: a user, a tenant, an object.
	id string
}

// laneOf returns the lane of an item that can share a request, and fills in its id.
func laneOf(it *item) (lane, bool) {
	a := it.inv.Action
	l := lane{action: a.Type}
	switch a.Type {
	case clerkknock.UsersIdentify, clerkknock.TenantsSet:
	case clerkknock.ObjectsSet, clerkknock.ObjectsSubscribe, clerkknock.ObjectsUnsubscribe:
		l.of = a.Text("collection")
	case clerkknock.AudiencesAddMember, clerkknock.AudiencesRemoveMember:
		l.of = a.Text("key")
	default:
		return lane{}, false
	}
	it.id = a.Text("id")
	return l, true
}

// atOnce is how many requests one ExecuteAll has under way at the same time: enough for
// the limit at a quarter of a second each, and little to wait behind for others.
const atOnce = 16

// eachAlone executes items one by one.
func (e *Executor) eachAlone(ctx context.Context, items []item, errs []error) {
	each(items, func(it item) { errs[it.index] = e.Execute(ctx, it.inv) })
}

// each calls do for every element, for some at the same time.
func each[T any](elements []T, do func(T)) {
	next := make(chan T)
	var all sync.WaitGroup
	for range min(atOnce, len(elements)) {
		all.Go(func() {
			for element := range next {
				do(element)
			}
		})
	}
	for _, element := range elements {
		next <- element
	}
	close(next)
	all.Wait()
}

// fail gives items an error.
func fail(items []item, errs []error, err error) {
	for _, it := range items {
		errs[it.index] = err
	}
}

// isRefused reports whether Knock has looked at a request and refuses it for good: of
// several items in it one may be the reason.
func isRefused(err error) bool {
	var refusal *Error
	return errors.As(err, &refusal) && clerkknock.IsPermanent(err)
}
