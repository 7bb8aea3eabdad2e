package clerk_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"os"

	"github.com/clerkknock/clerkknock/clerk"
	"github.com/clerkknock/clerkknock/clerk/clerktest"
)

// A receiver parses what it has verified and decodes the events it is interested
// in.
func Example() {
	for _, eventType := range []string{"user.created", "organizationMembership.created", "user.deleted"} {
		e, err := clerk.Parse(clerktest.Event(eventType))
		if err != nil {
			fmt.Println(err)
			return
		}
		switch e.Type {
		case string(clerk.UserCreated):
			event, err := clerk.Decode(e, clerk.UserCreated)
			fmt.Println("welcome,", event.Data.FullName(), err)
		case string(clerk.OrganizationMembershipCreated):
			event, err := clerk.Decode(e, clerk.OrganizationMembershipCreated)
			fmt.Println(event.Data.Role, "of", event.Data.Organization.Name, err)
		default:
			fmt.Println("not interested in", e.Type)
		}
	}
	// Output:
	// welcome, Ada Lovelace <nil>
	// org:admin of Analytical Engines <nil>
	// not interested in user.deleted
}

func ExampleParse() {
	e, err := clerk.Parse([]byte(`{"type":"user.created","data":{"id":"user_1"},"timestamp":1748751899130}`))
	fmt.Println(e.Type, e.Timestamp, string(e.Data), err)

	_, err = clerk.Parse([]byte(`{"type":"user.created","data":{"id":"us`))
	fmt.Println(err)
	// Output:
	// user.created 2025-06-01 04:24:59.13 +0000 UTC {"id":"user_1"} <nil>
	// clerk: body is not a JSON object
}

func ExampleDecode() {
	e, _ := clerk.Parse(clerktest.Event("session.created"))

	event, err := clerk.Decode(e, clerk.SessionCreated)
	fmt.Println(event.Data.Status, event.Data.LatestActivity.City, err)

	_, err = clerk.Decode(e, clerk.SessionEnded)
	fmt.Println(err)
	// Output:
	// active London <nil>
	// clerk: event is of another type
}

// An event that is newer than this package, with a payload of your own.
func ExampleEventType() {
	type Locked struct {
		ID       string     `json:"id"`
		LockedAt clerk.Time `json:"locked_at"`
	}
	const UserLocked clerk.EventType[Locked] = "user.locked"

	e, _ := clerk.Parse([]byte(`{"type":"user.locked","data":{"id":"user_1","locked_at":1748751899130}}`))
	event, err := clerk.Decode(e, UserLocked)
	fmt.Println(event.Data.ID, event.Data.LockedAt, err)
	// Output:
	// user_1 2025-06-01 04:24:59.13 +0000 UTC <nil>
}

func ExampleUser_PrimaryEmail() {
	e, _ := clerk.Parse(clerktest.Event("user.created"))
	event, _ := clerk.Decode(e, clerk.UserCreated)

	email, ok := event.Data.PrimaryEmail()
	fmt.Println(email.EmailAddress, email.Verified(), ok)
	fmt.Println("the first is", event.Data.EmailAddresses[0].EmailAddress)
	// Output:
	// ada@example.com true true
	// the first is ada.old@example.org
}

// Later is newer, and the two memberships of one user in one organization are one
// entity.
func ExampleEnvelope_Entity() {
	for _, eventType := range []string{"organizationMembership.created", "organizationMembership.deleted"} {
		e, _ := clerk.Parse(clerktest.Event(eventType))
		fmt.Println(e.Entity(), e.ChangedAt().Format("Jan _2 15:04"), e.Deleted())
	}
	// Output:
	// membership/org_3AHmT4bGx9VwKp2RnZc6YdLqEsF/user_3AHk2VqPz8TnWm4cYxRb6LsDgEj Mar  2 08:10 false
	// membership/org_3AHmT4bGx9VwKp2RnZc6YdLqEsF/user_3AHk2VqPz8TnWm4cYxRb6LsDgEj Mar  5 08:00 true
}

// Metadata is JSON until you say what is in it.
func ExampleUser() {
	e, _ := clerk.Parse(clerktest.Event("user.created"))
	event, _ := clerk.Decode(e, clerk.UserCreated)

	var metadata struct{ Plan string }
	err := json.Unmarshal(event.Data.PublicMetadata, &metadata)
	fmt.Println(metadata.Plan, err)
	// Output:
	// pro <nil>
}

func ExampleHidden() {
	e, _ := clerk.Parse(clerktest.Event("sms.created"))
	event, _ := clerk.Decode(e, clerk.SMSCreated)

	log := slog.New(slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{ReplaceAttr: withoutTime}))
	log.Info("to send", "to", event.Data.ToPhoneNumber, "message", event.Data.Message)
	fmt.Println(event.Data.Message)
	fmt.Println(event.Data.Message.Reveal())
	// Output:
	// level=INFO msg="to send" to=+15550100001 message=[redacted]
	// [redacted]
	// 000000 is your made-up code. do-not-forward
}

func withoutTime(_ []string, a slog.Attr) slog.Attr {
	if a.Key == slog.TimeKey {
		return slog.Attr{}
	}
	return a
}
