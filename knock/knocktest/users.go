package knocktest

import (
	"maps"
)

// identifyUser is https://docs.knock.app/api-reference/users/update.
func (a *API) identifyUser(c *call) answer {
	return a.put(c, Ref{UsersCollection, c.vars["id"]}, userView)
}

func (a *API) getUser(c *call) answer { return a.get(Ref{UsersCollection, c.vars["id"]}, userView) }

func (a *API) listUsers(c *call) answer { return a.list(c, UsersCollection, userView) }

func (a *API) deleteUser(c *call) answer { return a.delete(Ref{UsersCollection, c.vars["id"]}) }

// mergeUsers is https://docs.knock.app/api-reference/users/merge: the other user
// goes, and what was his and this one lacks becomes this one's.
func (a *API) mergeUsers(c *call) answer {
	var p problems
	into := Ref{UsersCollection, c.vars["id"]}
	from := Ref{UsersCollection, text(&p, "from_user_id", c.body["from_user_id"])}
	if into == from {
		p.add("from_user_id", "is the same user")
	}
	if refused := p.refused(); refused != nil {
		return *refused
	}
	if !a.state.has(into) || !a.state.has(from) {
		return missing("user")
	}
	primary, secondary := a.state.entities[into], a.state.entities[from]
	primary.properties = merge(secondary.properties, primary.properties)
	primary.preferences = merge(secondary.preferences, primary.preferences)
	primary.channels = merge(secondary.channels, primary.channels)
	primary.updatedAt = c.now
	a.state.entities[into] = primary
	for _, sub := range a.state.subscriptions(func(s subscription) bool { return s.recipient == from }) {
		if _, ok := a.state.subs[subscriptionKey{sub.object, into}]; !ok {
			a.state.subscribe(sub.object, into, sub.properties, c.now)
		}
	}
	for _, members := range a.state.audiences {
		for key, m := range maps.Clone(members) {
			if key.user == from.ID {
				m.user = into.ID
				members[m.memberKey] = m
			}
		}
	}
	a.state.remove(from)
	return ok(userView(primary))
}

// put is the upsert of one entity.
func (a *API) put(c *call, ref Ref, view func(entity) map[string]any) answer {
	var p problems
	checkID(&p, "id", ref)
	checkProperties(&p, "", ref, c.body)
	a.state.checkSize(&p, "properties", recipient{ref, c.body})
	if refused := p.refused(); refused != nil {
		return *refused
	}
	return ok(view(a.state.upsert(ref, c.body, c.now)))
}

func (a *API) get(ref Ref, view func(entity) map[string]any) answer {
	e, found := a.state.entities[ref]
	if !found {
		return missing(kindOf(ref))
	}
	return ok(view(e))
}

func (a *API) delete(ref Ref) answer {
	if existed := a.state.remove(ref); !existed && a.config.MissingDeletes404 {
		return missing(kindOf(ref))
	}
	return noContent()
}

func (a *API) list(c *call, collection string, view func(entity) map[string]any) answer {
	if includes(c, "preferences") {
		view = withPreferences(view)
	}
	var entries []entry
	for _, e := range a.state.in(collection) {
		entries = append(entries, entry{e.ref.ID, func() map[string]any { return view(e) }})
	}
	return page(c, entries)
}

func kindOf(ref Ref) string {
	switch ref.Collection {
	case UsersCollection:
		return "user"
	case TenantsCollection:
		return "tenant"
	}
	return "object"
}
