package console_test

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"time"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/clerk"
	"github.com/clerkknock/clerkknock/clerk/clerktest"
	"github.com/clerkknock/clerkknock/console"
	"github.com/clerkknock/clerkknock/eventlog"
)

// A host mounts the console behind its own login. Here it is asked why a person was not
// notified.
func ExampleHandler() {
	events := &eventlog.Memory{}
	src, err := clerkknock.New(clerkknock.Config{
		SigningSecrets: []string{clerktest.Secret},
		Executor:       clerkknock.DryRun(slog.New(slog.DiscardHandler)),
		Observers:      []clerkknock.Observer{events},
		Logger:         slog.New(slog.DiscardHandler),
	})
	if err != nil {
		panic(err)
	}
	page, err := console.Handler(console.Config{
		Source: src,
		Log:    events,
		Authorize: func(r *http.Request) (who string, ok bool) {
			name, password, _ := r.BasicAuth() // your own login
			return name, name == "grace" && password == "hopper"
		},
	})
	if err != nil {
		panic(err)
	}
	mux := http.NewServeMux()
	mux.Handle("POST /webhooks/clerk", src)
	mux.Handle("/admin/clerk/", page)

	// Clerk sends an event, and Grace opens the page of its person.
	event := clerktest.Event(clerk.SessionCreated)
	r := clerktest.NewRequest("/webhooks/clerk", clerktest.Secret, "msg_1", time.Now(), event)
	mux.ServeHTTP(httptest.NewRecorder(), r)
	r = httptest.NewRequest("GET", "/admin/clerk/people/"+clerktest.UserID, nil)
	r.SetBasicAuth("grace", "hopper")
	w := httptest.NewRecorder()
	mux.ServeHTTP(w, r)
	fmt.Println(w.Code, regexp.MustCompile(`No: [^<]*`).FindString(w.Body.String()))
	// Output:
	// 200 No: session.created:workflows_trigger would do it, and is not active.
}
