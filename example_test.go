package clerkknock_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"time"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/clerk"
	"github.com/clerkknock/clerkknock/clerk/clerktest"
	"github.com/clerkknock/clerkknock/knock"
	"github.com/clerkknock/clerkknock/knock/knocktest"
)

// A host mounts the Source in its own mux. Here Knock is an emulated one and
// Clerk a signed example event, as in a test of the host's own.
func Example() {
	api := knocktest.New(knocktest.Config{})
	server := httptest.NewServer(api)
	defer server.Close()

	executor, err := knock.New(knock.Config{APIKey: "sk_test", BaseURL: server.URL})
	if err != nil {
		log.Fatal(err)
	}
	src, err := clerkknock.New(clerkknock.Config{
		SigningSecrets: []string{clerktest.Secret},
		Executor:       executor,
		Logger:         slog.New(slog.DiscardHandler),
	})
	if err != nil {
		log.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("POST /webhooks/clerk", src)

	rec := httptest.NewRecorder()
	body := clerktest.Event("user.created")
	mux.ServeHTTP(rec, clerktest.NewRequest("/webhooks/clerk", clerktest.Secret, "msg_1", time.Now(), body))
	fmt.Println(rec.Code)
	var answer bytes.Buffer
	if err := json.Indent(&answer, rec.Body.Bytes(), "", "  "); err != nil {
		log.Fatal(err)
	}
	fmt.Print(&answer)
	for _, user := range api.Users() {
		fmt.Println(user.Properties["name"], user.Properties["email"])
	}
	// Output:
	// 200
	// {
	//   "id": "msg_1",
	//   "type": "user.created",
	//   "outcome": "succeeded",
	//   "steps": [
	//     {
	//       "id": "user.created:users_identify",
	//       "action": "users_identify",
	//       "status": "succeeded"
	//     }
	//   ]
	// }
	// Ada Lovelace ada@example.com
}

// The default table is a start; a host changes it by the IDs of the mappings.
func ExampleDefaultMapper() {
	mapper := clerkknock.DefaultMapper().
		Enable("session.created:workflows_trigger").
		Disable("user.updated:users_identify").
		Set("user.deleted:workflows_trigger", clerkknock.Params{"recipients": clerkknock.Literal([]string{"ops"})}).
		Enable("user.deleted:workflows_trigger").
		With(clerkknock.Mapping{
			Event: "waitlistEntry.created", Action: clerkknock.UsersIdentify,
			Params: clerkknock.Params{
				"id":    clerkknock.Path("data.id"),
				"email": clerkknock.Path("data.email_address"),
			},
		})
	if err := mapper.Err(); err != nil {
		log.Fatal(err)
	}
	for _, m := range mapper.Mappings() {
		if !m.Inactive {
			fmt.Println(m.ID)
		}
	}
	// Output:
	// user.created:users_identify
	// user.deleted:workflows_trigger
	// session.created:workflows_trigger
	// organization.created:tenants_set
	// organization.updated:tenants_set
	// organizationMembership.created:tenants_set
	// organizationMembership.created:objects_subscribe
	// organizationMembership.deleted:objects_unsubscribe
	// waitlistEntry.created:users_identify
}

// Mistakes are found when the host starts, not when the event arrives.
func ExampleMapper_Err() {
	mapper := clerkknock.DefaultMapper().With(clerkknock.Mapping{
		Event: "user.created", Action: clerkknock.WorkflowsTrigger,
		Params: clerkknock.Params{"key": clerkknock.Literal("welcome"), "recipients": clerkknock.Path("data.emails[")},
	})
	fmt.Println(strings.ReplaceAll(mapper.Err().Error(), ": ", ":\n"))
	// Output:
	// mapping "user.created:workflows_trigger":
	// parameter "recipients":
	// path "data.emails[":
	// [] is neither an index, a quoted key nor a lookup such as [id=data.primary_id]
}

// Code decides, with the payload in its own type.
func ExampleOn() {
	welcome := func(_ context.Context, e clerk.Event[clerk.User]) ([]clerkknock.Action, error) {
		if _, ok := e.Data.PrimaryEmail(); !ok {
			return nil, nil // nobody to write to
		}
		return []clerkknock.Action{clerkknock.NewAction(clerkknock.WorkflowsTrigger, map[string]any{
			"key": "welcome", "recipients": []string{e.Data.ID}, "data": map[string]any{"name": e.Data.FullName()},
		})}, nil
	}
	mapper := clerkknock.NewMapper(clerkknock.On(clerk.UserCreated, welcome))
	steps, err := mapper.Rehearse(context.Background(), clerkknock.Delivery{Body: clerktest.Event("user.created")})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(steps[0].ID, string(steps[0].Action.Params["data"]))
	// Output:
	// user.created:on#1 {"name":"Ada Lovelace"}
}

// A rehearsal shows what an event would do, and does nothing.
func ExampleSource_Rehearse() {
	src, err := clerkknock.New(clerkknock.Config{
		SigningSecrets: []string{clerktest.Secret},
		Executor:       clerkknock.DryRun(nil),
	})
	if err != nil {
		log.Fatal(err)
	}
	steps, err := src.Rehearse(context.Background(), clerkknock.Delivery{
		Body: clerktest.Event("organizationMembership.created"),
	})
	if err != nil {
		log.Fatal(err)
	}
	for _, step := range steps {
		fmt.Printf("%s [%s]\n", step.Action.Type, step.Action.Params["recipients"])
		fmt.Println(strings.ReplaceAll(string(step.Action.Params["properties"]), `,"`, ",\n\""))
	}
	// Output:
	// tenants_set []
	// {"image_url":"https://img.clerk.com/eyJ0eXBlIjoiZGVmYXVsdCJ9",
	// "public_metadata":{"industry":"computing"},
	// "slug":"analytical-engines"}
	// objects_subscribe ["user_3AHk2VqPz8TnWm4cYxRb6LsDgEj"]
	// {"role":"org:admin"}
}

// Actions may go to more than one place, and be only logged.
func ExampleTee() {
	audit := clerkknock.ExecutorFunc(func(_ context.Context, inv clerkknock.Invocation) error {
		fmt.Println("audit:", inv.Event.Type, inv.Action.Type)
		return nil
	})
	withoutTime := &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}}
	executor := clerkknock.Tee(audit, clerkknock.DryRun(slog.New(slog.NewTextHandler(os.Stdout, withoutTime))))
	err := executor.Execute(context.Background(), clerkknock.Invocation{
		Action:    clerkknock.NewAction(clerkknock.UsersIdentify, map[string]any{"id": "user_1", "email": "ada@example.com"}),
		Event:     clerk.Envelope{ID: "msg_1", Type: "user.created"},
		MappingID: "identify",
	})
	fmt.Println(err)
	// Output:
	// audit: user.created users_identify
	// level=INFO msg="clerkknock: dry run" action=users_identify mapping=identify svix_id=msg_1 params="[email id]"
	// <nil>
}

// An executor says whether a retry can help.
func ExamplePermanent() {
	errGone := errors.New("account is closed")
	executor := clerkknock.ExecutorFunc(func(context.Context, clerkknock.Invocation) error {
		return clerkknock.Permanent(errGone)
	})
	err := executor.Execute(context.Background(), clerkknock.Invocation{})
	fmt.Println(err, clerkknock.IsPermanent(err), errors.Is(err, errGone))
	// Output:
	// account is closed true true
}

// Whoever leaves Knock's hosted source brings the mappings along.
func ExampleReadMappings() {
	mappings, err := clerkknock.ReadMappings([]byte(`{
		"key": "clerk",
		"environment_settings": {"production": {"mappings": [{
			"event_type": "user.created",
			"action_type": "users_identify",
			"action_parameters": {"id": "body.data.id", "name": "body.data.first_name", "phone_number": null},
			"active": true
		}]}}
	}`), "production")
	if err != nil {
		log.Fatal(err)
	}
	mapper := clerkknock.NewMapper(mappings...)
	fmt.Println(mapper.Mappings()[0].ID, mapper.Err())
	// Output:
	// user.created:users_identify <nil>
}
