package knocktest

import (
	"fmt"
	"net/http"
	"strings"
	"time"
)

// The bulk endpoints. A call with a mistake in its form is refused as a whole;
// an item that cannot be carried out is one of the operation's error items.

const (
	// maxItems is how many entities one call takes:
	// https://docs.knock.app/api-reference/users/bulk/identify.
	maxItems = 1000
	// maxBulkObjects and maxBulkSubscriptions are how many objects and
	// subscriptions one call takes, at most maxSubscribers for each object:
	// https://docs.knock.app/api-reference/objects/bulk/add_subscriptions.
	maxBulkObjects       = 100
	maxBulkSubscriptions = 5000
)

func (a *API) bulkIdentifyUsers(c *call) answer {
	var p problems
	rows := a.upserts(&p, c, "users", UsersCollection)
	return a.accept(c, p, "users.identify", "users", rows)
}

func (a *API) bulkSetTenants(c *call) answer {
	var p problems
	rows := a.upserts(&p, c, "tenants", TenantsCollection)
	return a.accept(c, p, "tenants.set", "tenants", rows)
}

func (a *API) bulkSetObjects(c *call) answer {
	return onObject(c, func(ref Ref) answer {
		var p problems
		rows := a.upserts(&p, c, "objects", ref.Collection)
		return a.accept(c, p, "objects."+ref.Collection+".set", "objects", rows)
	})
}

func (a *API) bulkDeleteUsers(c *call) answer {
	return a.acceptDeletes(c, "users.delete", "user_ids", c.body["user_ids"], UsersCollection)
}

// bulkDeleteTenants has its IDs in the query.
func (a *API) bulkDeleteTenants(c *call) answer {
	var ids []any
	for _, id := range append(c.query["tenant_ids[]"], c.query["tenant_ids"]...) {
		ids = append(ids, id)
	}
	return a.acceptDeletes(c, "tenants.delete", "tenant_ids", ids, TenantsCollection)
}

func (a *API) bulkDeleteObjects(c *call) answer {
	return onObject(c, func(ref Ref) answer {
		name := "objects." + ref.Collection + ".delete"
		return a.acceptDeletes(c, name, "object_ids", c.body["object_ids"], ref.Collection)
	})
}

// bulkSetPreferences replaces a preference set, or merges into it.
func (a *API) bulkSetPreferences(c *call) answer {
	var p problems
	preferences, ok := c.body["preferences"].(map[string]any)
	if !ok {
		p.add("preferences", "is not an object")
	}
	checkPreferenceSet(&p, "preferences.", preferences)
	set, ok := preferences["id"].(string)
	if !ok {
		set = defaultSet
	}
	var rows []row
	for i, v := range list(&p, "user_ids", c.body["user_ids"], maxItems) {
		ref := Ref{UsersCollection, text(&p, fmt.Sprintf("user_ids[%d]", i), v)}
		rows = append(rows, row{ref, func(now time.Time) bool {
			found := a.state.has(ref)
			if found {
				a.state.setPreferences(ref, set, preferences, now)
			}
			return found
		}})
	}
	return a.accept(c, p, "users.set_preferences", "user_ids", rows)
}

func (a *API) bulkSubscribe(c *call) answer {
	return onObject(c, func(ref Ref) answer {
		var p problems
		var rows []row
		a.eachSubscription(&p, c, func(field string, object Ref, item map[string]any) {
			properties := optionalMap(&p, field+".properties", item["properties"])
			for _, r := range recipients(&p, field+".recipients", item["recipients"], maxSubscribers) {
				rows = append(rows, row{object, func(now time.Time) bool {
					if !a.state.has(object) || r.properties == nil && !a.state.has(r.ref) {
						return false
					}
					a.state.identify(now, r)
					a.state.subscribe(object, r.ref, properties, now)
					return true
				}})
			}
		})
		return a.acceptSubscriptions(c, p, ref.Collection, "upsert_subscriptions", rows)
	})
}

func (a *API) bulkUnsubscribe(c *call) answer {
	return onObject(c, func(ref Ref) answer {
		var p problems
		var rows []row
		a.eachSubscription(&p, c, func(field string, object Ref, item map[string]any) {
			for _, r := range references(&p, field+".recipients", item["recipients"], maxSubscribers) {
				rows = append(rows, row{object, func(time.Time) bool {
					delete(a.state.subs, subscriptionKey{object, r})
					return true
				}})
			}
		})
		return a.acceptSubscriptions(c, p, ref.Collection, "delete_subscriptions", rows)
	})
}

func (a *API) eachSubscription(p *problems, c *call, do func(field string, object Ref, item map[string]any)) {
	for i, v := range list(p, "subscriptions", c.body["subscriptions"], maxBulkObjects) {
		field := fmt.Sprintf("subscriptions[%d]", i)
		item, ok := v.(map[string]any)
		if !ok {
			p.add(field, "is not an object")
			continue
		}
		do(field, Ref{c.vars["collection"], text(p, field+".id", item["id"])}, item)
	}
}

func (a *API) acceptSubscriptions(c *call, p problems, collection, what string, rows []row) answer {
	if len(rows) > maxBulkSubscriptions {
		p.add("subscriptions", fmt.Sprintf("should have at most %d recipient(s)", maxBulkSubscriptions))
	}
	return a.accept(c, p, "objects."+collection+"."+what, "", rows)
}

// upserts reads items with an "id"; a tenant may be its ID alone.
func (a *API) upserts(p *problems, c *call, param, collection string) []row {
	var rows []row
	for i, v := range list(p, param, c.body[param], maxItems) {
		field := fmt.Sprintf("%s[%d]", param, i)
		if id, ok := v.(string); ok && collection == TenantsCollection {
			v = map[string]any{"id": id}
		}
		item, ok := v.(map[string]any)
		if !ok {
			p.add(field, "is not an object")
			continue
		}
		ref := Ref{collection, text(p, field+".id", item["id"])}
		checkProperties(p, field+".", ref, item)
		rows = append(rows, row{ref, func(now time.Time) bool {
			var wrong problems
			checkID(&wrong, "id", ref)
			if len(wrong) > 0 || !a.state.fits(ref, item) {
				return false
			}
			a.state.upsert(ref, item, now)
			return true
		}})
	}
	return rows
}

func (a *API) acceptDeletes(c *call, name, param string, value any, collection string) answer {
	var p problems
	var rows []row
	for i, v := range list(&p, param, value, maxItems) {
		ref := Ref{collection, text(&p, fmt.Sprintf("%s[%d]", param, i), v)}
		rows = append(rows, row{ref, func(time.Time) bool { return a.state.remove(ref) || !a.config.MissingDeletes404 }})
	}
	return a.accept(c, p, name, param, rows)
}

// accept queues an operation. With rate limits, what comes twice in a second is
// left out of it, and listed in a header that is named after the parameter:
// https://docs.knock.app/api-reference/overview/rate-limits.
func (a *API) accept(c *call, p problems, name, param string, rows []row) answer {
	if refused := p.refused(); refused != nil {
		return *refused
	}
	header := http.Header{}
	if a.config.EnforceRateLimits && param != "" {
		var kept []row
		var limited []string
		for _, r := range rows {
			if a.limits.allowUpdate(r.ref, c.now) {
				kept = append(kept, r)
			} else {
				limited = append(limited, r.ref.ID)
			}
		}
		rows = kept
		if limited != nil {
			header.Set("X-Ratelimited-"+param, strings.Join(limited, ","))
		}
	}
	o := &bulkOperation{
		id: a.bulk.ids.next(), name: name, status: "queued", rows: rows, insertedAt: c.now, updatedAt: c.now,
		fails: a.bulk.fails,
	}
	if a.config.BulkTakes != nil {
		o.due = c.now.Add(a.config.BulkTakes(len(rows)))
	}
	a.bulk.push(o, c.now)
	return answer{status: http.StatusOK, header: header, body: o.view()}
}
