package whatif_test

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"log"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/clerk/clerktest"
	"github.com/clerkknock/clerkknock/knock"
	"github.com/clerkknock/clerkknock/whatif"
)

// deliveries are those of bodies.
func deliveries(bodies ...string) iter.Seq2[clerkknock.Delivery, error] {
	return func(yield func(clerkknock.Delivery, error) bool) {
		for i, body := range bodies {
			if !yield(clerkknock.Delivery{ID: fmt.Sprintf("msg_%d", i+1), Body: []byte(body)}, nil) {
				return
			}
		}
	}
}

// A name is put together in another way, and organizations that are deleted take their
// tenant along.
func ExampleCompare() {
	inForce := clerkknock.DefaultMapper()
	changed := inForce.
		Set("user.created:users_identify", clerkknock.Params{"name": clerkknock.Path("data.first_name")}).
		Enable("organization.deleted:tenants_delete")
	past := deliveries(
		string(clerktest.Event("user.created")),
		string(clerktest.Event("user.updated")),
		string(clerktest.Event("organization.deleted")),
		string(clerktest.Event("email.created")),
		"",
	)
	result, err := whatif.Compare(context.Background(), whatif.Config{InForce: inForce, Changed: changed}, past)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Print(result)
	// Output:
	// 4 events: 2 differ, 2 unchanged, 1 of them not mapped
	// 1 unreadable: the body is missing
	//
	// event                 mapping                              what     steps
	// organization.deleted  organization.deleted:tenants_delete  added    1
	// user.created          user.created:users_identify          changed  1: name
}

// With an Executor that can rehearse, the examples show the requests.
func ExampleConfig() {
	executor, err := knock.New(knock.Config{APIKey: "sk_test"})
	if err != nil {
		log.Fatal(err)
	}
	inForce := clerkknock.DefaultMapper()
	result, err := whatif.Compare(context.Background(), whatif.Config{
		InForce:  inForce,
		Changed:  inForce.Disable("user.created:users_identify"),
		Executor: executor,
	}, deliveries(`{"type":"user.created","data":{"id":"user_1","first_name":"Ada"}}`))
	if err != nil {
		log.Fatal(err)
	}
	shown, err := json.MarshalIndent(result.Changes[0].Examples, "", "  ")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(string(shown))
	// Output:
	// [
	//   {
	//     "delivery": "msg_1",
	//     "before": {
	//       "id": "user.created:users_identify",
	//       "action": "users_identify",
	//       "params": {
	//         "id": "user_1",
	//         "name": "Ada",
	//         "properties": {}
	//       },
	//       "requests": [
	//         {
	//           "method": "PUT",
	//           "path": "/v1/users/user_1",
	//           "body": {
	//             "name": "Ada"
	//           }
	//         }
	//       ]
	//     }
	//   }
	// ]
}

// A test of a host's refuses a change of its table that makes fewer calls. What it
// prints is kept with the output of tests, and so it holds no values.
func ExampleResult_Count() {
	test := func(t interface {
		Errorf(format string, args ...any)
	}, changed *clerkknock.Mapper) {
		result, err := whatif.Compare(context.Background(), whatif.Config{
			InForce: clerkknock.DefaultMapper(), Changed: changed, HideValues: true,
		}, deliveries(string(clerktest.Event("user.created")))) // those that your event log has
		if err != nil {
			log.Fatal(err)
		}
		if n := result.Count(whatif.Dropped, whatif.Fails); n > 0 {
			t.Errorf("%d calls are gone: %s", n, result.Changes[0].Examples)
		}
	}
	test(printer{}, clerkknock.DefaultMapper().Disable("user.created:users_identify"))
	// Output:
	// 1 calls are gone: [msg_1 before: user.created:users_identify(users_identify), after: nothing]
}

// printer stands for a *testing.T.
type printer struct{}

func (printer) Errorf(format string, args ...any) { fmt.Printf(format+"\n", args...) }
