package knocktest

import (
	"maps"
	"time"
)

// The forms in which the API shows what it holds. The custom properties of users
// and tenants stand beside the others, those of an object under "properties".

func timestamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000000Z") }

func userView(e entity) map[string]any {
	view := map[string]any{
		"__typename": "User", "id": e.ref.ID, "updated_at": timestamp(e.updatedAt),
		"avatar": nil, "created_at": nil, "email": nil, "name": nil, "phone_number": nil, "timezone": nil,
	}
	maps.Copy(view, e.properties)
	return view
}

func tenantView(e entity) map[string]any {
	view := map[string]any{"__typename": "Tenant", "id": e.ref.ID, "name": nil, "settings": nil}
	maps.Copy(view, e.properties)
	return view
}

func objectView(e entity) map[string]any {
	properties := maps.Clone(e.properties)
	createdAt := properties["created_at"]
	delete(properties, "created_at")
	return map[string]any{
		"__typename": "Object", "id": e.ref.ID, "collection": e.ref.Collection,
		"created_at": createdAt, "updated_at": timestamp(e.updatedAt), "properties": properties,
	}
}

func recipientView(e entity) map[string]any {
	if e.ref.Collection == UsersCollection {
		return userView(e)
	}
	return objectView(e)
}

// withPreferences adds the preference sets, for the reads that can include them.
func withPreferences(view func(entity) map[string]any) func(entity) map[string]any {
	return func(e entity) map[string]any {
		v := view(e)
		v["preferences"] = e.preferences
		return v
	}
}

func (s *state) subscriptionView(sub subscription, recipient func(entity) map[string]any) map[string]any {
	properties := sub.properties
	if properties == nil {
		properties = map[string]any{}
	}
	return map[string]any{
		"__typename":  "Subscription",
		"recipient":   recipient(s.entities[sub.recipient]),
		"object":      objectView(s.entities[sub.object]),
		"properties":  properties,
		"inserted_at": timestamp(sub.insertedAt),
		"updated_at":  timestamp(sub.updatedAt),
	}
}
