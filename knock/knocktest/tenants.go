package knocktest

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
