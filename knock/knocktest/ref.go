package knocktest

import (
	"cmp"
	"encoding/json"
)

// Collections in which Knock keeps what is not an object of yours.
const (
	// UsersCollection is the collection of a Ref to a user.
	UsersCollection = "$users"
	// TenantsCollection is that of tenants, which are objects too:
	// https://docs.knock.app/multi-tenancy/overview.
	TenantsCollection = "$tenants"
)

// Ref names a user, a tenant or an object.
type Ref struct{ Collection, ID string }

// String returns the ID of a user, and the collection and the ID of everything
// else.
func (r Ref) String() string {
	if r.Collection == UsersCollection {
		return r.ID
	}
	return r.Collection + "/" + r.ID
}

// MarshalJSON writes the form in which Knock takes a recipient: the ID of a
// user, {"collection", "id"} for everything else.
func (r Ref) MarshalJSON() ([]byte, error) {
	if r.Collection == UsersCollection {
		return json.Marshal(r.ID)
	}
	return json.Marshal(map[string]string{"collection": r.Collection, "id": r.ID})
}

// compare orders by collection and ID.
func (r Ref) compare(other Ref) int {
	return cmp.Or(cmp.Compare(r.Collection, other.Collection), cmp.Compare(r.ID, other.ID))
}
