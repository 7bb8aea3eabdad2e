package knocktest

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"time"
)

// User is a user of the environment. Numbers among the properties are
// json.Number, as they were sent.
type User struct {
	ID string
	// Properties are all that was set, "email" and the like and custom ones. A
	// property that was set to null is there and nil.
	Properties map[string]any
	// Preferences are by the ID of their set, ChannelData by that of the channel.
	Preferences, ChannelData map[string]any
	UpdatedAt                time.Time
}

// MarshalJSON writes the properties beside the ID, as the API does.
func (u User) MarshalJSON() ([]byte, error) { return marshalFlat(u) }

// Tenant is a tenant of the environment, like a User.
type Tenant User

// MarshalJSON writes the properties beside the ID, as the API does.
func (t Tenant) MarshalJSON() ([]byte, error) { return marshalFlat(User(t)) }

func marshalFlat(u User) ([]byte, error) {
	flat := merge(u.Properties, map[string]any{"id": u.ID})
	if len(u.Preferences) > 0 {
		flat["preferences"] = u.Preferences
	}
	if len(u.ChannelData) > 0 {
		flat["channel_data"] = u.ChannelData
	}
	return json.Marshal(flat)
}

// Object is an object of the environment.
type Object struct {
	Collection  string         `json:"collection"`
	ID          string         `json:"id"`
	Properties  map[string]any `json:"properties"`
	Preferences map[string]any `json:"preferences,omitempty"`
	ChannelData map[string]any `json:"channel_data,omitempty"`
	UpdatedAt   time.Time      `json:"-"`
}

// Subscription is a recipient's subscription to an object or a tenant.
type Subscription struct {
	Object     Ref            `json:"object"`
	Recipient  Ref            `json:"recipient"`
	Properties map[string]any `json:"properties,omitempty"`
}

// AudienceMember is a user in an audience, perhaps within a tenant.
type AudienceMember struct {
	User   string `json:"user"`
	Tenant string `json:"tenant,omitempty"`
}

// Audience is an audience with its members.
type Audience struct {
	Key     string           `json:"key"`
	Members []AudienceMember `json:"members"`
}

// Snapshot is everything that the environment holds, in a fixed order and
// without times and generated IDs: equal states have equal JSON.
type Snapshot struct {
	Users         []User         `json:"users"`
	Tenants       []Tenant       `json:"tenants"`
	Objects       []Object       `json:"objects"`
	Subscriptions []Subscription `json:"subscriptions"`
	Audiences     []Audience     `json:"audiences"`
	// Triggers and Cancels are in the order of the calls.
	Triggers []Trigger `json:"triggers"`
	Cancels  []Cancel  `json:"cancels"`
}

// Snapshot returns everything that the environment holds. Like all readers of
// API, it carries out pending bulk operations first.
func (a *API) Snapshot() Snapshot {
	defer a.settle()()
	snap := Snapshot{
		Users: a.users(), Tenants: a.tenants(), Objects: a.objects(func(collection string) bool {
			return collection != UsersCollection && collection != TenantsCollection
		}),
		Subscriptions: a.subscriptions(func(subscription) bool { return true }),
		Audiences:     []Audience{},
		Triggers:      a.triggers(), Cancels: a.cancels(),
	}
	for _, key := range slices.Sorted(maps.Keys(a.state.audiences)) {
		snap.Audiences = append(snap.Audiences, Audience{key, a.members(key)})
	}
	return snap
}

func (a *API) users() []User {
	all := []User{}
	for _, e := range a.state.in(UsersCollection) {
		all = append(all, e.user())
	}
	return all
}

func (a *API) tenants() []Tenant {
	all := []Tenant{}
	for _, e := range a.state.in(TenantsCollection) {
		all = append(all, Tenant(e.user()))
	}
	return all
}

func (e entity) user() User {
	return User{e.ref.ID, cloneMap(e.properties), cloneMap(e.preferences), cloneMap(e.channels), e.updatedAt}
}

func (e entity) object() Object {
	return Object{
		e.ref.Collection, e.ref.ID, cloneMap(e.properties), cloneMap(e.preferences), cloneMap(e.channels), e.updatedAt,
	}
}

func (a *API) objects(keep func(collection string) bool) []Object {
	all := []Object{}
	for ref, e := range a.state.entities {
		if keep(ref.Collection) {
			all = append(all, e.object())
		}
	}
	slices.SortFunc(all, func(a, b Object) int {
		return Ref{a.Collection, a.ID}.compare(Ref{b.Collection, b.ID})
	})
	return all
}

func (a *API) subscriptions(keep func(subscription) bool) []Subscription {
	all := []Subscription{}
	for _, sub := range a.state.subscriptions(keep) {
		all = append(all, Subscription{sub.object, sub.recipient, cloneMap(sub.properties)})
	}
	slices.SortFunc(all, func(a, b Subscription) int {
		return cmp.Or(a.Object.compare(b.Object), a.Recipient.compare(b.Recipient))
	})
	return all
}

func (a *API) members(key string) []AudienceMember {
	all := []AudienceMember{}
	for k := range a.state.audiences[key] {
		all = append(all, AudienceMember{k.user, k.tenant})
	}
	slices.SortFunc(all, func(a, b AudienceMember) int {
		return cmp.Or(cmp.Compare(a.User, b.User), cmp.Compare(a.Tenant, b.Tenant))
	})
	return all
}

func (a *API) triggers() []Trigger {
	all := []Trigger{}
	for _, t := range a.workflows.triggers.items {
		t.Recipients, t.Unresolved, t.Runs = slices.Clone(t.Recipients), slices.Clone(t.Unresolved), slices.Clone(t.Runs)
		t.Data, t.Settings = cloneMap(t.Data), cloneMap(t.Settings)
		if t.Actor != nil {
			actor := *t.Actor
			t.Actor = &actor
		}
		all = append(all, t)
	}
	return all
}

func (a *API) cancels() []Cancel {
	all := []Cancel{}
	for _, c := range a.workflows.cancels.items {
		c.Recipients, c.RunIDs = slices.Clone(c.Recipients), slices.Clone(c.RunIDs)
		all = append(all, c)
	}
	return all
}
