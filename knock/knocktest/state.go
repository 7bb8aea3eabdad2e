package knocktest

import (
	"cmp"
	"maps"
	"slices"
	"time"
)

// state is what the environment holds. Users and tenants are objects of their
// system collections.
type state struct {
	entities  map[Ref]entity
	subs      map[subscriptionKey]subscription
	audiences map[string]map[memberKey]member
	sequence  int
}

// entity is a user, tenant or object. Its maps are never changed, only replaced.
type entity struct {
	ref                   Ref
	properties            map[string]any // those with a meaning to Knock included
	preferences, channels map[string]any
	updatedAt             time.Time
}

type subscriptionKey struct{ object, recipient Ref }

type subscription struct {
	subscriptionKey
	sequence              int // the order of creation
	properties            map[string]any
	insertedAt, updatedAt time.Time
}

// memberKey is what makes a membership: a user may be a member once for each
// tenant and once without.
type memberKey struct{ user, tenant string }

type member struct {
	memberKey
	sequence int
	addedAt  time.Time
}

func newState() state {
	return state{
		entities:  map[Ref]entity{},
		subs:      map[subscriptionKey]subscription{},
		audiences: map[string]map[memberKey]member{},
	}
}

func (s *state) next() int {
	s.sequence++
	return s.sequence
}

func (s *state) has(ref Ref) bool {
	_, ok := s.entities[ref]
	return ok
}

// upsert merges the properties into what there is, or makes it.
func (s *state) upsert(ref Ref, properties map[string]any, now time.Time) entity {
	e := s.merged(ref, properties)
	e.updatedAt = now
	s.entities[ref] = e
	return e
}

// merged is what upsert would make.
func (s *state) merged(ref Ref, properties map[string]any) entity {
	e := s.entities[ref]
	e.ref = ref
	changes := maps.Clone(properties)
	if preferences, ok := changes["preferences"].(map[string]any); ok {
		for id, set := range preferences {
			before, _ := e.preferences[id].(map[string]any)
			changes, _ := set.(map[string]any)
			e.preferences = replaced(e.preferences, id, merge(before, withoutStrategy(changes)))
		}
	}
	if channels, ok := changes["channel_data"].(map[string]any); ok {
		for id, data := range channels {
			e.channels = replaced(e.channels, id, data)
		}
	}
	if settings, ok := changes["settings"].(map[string]any); ok && ref.Collection == TenantsCollection {
		e.properties = withSettings(e.properties, settings)
		delete(changes, "settings")
	}
	maps.DeleteFunc(changes, func(key string, _ any) bool { return unstored[key] })
	e.properties = merge(e.properties, changes)
	return e
}

// unstored are the keys of a body that are not properties of their own.
var unstored = map[string]bool{
	"__typename": true, "channel_data": true, "id": true, "preferences": true, "updated_at": true,
}

// remove deletes an entity and what hangs on it.
func (s *state) remove(ref Ref) (existed bool) {
	existed = s.has(ref)
	delete(s.entities, ref)
	maps.DeleteFunc(s.subs, func(key subscriptionKey, _ subscription) bool {
		return key.object == ref || key.recipient == ref
	})
	if ref.Collection == UsersCollection {
		for _, members := range s.audiences {
			maps.DeleteFunc(members, func(key memberKey, _ member) bool { return key.user == ref.ID })
		}
	}
	return existed
}

// subscribe upserts a subscription. Properties that are sent take the place of
// the old ones; nil leaves them.
func (s *state) subscribe(object, recipient Ref, properties map[string]any, now time.Time) subscription {
	key := subscriptionKey{object, recipient}
	sub, ok := s.subs[key]
	if !ok {
		sub = subscription{subscriptionKey: key, sequence: s.next(), insertedAt: now}
	}
	if properties != nil {
		sub.properties = properties
	}
	sub.updatedAt = now
	s.subs[key] = sub
	return sub
}

// in returns what a collection holds, by ID.
func (s *state) in(collection string) []entity {
	var found []entity
	for ref, e := range s.entities {
		if ref.Collection == collection {
			found = append(found, e)
		}
	}
	slices.SortFunc(found, func(a, b entity) int { return a.ref.compare(b.ref) })
	return found
}

// subscriptions returns those for which keep is true, the newest first.
func (s *state) subscriptions(keep func(subscription) bool) []subscription {
	var found []subscription
	for _, sub := range s.subs {
		if keep(sub) {
			found = append(found, sub)
		}
	}
	slices.SortFunc(found, func(a, b subscription) int { return cmp.Compare(b.sequence, a.sequence) })
	return found
}
