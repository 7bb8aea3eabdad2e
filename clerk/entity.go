package clerk

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/clerkknock/clerkknock/internal/text"
	"github.com/tidwall/gjson"
)

// Entity is a key for what the event is about, so that events about one thing can
// be brought into order:
//
//	user/ID                 user.*
//	organization/ID         organization.*
//	membership/ORG/USER     organizationMembership.*
//	PREFIX/ID               any other type: what stands before its dot, and data.id
//
// A membership is known by its organization and user and not by its own id,
// because the late deletion of an old membership must not end the one that the
// same user was given since. Every part is escaped like a path segment: two
// different entities never have the same key, whatever their ids contain. The key
// is "" when an id is missing, empty or not a string.
func (e Envelope) Entity() (key string) {
	prefix := Subject(e.Type)
	if prefix == membership {
		return entityKey("membership", e.lookup("organization.id"), e.lookup("public_user_data.user_id"))
	}
	return entityKey(prefix, e.lookup("id"))
}

// membership is the subject of events about memberships.
const membership = "organizationMembership"

// Subject is what events of a type are about, like "user" for "user.created": what
// stands before the dot.
func Subject[S ~string](eventType S) string {
	subject, _, _ := strings.Cut(string(eventType), ".")
	return subject
}

// HappensOnce reports whether an event of this type happens at most once for one
// Entity. What has an id of its own is created once; a membership, which is known
// by its user and organization, many times.
func HappensOnce[S ~string](eventType S) bool {
	return strings.HasSuffix(string(eventType), ".created") && Subject(eventType) != membership
}

// EntityOf is the Entity and the time of the last change of an object within a
// payload, such as the organization of a membership, by its own "object", "id" and
// "updated_at". The key is "" when that is no object, or none with an id.
func EntityOf(object json.RawMessage) (entity string, changedAt time.Time) {
	r := gjson.Parse(text.View(object))
	kind := r.Get("object")
	if !r.IsObject() || kind.Type != gjson.String {
		return "", time.Time{}
	}
	return entityKey(kind.Str, r.Get("id")), ParseTime(r.Get("updated_at").Raw)
}

// Entities are all that the event is about, each as Entity names it: first its own
// Entity, then the user and the organization that it belongs to, such as those of a
// membership, the user of a session or a message, and who pays for a subscription. It
// is empty when the payload names none.
func (e Envelope) Entities() []string {
	var all []string
	add := func(entity string) {
		if entity != "" && !slices.Contains(all, entity) {
			all = append(all, entity)
		}
	}
	add(e.Entity())
	for _, owner := range owners {
		for _, path := range owner.paths {
			if entity := entityKey(owner.kind, e.lookup(path)); entity != "" {
				add(entity)
				break
			}
		}
	}
	return all
}

// owners are where payloads name whom something belongs to, the first that is there.
var owners = []struct {
	kind  string
	paths []string
}{
	{"user", []string{"user_id", "public_user_data.user_id", "user.id", "payer.user_id"}},
	{"organization", []string{"organization_id", "organization.id", "payer.organization_id"}},
}

// UserEntity is the Entity of the user with an id of Clerk's.
func UserEntity(id string) string { return "user/" + url.PathEscape(id) }

func entityKey(prefix string, ids ...gjson.Result) string {
	key := url.PathEscape(prefix)
	for _, id := range ids {
		if id.Type != gjson.String || id.Str == "" {
			return ""
		}
		key += "/" + url.PathEscape(id.Str)
	}
	return key
}

// ChangedAt is when the state in the payload was current, to tell an older event
// about an entity from a newer one: data.updated_at or, for a deletion, the later
// of that and the event's own Timestamp, because what is deleted carries no time
// of its own or the time of its last change. It is zero when unknown.
//
// A deletion that is stamped in whole seconds counts to the end of its second: the
// last change may have come within it.
func (e Envelope) ChangedAt() time.Time {
	changed := ParseTime(e.lookup("updated_at").Raw)
	if !e.Deleted() {
		return changed
	}
	deleted := e.Timestamp
	if !deleted.IsZero() && deleted.Truncate(time.Second).Equal(deleted) {
		deleted = deleted.Add(time.Second - time.Millisecond)
	}
	if deleted.After(changed) {
		return deleted
	}
	return changed
}

// Deleted reports whether the event says that its entity is gone: whether its
// type ends in ".deleted".
func (e Envelope) Deleted() bool {
	return strings.HasSuffix(e.Type, ".deleted")
}

// lookup reads the raw payload in place. The paths are constants of this package, so that
// gjson's own syntax cannot be reached from outside.
func (e Envelope) lookup(path string) gjson.Result {
	return gjson.Get(text.View(e.Data), path)
}
