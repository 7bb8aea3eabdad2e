package eventlog_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/clerk"
	"github.com/clerkknock/clerkknock/clerk/clerktest"
	"github.com/clerkknock/clerkknock/eventlog"
)

// The story of a user: what came, what became of it each time, and why. Another request
// was refused.
func Example() {
	down := true
	knock := clerkknock.ExecutorFunc(func(context.Context, clerkknock.Invocation) error {
		if down {
			return errors.New("knock is down")
		}
		return nil
	})
	events := &eventlog.Memory{}
	src, err := clerkknock.New(clerkknock.Config{
		SigningSecrets: []string{clerktest.Secret},
		Executor:       knock,
		Observers:      []clerkknock.Observer{events},
		Logger:         slog.New(slog.NewTextHandler(io.Discard, nil)),
	})
	if err != nil {
		panic(err)
	}
	post := func(secret, id string) {
		body := clerktest.Event(clerk.UserCreated, clerktest.Set("data.id", "user_1"))
		src.ServeHTTP(httptest.NewRecorder(), clerktest.NewRequest("/webhooks/clerk", secret, id, time.Now(), body))
	}
	post(clerktest.Secret, "msg_1")
	down = false
	post(clerktest.Secret, "msg_1")
	post("whsec_"+"c29tZWJvZHkgZWxzZSdzIHNlY3JldCwgMzIgYnl0ZXM=", "msg_2")

	ctx := context.Background()
	story, err := events.Entries(ctx, eventlog.Query{Entity: clerk.UserEntity("user_1")})
	if err != nil {
		panic(err)
	}
	for _, entry := range story {
		fmt.Println(entry.Delivery.ID, entry.Type, entry.Outcome, "after", entry.Attempts, "attempts")
		for _, report := range entry.Reports {
			fmt.Println("-", report.Steps[0].ID, report.Steps[0].Status, report.Err)
		}
	}
	refused, err := events.Entries(ctx, eventlog.Query{Outcome: clerkknock.OutcomeRefused})
	if err != nil {
		panic(err)
	}
	for _, entry := range refused {
		fmt.Println(entry.Delivery.ID, entry.Latest().Answer == http.StatusUnauthorized, entry.Latest().Err)
	}
	// Output:
	// msg_1 user.created succeeded after 2 attempts
	// - user.created:users_identify retry step user.created:users_identify: knock is down
	// - user.created:users_identify succeeded <nil>
	// msg_2 true no signature matches; check the signing secret and that nothing rewrites the body
}
