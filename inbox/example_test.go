package inbox_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/clerk/clerktest"
	"github.com/clerkknock/clerkknock/inbox"
	"github.com/clerkknock/clerkknock/inbox/sqlite"
)

// A host whose deliveries are in a file before they are acknowledged.
// postgres.Open instead of sqlite.Open is all that several machines need.
func Example() {
	dir, err := os.MkdirTemp("", "inbox")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	ctx := context.Background()

	box, err := sqlite.Open(ctx, filepath.Join(dir, "clerk.db"), inbox.Config{})
	if err != nil {
		log.Fatal(err)
	}
	defer box.Close()

	executed := make(chan string)
	src, err := clerkknock.New(clerkknock.Config{
		SigningSecrets: []string{clerktest.Secret},
		Executor: clerkknock.ExecutorFunc(func(_ context.Context, inv clerkknock.Invocation) error {
			executed <- string(inv.Action.Type)
			return nil
		}),
		Inbox:     box,
		Observers: []clerkknock.Observer{box.EventLog()},
		Logger:    slog.New(slog.DiscardHandler),
	})
	if err != nil {
		log.Fatal(err)
	}

	// Clerk delivers, and delivers again.
	for range 2 {
		body := clerktest.Event("user.created")
		request := clerktest.NewRequest("/webhooks/clerk", clerktest.Secret, "msg_1", time.Now(), body)
		answer := httptest.NewRecorder()
		src.ServeHTTP(answer, request)
		fmt.Println(answer.Code, http.StatusText(answer.Code))
	}
	stats, err := box.Stats(ctx)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("backlog:", stats.Backlog())

	// The backlog is worked off from here on, until Close.
	if err := box.Start(ctx, src.Process); err != nil {
		log.Fatal(err)
	}
	fmt.Println("executed:", <-executed)

	// Output:
	// 202 Accepted
	// 202 Accepted
	// backlog: 1
	// executed: users_identify
}

// A delivery that Knock refuses for good is kept until the cause is mended.
func ExampleInbox_Replay() {
	dir, err := os.MkdirTemp("", "inbox")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	ctx := context.Background()
	box, err := sqlite.Open(ctx, filepath.Join(dir, "clerk.db"), inbox.Config{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		log.Fatal(err)
	}
	defer box.Close()

	// This stands for the Process of a Source.
	var mended atomic.Bool
	done := make(chan string)
	process := func(_ context.Context, d clerkknock.Delivery) (clerkknock.Report, error) {
		if !mended.Load() {
			return clerkknock.Report{}, clerkknock.Permanent(errors.New("no such workflow"))
		}
		done <- d.ID
		return clerkknock.Report{}, nil
	}
	if err := box.Put(ctx, clerkknock.Delivery{ID: "msg_1", Body: clerktest.Event("user.created")}); err != nil {
		log.Fatal(err)
	}
	if err := box.Start(ctx, process); err != nil {
		log.Fatal(err)
	}
	for stats := (inbox.Stats{}); stats.Dead == 0; {
		if stats, err = box.Stats(ctx); err != nil {
			log.Fatal(err)
		}
	}
	for letter, err := range box.Dead(ctx, inbox.Period{}) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println("dead:", letter.Key, letter.Type, "-", letter.Error)
		mended.Store(true)
		if err := box.Replay(ctx, letter.Key); err != nil {
			log.Fatal(err)
		}
	}
	fmt.Println("done:", <-done)

	// Output:
	// dead: msg_1 user.created - no such workflow
	// done: msg_1
}
