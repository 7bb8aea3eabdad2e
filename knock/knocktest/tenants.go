package knocktest

import (
	"maps"
	"slices"
)

// setTenant is https://docs.knock.app/api-reference/tenants/set.
func (a *API) setTenant(c *call) answer {
	return a.put(c, Ref{TenantsCollection, c.vars["id"]}, tenantView)
}

func (a *API) getTenant(c *call) answer {
	return a.get(Ref{TenantsCollection, c.vars["id"]}, tenantView)
}

func (a *API) deleteTenant(c *call) answer { return a.delete(Ref{TenantsCollection, c.vars["id"]}) }

// listTenants is https://docs.knock.app/api-reference/tenants/list, with its
// filters for an ID and a name.
func (a *API) listTenants(c *call) answer {
	id, name := c.query.Get("tenant_id"), c.query.Get("name")
	var entries []entry
	for _, e := range a.state.in(TenantsCollection) {
		if (id == "" || e.ref.ID == id) && (name == "" || e.properties["name"] == name) {
			entries = append(entries, entry{e.ref.ID, func() map[string]any { return tenantView(e) }})
		}
	}
	return page(c, entries)
}

// checkSettings refuses what are no settings of a tenant:
// https://docs.knock.app/api-reference/tenants/set.
func checkSettings(p *problems, prefix string, properties map[string]any) {
	value, given := properties["settings"]
	if !given {
		return
	}
	settings, ok := value.(map[string]any)
	if !ok {
		p.add(prefix+"settings", "is not an object")
	}
	prefix += "settings."
	branding := optionalMap(p, prefix+"branding", settings["branding"])
	for _, name := range slices.Sorted(maps.Keys(branding)) {
		optionalText(p, prefix+"branding."+name, branding[name])
	}
	set := optionalMap(p, prefix+"preference_set", settings["preference_set"])
	checkPreferenceSet(p, prefix+"preference_set.", set)
}

// withSettings is what a tenant's properties become by its new settings. Their
// preference set is merged like all else, unless it asks to replace the old one.
func withSettings(properties, settings map[string]any) map[string]any {
	before, _ := properties["settings"].(map[string]any)
	if set, ok := settings["preference_set"].(map[string]any); ok {
		if set[strategy] == "replace" {
			before = replaced(before, "preference_set", nil)
		}
		settings = replaced(settings, "preference_set", withoutStrategy(set))
	}
	return replaced(properties, "settings", merge(before, settings))
}
