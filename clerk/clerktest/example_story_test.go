package clerktest_test

import (
	"fmt"

	"github.com/clerkknock/clerkknock/clerk"
	"github.com/clerkknock/clerkknock/clerk/clerktest"
)

// The ids of the story say what a test expects, without a look into the fixtures.
func Example() {
	members := map[string]string{}
	for _, body := range [][]byte{
		clerktest.Event(clerk.OrganizationMembershipCreated),
		clerktest.Event(clerk.OrganizationMembershipCreated, clerktest.Set("data.public_user_data.user_id", "user_2")),
		clerktest.Event(clerk.OrganizationMembershipDeleted),
	} {
		e, _ := clerk.Parse(body)
		switch {
		case e.Is(clerk.OrganizationMembershipCreated):
			event, _ := clerk.Decode(e, clerk.OrganizationMembershipCreated)
			members[event.Data.PublicUserData.UserID] = event.Data.Organization.ID
		case e.Is(clerk.OrganizationMembershipDeleted):
			event, _ := clerk.Decode(e, clerk.OrganizationMembershipDeleted)
			delete(members, event.Data.PublicUserData.UserID)
		}
	}
	_, left := members[clerktest.UserID]
	fmt.Println(left, members["user_2"] == clerktest.OrganizationID)
	// Output:
	// false true
}
