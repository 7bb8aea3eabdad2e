package knocktest

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
)

// maxMembers is how many members one call takes:
// https://docs.knock.app/api-reference/audiences/add_members.
const maxMembers = 1000

// addMembers is https://docs.knock.app/api-reference/audiences/add_members.
func (a *API) addMembers(c *call) answer {
	members, found := a.state.audiences[c.vars["key"]]
	if !found && c.query.Get("create_audience") != "true" {
		return missing("audience")
	}
	var p problems
	keys, users := parseMembers(&p, c)
	a.state.checkSize(&p, "members", users...)
	if refused := p.refused(); refused != nil {
		return *refused
	}
	if !found {
		members = map[memberKey]member{}
		a.state.audiences[c.vars["key"]] = members
	}
	a.state.identify(c.now, users...)
	for _, key := range keys {
		if _, ok := members[key]; !ok {
			members[key] = member{key, a.state.next(), c.now}
		}
	}
	return noContent()
}

// removeMembers is https://docs.knock.app/api-reference/audiences/remove_members.
// Who is not a member is left out of it.
func (a *API) removeMembers(c *call) answer {
	members, found := a.state.audiences[c.vars["key"]]
	if !found {
		return missing("audience")
	}
	var p problems
	keys, _ := parseMembers(&p, c)
	if refused := p.refused(); refused != nil {
		return *refused
	}
	for _, key := range keys {
		delete(members, key)
	}
	return noContent()
}

// listMembers is https://docs.knock.app/api-reference/audiences/list_members.
func (a *API) listMembers(c *call) answer {
	members, found := a.state.audiences[c.vars["key"]]
	if !found {
		return missing("audience")
	}
	var entries []entry
	for _, m := range bySequence(members) {
		entries = append(entries, entry{fmt.Sprintf("%020d", m.sequence), func() map[string]any {
			view := map[string]any{
				"__typename": "AudienceMember", "added_at": timestamp(m.addedAt), "user_id": m.user,
				"user": userView(a.state.entities[Ref{UsersCollection, m.user}]), "tenant": nil,
			}
			if m.tenant != "" {
				view["tenant"] = m.tenant
			}
			return view
		}})
	}
	return page(c, entries)
}

func bySequence(members map[memberKey]member) []member {
	return slices.SortedFunc(maps.Values(members), func(a, b member) int { return cmp.Compare(a.sequence, b.sequence) })
}

// parseMembers reads members: {"user": {"id", …}, "tenant"}.
func parseMembers(p *problems, c *call) (keys []memberKey, users []recipient) {
	for i, v := range list(p, "members", c.body["members"], maxMembers) {
		field := fmt.Sprintf("members[%d]", i)
		m, _ := v.(map[string]any)
		user, ok := m["user"].(map[string]any)
		if !ok {
			p.add(field+".user", "is not an object")
			continue
		}
		r := parseRecipient(p, field+".user", user)
		if r.ref.Collection != UsersCollection {
			p.add(field+".user", "is not a user")
		}
		tenant, ok := m["tenant"].(string)
		if !ok && m["tenant"] != nil {
			p.add(field+".tenant", "is not a string")
		}
		keys, users = append(keys, memberKey{r.ref.ID, tenant}), append(users, r)
	}
	return keys, users
}
