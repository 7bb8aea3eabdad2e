package inbox

import (
	"cmp"
	"encoding/json"

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
}

// aboutOf reads it from the body of an event.
func aboutOf(body []byte) about {
	e, err := clerk.Parse(body)
	if err != nil {
		return about{}
	}
	var data struct {
		UserID         string `json:"user_id"`
		PublicUserData struct {
			UserID string `json:"user_id"`
		} `json:"public_user_data"`
		User struct {
			ID string `json:"id"`
		} `json:"user"`
	}
	// What is of another kind than expected is passed over.
	_ = json.Unmarshal(e.Data, &data)
	a := about{Entity: indexKey(e.Entity())}
	if id := cmp.Or(data.UserID, data.PublicUserData.UserID, data.User.ID); id != "" {
		a.Person = indexKey(clerk.UserEntity(id))
	}
	return a
}
