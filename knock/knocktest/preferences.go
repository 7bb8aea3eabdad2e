package knocktest

import (
	"maps"
	"slices"
	"time"
)

// defaultSet is the preference set that holds without a tenant, or for a tenant
// without a set of its own: https://docs.knock.app/preferences/tenant-preferences.
const defaultSet = "default"

// strategy says how a preference set is kept. It is an instruction and no preference.
const strategy = "__persistence_strategy__"

// setUserPreferences is https://docs.knock.app/api-reference/users/set_preferences.
func (a *API) setUserPreferences(c *call) answer { return a.setPreferences(c, userOf(c), false) }

// setObjectPreferences is https://docs.knock.app/api-reference/objects/set_preferences:
// it makes an object that does not exist.
func (a *API) setObjectPreferences(c *call) answer {
	return onObject(c, func(ref Ref) answer { return a.setPreferences(c, ref, true) })
}

func (a *API) getUserPreferences(c *call) answer { return a.getPreferences(c, userOf(c)) }

func (a *API) getObjectPreferences(c *call) answer {
	return onObject(c, func(ref Ref) answer { return a.getPreferences(c, ref) })
}

func (a *API) listUserPreferences(c *call) answer { return a.listPreferences(userOf(c)) }

func (a *API) listObjectPreferences(c *call) answer { return onObject(c, a.listPreferences) }

func (a *API) unsetUserPreferences(c *call) answer { return a.unsetPreferences(c, userOf(c)) }

func (a *API) unsetObjectPreferences(c *call) answer {
	return onObject(c, func(ref Ref) answer { return a.unsetPreferences(c, ref) })
}

func userOf(c *call) Ref { return Ref{UsersCollection, c.vars["id"]} }

func (a *API) setPreferences(c *call, ref Ref, makes bool) answer {
	if !makes && !a.state.has(ref) {
		return missing(kindOf(ref))
	}
	var p problems
	checkPreferenceSet(&p, "", c.body)
	if refused := p.refused(); refused != nil {
		return *refused
	}
	a.state.setPreferences(ref, c.vars["set"], c.body, c.now)
	return a.getPreferences(c, ref)
}

// getPreferences shows a set that was never set as an empty one.
func (a *API) getPreferences(c *call, ref Ref) answer {
	e, found := a.state.entities[ref]
	if !found {
		return missing(kindOf(ref))
	}
	return ok(preferenceView(c.vars["set"], e))
}

func (a *API) listPreferences(ref Ref) answer {
	e, found := a.state.entities[ref]
	if !found {
		return missing(kindOf(ref))
	}
	sets := []map[string]any{}
	for _, id := range slices.Sorted(maps.Keys(e.preferences)) {
		sets = append(sets, preferenceView(id, e))
	}
	return ok(sets)
}

func (a *API) unsetPreferences(c *call, ref Ref) answer {
	e := a.state.entities[ref]
	if _, found := e.preferences[c.vars["set"]]; !found {
		if a.config.MissingDeletes404 {
			return missing("preference set")
		}
		return noContent()
	}
	e.preferences, e.updatedAt = maps.Clone(e.preferences), c.now
	delete(e.preferences, c.vars["set"])
	a.state.entities[ref] = e
	return noContent()
}

func preferenceView(id string, e entity) map[string]any {
	view := map[string]any{
		"__typename": "PreferenceSet", "id": id, "categories": nil, "channel_types": nil, "channels": nil,
		"commercial_subscribed": nil, "workflows": nil,
	}
	set, _ := e.preferences[id].(map[string]any)
	maps.Copy(view, set)
	return view
}

// setPreferences replaces a set, or merges into it if the set says so. It makes the
// entity if it is not there.
func (s *state) setPreferences(ref Ref, id string, set map[string]any, now time.Time) {
	e := s.merged(ref, nil)
	before, _ := e.preferences[id].(map[string]any)
	if set[strategy] != "merge" {
		before = nil
	}
	e.preferences = replaced(e.preferences, id, withoutStrategy(merge(before, set)))
	e.updatedAt = now
	s.entities[ref] = e
}

// replaced is a copy of a map with another value.
func replaced(m map[string]any, key string, value any) map[string]any {
	m = maps.Clone(m)
	if m == nil {
		m = map[string]any{}
	}
	m[key] = value
	return m
}

// withoutStrategy leaves what is to be kept of a set.
func withoutStrategy(set map[string]any) map[string]any {
	set = maps.Clone(set)
	delete(set, strategy)
	delete(set, "id")
	return set
}

// checkPreferenceSet refuses what is no preference set:
// https://docs.knock.app/api-reference/users/set_preferences.
func checkPreferenceSet(p *problems, prefix string, set map[string]any) {
	if s, ok := set[strategy]; ok && s != "merge" && s != "replace" {
		p.add(prefix+strategy, "is neither merge nor replace")
	}
	for _, name := range []string{"categories", "channel_types", "channels", "workflows"} {
		optionalMap(p, prefix+name, set[name])
	}
	optionalBool(p, prefix+"commercial_subscribed", set["commercial_subscribed"])
}

// checkSets refuses a map whose values are no objects, and looks at each.
func checkSets(p *problems, field string, value any, check func(field string, set map[string]any)) {
	sets, _ := value.(map[string]any)
	for _, id := range slices.Sorted(maps.Keys(sets)) {
		set, ok := sets[id].(map[string]any)
		if !ok {
			p.add(field+"."+id, "is not an object")
		}
		check(field+"."+id+".", set)
	}
}
