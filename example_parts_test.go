package clerkknock_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"net/http/httptest"
	"time"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/clerk"
	"github.com/clerkknock/clerkknock/clerk/clerktest"
)

// A Verifier alone serves a handler of the host's own. While a secret is rotated,
// the old and the new one are both accepted.
func ExampleNewVerifier() {
	const old, current = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", clerktest.Secret
	v, err := clerkknock.NewVerifier(current, old)
	if err != nil {
		log.Fatal(err)
	}
	body := clerktest.Event("user.created")
	signed := clerktest.NewRequest("/", old, "msg_1", time.Now(), body)
	fmt.Println(v.Verify(body, signed.Header))
	err = v.Verify(append(body, ' '), signed.Header)
	fmt.Println(errors.Is(err, clerkknock.ErrNoMatch))
	// Output:
	// <nil>
	// true
}

// What several mappings need is computed once, in the Preprocess hook.
func ExampleMapper_Preprocess() {
	mapper := clerkknock.DefaultMapper().
		Preprocess(func(_ context.Context, e clerk.Envelope) (map[string]any, error) {
			return map[string]any{"region": "eu"}, nil
		}).
		Set("user.created:users_identify", clerkknock.Params{
			"properties": clerkknock.Object(clerkknock.Params{"region": clerkknock.Path("preprocess.region")}),
		})
	steps, err := mapper.Rehearse(context.Background(), clerkknock.Delivery{Body: clerktest.Event("user.created")})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(string(steps[0].Action.Params["properties"]))
	// Output:
	// {"region":"eu"}
}

// An executor that is sent away says for how long. Clerk's sender is told, and an
// inbox waits that long.
func ExampleRetryAfter() {
	executor := clerkknock.ExecutorFunc(func(context.Context, clerkknock.Invocation) error {
		return clerkknock.RetryAfter(errors.New("too many requests"), 30*time.Second)
	})
	err := executor.Execute(context.Background(), clerkknock.Invocation{})
	var after interface{ RetryAfter() time.Duration }
	fmt.Println(err, clerkknock.IsPermanent(err), errors.As(err, &after) && after.RetryAfter() == 30*time.Second)
	// Output:
	// too many requests false true
}

// An Observer is told what becomes of every request: here it counts them.
func ExampleObserverFunc() {
	count := map[clerkknock.Outcome]int{}
	src, err := clerkknock.New(clerkknock.Config{
		SigningSecrets: []string{clerktest.Secret},
		Executor:       clerkknock.DryRun(slog.New(slog.DiscardHandler)),
		Logger:         slog.New(slog.DiscardHandler),
		Observers: []clerkknock.Observer{
			clerkknock.ObserverFunc(func(_ context.Context, _ clerkknock.Delivery, r clerkknock.Report) error {
				count[r.Outcome]++
				return nil
			}),
		},
	})
	if err != nil {
		log.Fatal(err)
	}
	post := func(secret, eventType string) {
		r := clerktest.NewRequest("/", secret, "msg_"+eventType, time.Now(), clerktest.Event(eventType))
		src.ServeHTTP(httptest.NewRecorder(), r)
	}
	post(clerktest.Secret, "user.created")
	post(clerktest.Secret, "sms.created")
	post("whsec_"+"MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "user.deleted")
	fmt.Println(count)
	// Output:
	// map[ignored:1 refused:1 succeeded:1]
}
