package knocktest

import (
	"fmt"
	"math"
	"slices"
)

// maxSubscribers is how many recipients one call takes:
// https://docs.knock.app/api-reference/objects/add_subscriptions.
const maxSubscribers = 100

// subscribe is https://docs.knock.app/api-reference/objects/add_subscriptions.
func (a *API) subscribe(c *call) answer {
	return onObject(c, func(object Ref) answer {
		var p problems
		rs := recipients(&p, "recipients", c.body["recipients"], maxSubscribers)
		properties := optionalMap(&p, "properties", c.body["properties"])
		a.state.checkSize(&p, "recipients", rs...)
		for i, r := range rs {
			if r.properties == nil && !a.state.has(r.ref) {
				p.add(fmt.Sprintf("recipients[%d]", i), "does not exist")
			}
		}
		if !a.state.has(object) {
			return missing("object")
		}
		if refused := p.refused(); refused != nil {
			return *refused
		}
		a.state.identify(c.now, rs...)
		views := make([]map[string]any, 0, len(rs))
		for _, r := range rs {
			sub := a.state.subscribe(object, r.ref, properties, c.now)
			views = append(views, a.state.subscriptionView(sub, recipientView))
		}
		return ok(views)
	})
}

// unsubscribe is https://docs.knock.app/api-reference/objects/delete_subscriptions:
// it answers with what was there.
func (a *API) unsubscribe(c *call) answer {
	return onObject(c, func(object Ref) answer {
		var p problems
		refs := references(&p, "recipients", c.body["recipients"], maxSubscribers)
		if !a.state.has(object) {
			return missing("object")
		}
		if refused := p.refused(); refused != nil {
			return *refused
		}
		views := []map[string]any{}
		for _, ref := range refs {
			key := subscriptionKey{object, ref}
			if sub, ok := a.state.subs[key]; ok {
				views = append(views, a.state.subscriptionView(sub, recipientView))
				delete(a.state.subs, key)
			}
		}
		return ok(views)
	})
}

// listObjectSubscriptions is
// https://docs.knock.app/api-reference/objects/list_subscriptions: who has
// subscribed to the object, or with mode=recipient what the object has.
func (a *API) listObjectSubscriptions(c *call) answer {
	return onObject(c, func(object Ref) answer {
		if c.query.Get("mode") == "recipient" {
			return a.listOf(c, object, "objects")
		}
		if !a.state.has(object) {
			return missing("object")
		}
		only := queryRefs(c, "recipients")
		return a.pageOf(c, func(sub subscription) bool {
			return sub.object == object && (only == nil || slices.Contains(only, sub.recipient))
		})
	})
}

// listUserSubscriptions is
// https://docs.knock.app/api-reference/users/list_subscriptions.
func (a *API) listUserSubscriptions(c *call) answer {
	return a.listOf(c, Ref{UsersCollection, c.vars["id"]}, "objects")
}

func (a *API) listOf(c *call, recipient Ref, filter string) answer {
	if !a.state.has(recipient) {
		return missing(kindOf(recipient))
	}
	only := queryRefs(c, filter)
	return a.pageOf(c, func(sub subscription) bool {
		return sub.recipient == recipient && (only == nil || slices.Contains(only, sub.object))
	})
}

func (a *API) pageOf(c *call, keep func(subscription) bool) answer {
	recipient := recipientView
	if includes(c, "preferences") {
		recipient = withPreferences(recipient)
	}
	var entries []entry
	for _, sub := range a.state.subscriptions(keep) {
		key := fmt.Sprintf("%020d", math.MaxInt-sub.sequence) // the newest first
		entries = append(entries, entry{key, func() map[string]any { return a.state.subscriptionView(sub, recipient) }})
	}
	return page(c, entries)
}

// queryRefs reads a filter: name[]=user, or name[][id]=… with
// name[][collection]=…, in the order in which they belong together; with an
// index in the first brackets too.
func queryRefs(c *call, name string) []Ref {
	var refs []Ref
	for _, id := range append(c.query[name+"[]"], c.query[name]...) {
		refs = append(refs, Ref{UsersCollection, id})
	}
	for i := range maxSubscribers {
		at := fmt.Sprintf("%s[%d]", name, i)
		if id := c.query.Get(at); id != "" {
			refs = append(refs, Ref{UsersCollection, id})
		} else if id := c.query.Get(at + "[id]"); id != "" {
			refs = append(refs, Ref{c.query.Get(at + "[collection]"), id})
		}
	}
	ids, collections := c.query[name+"[][id]"], c.query[name+"[][collection]"]
	for i := range min(len(ids), len(collections)) {
		refs = append(refs, Ref{collections[i], ids[i]})
	}
	return refs
}
