package inbox_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/clerk/clerktest"
	"github.com/clerkknock/clerkknock/inbox"
	"github.com/clerkknock/clerkknock/inbox/sqlite"
)

// Knock is back, and what has failed meanwhile does not wait for its next attempt.
func ExampleInbox_HurryAll() {
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
	var back atomic.Bool
	done := make(chan string)
	process := func(_ context.Context, d clerkknock.Delivery) (clerkknock.Report, error) {
		if !back.Load() {
			return clerkknock.Report{}, clerkknock.RetryAfter(errors.New("knock is down"), time.Hour)
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
	for stats := (inbox.Stats{}); stats.Retrying == 0; {
		if stats, err = box.Stats(ctx); err != nil {
			log.Fatal(err)
		}
	}
	for letter, err := range box.Letters(ctx, inbox.Filter{}) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(letter.Key, letter.State, "-", letter.Error)
	}

	back.Store(true)
	n, err := box.HurryAll(ctx, inbox.Filter{})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("hurried:", n)
	fmt.Println("done:", <-done)

	// Output:
	// msg_1 retrying - knock is down
	// hurried: 1
	// done: msg_1
}
