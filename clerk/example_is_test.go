package clerk_test

import (
	"fmt"

	"github.com/clerkknock/clerkknock/clerk"
	"github.com/clerkknock/clerkknock/clerk/clerktest"
)

func ExampleEnvelope_Is() {
	for _, eventType := range []string{"user.created", "session.removed", "role.created"} {
		e, _ := clerk.Parse(clerktest.Event(eventType))
		switch {
		case e.Is(clerk.UserCreated):
			event, _ := clerk.Decode(e, clerk.UserCreated)
			fmt.Println("welcome,", event.Data.FullName())
		case e.Is(clerk.SessionEnded, clerk.SessionRemoved, clerk.SessionRevoked):
			fmt.Println("goodbye")
		default:
			fmt.Println("not interested in", e.Type)
		}
	}
	// Output:
	// welcome, Ada Lovelace
	// goodbye
	// not interested in role.created
}
