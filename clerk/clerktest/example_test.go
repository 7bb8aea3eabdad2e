package clerktest_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"time"

	svix "github.com/svix/svix-webhooks/go"

	"github.com/clerkknock/clerkknock/clerk"
	"github.com/clerkknock/clerkknock/clerk/clerktest"
)

// A test of a handler that greets whoever signed up.
func ExampleNewRequest() {
	greet := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		verifier, _ := svix.NewWebhook(clerktest.Secret)
		if verifier.Verify(body, r.Header) != nil {
			http.Error(w, "unauthorized", http.StatusUnauthorized)
			return
		}
		e, _ := clerk.Parse(body)
		event, _ := clerk.Decode(e, clerk.UserCreated)
		fmt.Fprintf(w, "hello, %s", event.Data.FullName())
	})

	body := clerktest.Event(clerk.UserCreated)
	request := clerktest.NewRequest("/webhooks/clerk", clerktest.Secret, "msg_1", time.Now(), body)
	recorder := httptest.NewRecorder()
	greet.ServeHTTP(recorder, request)
	fmt.Println(recorder.Code, recorder.Body)
	// Output:
	// 200 hello, Ada Lovelace
}

// The events can be changed to what a test is about.
func ExampleEvent() {
	body := clerktest.Event("user.created",
		clerktest.Set("data.first_name", nil),
		clerktest.Set("data.email_addresses.1.verification.status", "unverified"),
		clerktest.Delete("data.locale"),
	)
	e, _ := clerk.Parse(body)
	event, _ := clerk.Decode(e, clerk.UserCreated)
	email, _ := event.Data.PrimaryEmail()
	fmt.Printf("%q %v %q\n", event.Data.FullName(), email.Verified(), event.Data.Locale)
	// Output:
	// "Lovelace" false ""
}

func ExampleSign() {
	body := []byte(`{"type":"user.created"}`)
	header := clerktest.Sign(clerktest.Secret, "msg_1", time.Unix(1748751899, 0), body)
	for _, name := range []string{"svix-id", "svix-timestamp", "svix-signature"} {
		fmt.Println(name, header.Get(name))
	}
	// Output:
	// svix-id msg_1
	// svix-timestamp 1748751899
	// svix-signature v1,uFkl67b2DMC5LjaJPjBITOut8R4VQwDlgPYWnjWjQ+E=
}
