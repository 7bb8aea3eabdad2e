package clerkknock_test

import (
	"context"
	"fmt"
	"log"
	"strings"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/clerk"
)

const ada = `{"type": "user.created", "data": {
	"id": "user_1", "first_name": "Ada", "last_name": null, "username": "ada", "created_at": 1654012591514,
	"primary_email_address_id": "idn_2", "email_addresses": [
		{"id": "idn_1", "email_address": "old@example.com"},
		{"id": "idn_2", "email_address": "ada@example.com"}
	],
	"public_metadata": {"plan": "pro", "seats": 3}
}}`

// show prints what a value resolves to for an event of Ada's.
func show(v clerkknock.Value) {
	steps, err := clerkknock.NewMapper(clerkknock.Mapping{
		Event: "user.created", Action: clerkknock.UsersIdentify,
		Params: clerkknock.Params{"id": clerkknock.Path("data.id"), "properties": v},
	}).Rehearse(context.Background(), clerkknock.Delivery{Body: []byte(ada)})
	if err != nil {
		log.Fatal(err)
	}
	value, ok := steps[0].Action.Params["properties"]
	if !ok {
		value = []byte("(left out)")
	}
	fmt.Println(string(value))
}

// A lookup finds the element that another field points to: the primary address is
// not always the first.
func ExamplePath() {
	show(clerkknock.Path("data.email_addresses[id=data.primary_email_address_id].email_address"))
	show(clerkknock.Path("data.email_addresses[0].email_address"))
	show(clerkknock.Path("data.last_name"))
	show(clerkknock.Path("data.nickname"))
	// Output:
	// "ada@example.com"
	// "old@example.com"
	// null
	// (left out)
}

func ExampleLiteral() {
	show(clerkknock.Literal(map[string]any{"source": "clerk"}))
	// Output:
	// {"source":"clerk"}
}

func ExampleFirst() {
	show(clerkknock.First(clerkknock.Path("data.last_name"), clerkknock.Path("data.username")))
	// Output:
	// "ada"
}

func ExampleJoin() {
	show(clerkknock.Join(" ", clerkknock.Path("data.first_name"), clerkknock.Path("data.last_name")))
	// Output:
	// "Ada"
}

func ExampleTime() {
	show(clerkknock.Time("data.created_at"))
	// Output:
	// "2022-05-31T15:56:31.514Z"
}

func ExampleObject() {
	show(clerkknock.Object(clerkknock.Params{
		"plan":     clerkknock.Path("data.public_metadata.plan"),
		"nickname": clerkknock.Path("data.nickname"),
	}))
	// Output:
	// {"plan":"pro"}
}

// Func computes what no other value says. ErrMissing leaves the parameter out.
func ExampleFunc() {
	domain := func(_ context.Context, e clerk.Envelope) (any, error) {
		user, err := clerk.Decode(e, clerk.UserCreated)
		if err != nil {
			return nil, clerkknock.Permanent(err)
		}
		primary, _ := user.Data.PrimaryEmail()
		_, domain, ok := strings.Cut(primary.EmailAddress, "@")
		if !ok {
			return nil, clerkknock.ErrMissing
		}
		return map[string]any{"domain": domain}, nil
	}
	show(clerkknock.Func("domain/v1", domain))
	// Output:
	// {"domain":"example.com"}
}
