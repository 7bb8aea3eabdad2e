package knock

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/internal/text"
	"github.com/tidwall/gjson"
)

// merges reports whether the actions of a lane differ in a list alone, and become one
// request by putting their lists together.
func (l lane) merges() bool { return l.list() != "" }

// list is the parameter that is put together, "" if there is none.
func (l lane) list() string {
	switch l.action {
	case clerkknock.ObjectsSubscribe, clerkknock.ObjectsUnsubscribe:
		return "recipients"
	case clerkknock.AudiencesAddMember, clerkknock.AudiencesRemoveMember:
		return "members"
	}
	return ""
}

// most is how many elements of the list one request takes.
func (l lane) most() int {
	if l.list() == "members" {
		return maxRecipients
	}
	return maxSubscribers
}

// part is one request for the items that are in it.
type part struct {
	items []item
	lists []string // as raw elements
	id    string   // the object
}

// action is that of the first item, with everybody's list.
func (p part) action(l lane) clerkknock.Action {
	a := p.items[0].inv.Action
	a.Params = maps.Clone(a.Params)
	a.Params[l.list()] = json.RawMessage("[" + strings.Join(p.lists, ",") + "]")
	return a
}

// parts puts together the items of a lane that agree in everything but the list.
func parts(l lane, items []item) []part {
	var all []part
	open := map[string]int{} // the part that is being filled, by what its items agree in
	for _, it := range items {
		elements := elementsOf(it.inv.Action.Params[l.list()])
		key := agreement(l, it.inv.Action)
		i, ok := open[key]
		if !ok || len(all[i].lists)+len(elements) > l.most() {
			i = len(all)
			all = append(all, part{id: it.id})
			open[key] = i
		}
		all[i].items = append(all[i].items, it)
		all[i].lists = append(all[i].lists, elements...)
	}
	return all
}

// elementsOf are the elements of a list, or the one thing that is none.
func elementsOf(raw json.RawMessage) []string {
	r := gjson.Parse(text.View(raw))
	if !r.IsArray() {
		return []string{string(raw)}
	}
	var all []string
	for _, element := range r.Array() {
		all = append(all, element.Raw)
	}
	return all
}

// agreement is what of an action two must have in common to share a request.
func agreement(l lane, a clerkknock.Action) string {
	rest := maps.Clone(a.Params)
	delete(rest, l.list())
	raw, _ := json.Marshal(rest) // of what was JSON before, by name
	return string(raw)
}

// executeLists adds or removes the recipients of objects, or the members of an audience.
func (e *Executor) executeLists(ctx context.Context, l lane, items []item, errs []error) {
	var done sync.WaitGroup
	defer done.Wait()
	singly := parts(l, items)
	if l.action == clerkknock.ObjectsSubscribe {
		calls := pack(singly) // the fullest first
		for len(calls) > 0 && e.backlog.worthBulk(l.action, 1, len(singly)) {
			call, turn := calls[0], e.backlog.line(l.action)
			done.Go(func() {
				defer turn()
				e.subscribeInBulk(ctx, l, call, errs, turn)
			})
			calls = calls[1:]
			singly = slices.Concat(calls...)
		}
	}
	e.backlog.singles.Add(int64(len(singly)))
	each(singly, func(p part) {
		defer e.backlog.singles.Add(-1)
		e.executePart(ctx, l, p, errs)
	})
}

// executePart sends one request for several items. If Knock refuses it each is sent by
// itself: one of them is the reason.
func (e *Executor) executePart(ctx context.Context, l lane, p part, errs []error) {
	if len(p.items) == 1 {
		errs[p.items[0].index] = e.Execute(ctx, p.items[0].inv)
		return
	}
	requests, err := e.requests(clerkknock.Invocation{Action: p.action(l)})
	for _, r := range requests {
		if err == nil {
			err = e.send(ctx, behalves(p.items), r)
		}
	}
	if isRefused(err) {
		e.eachAlone(ctx, p.items, errs)
		return
	}
	fail(p.items, errs, err)
}

// pack distributes parts over bulk calls, an object once in each.
func pack(all []part) [][]part {
	var calls [][]part
	for len(all) > 0 {
		var call, left []part
		recipients, seen := 0, map[string]bool{}
		for _, p := range all {
			if seen[p.id] || len(call) == bulkCalls[clerkknock.ObjectsSubscribe].most ||
				recipients+len(p.lists) > maxBulkSubscribers || len(p.lists) > maxSubscribers {
				left = append(left, p)
				continue
			}
			seen[p.id] = true
			recipients += len(p.lists)
			call = append(call, p)
		}
		if len(call) == 0 { // lists that are too long for any call
			return append(calls, left)
		}
		calls, all = append(calls, call), left
	}
	return calls
}

// subscribeInBulk makes one bulk call. The parts that fail in it are sent by themselves.
func (e *Executor) subscribeInBulk(ctx context.Context, l lane, call []part, errs []error, turn func()) {
	var items []item
	var bodies []string
	for _, p := range call {
		requests, err := Render(clerkknock.Invocation{Action: p.action(l)})
		if err != nil || len(requests) != 1 {
			e.executePart(ctx, l, p, errs)
			continue
		}
		body := requests[0].Body
		raw := newObject(len(body)+64).add("id", quote(p.id))
		raw.raw = append(append(raw.raw, ','), body[1:len(body)-1]...)
		items, bodies = append(items, p.items...), append(bodies, string(raw.close()))
	}
	if len(items) == 0 {
		return
	}
	result, err := e.bulk(ctx, l, behalves(items), bodies, turn)
	failed := func(p part) bool { return isRefused(err) }
	switch {
	case isRefused(err):
	case err != nil:
		fail(items, errs, err)
		return
	default:
		names := map[string]bool{}
		for _, id := range append(result.failed, result.limited...) {
			names[id] = true
		}
		failed = func(p part) bool { return names[p.id] }
	}
	var again []part
	for _, p := range call {
		if failed(p) {
			again = append(again, p)
		}
	}
	each(again, func(p part) { e.executePart(ctx, l, p, errs) })
}
