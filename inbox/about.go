package inbox

import (
	"strings"

	"github.com/clerkknock/clerkknock/clerk"
)

// about is whom a stored delivery is about, to find it by. Both are escaped, and empty if
// there is none.
type about struct {
	// Entity is what the event is about.
	Entity string `json:"entity,omitempty"`
	// Person is the user whom that belongs to, if it is not a user itself: a session's, a
	// membership's, a message's.
	Person string `json:"person,omitempty"`
	// Organization is the one that it belongs to, in the same way. Only the event log
	// finds by it.
	Organization string `json:"-"`
}

// aboutOf reads it from the body of an event.
func aboutOf(body []byte) about {
	e, err := clerk.Parse(body)
	if err != nil {
		return about{}
	}
	a := about{Entity: indexKey(e.Entity())}
	for _, entity := range e.Entities() {
		switch kind, _, _ := strings.Cut(entity, "/"); {
		case entity == e.Entity():
		case kind == "user":
			a.Person = indexKey(entity)
		case kind == "organization":
			a.Organization = indexKey(entity)
		}
	}
	return a
}
