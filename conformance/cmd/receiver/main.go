// Command receiver takes Clerk's webhooks with the signing secrets of
// CLERK_WEBHOOK_SIGNING_SECRET, separated by commas, and does nothing with them.
// It prints its URL, and exits when its standard input ends.
package main

import (
	"context"
	"log"
	"log/slog"
	"net/http"
	"os"
	"strings"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/conformance/internal/child"
)

func main() {
	src, err := clerkknock.New(clerkknock.Config{
		SigningSecrets: strings.Split(os.Getenv("CLERK_WEBHOOK_SIGNING_SECRET"), ","),
		Executor:       clerkknock.ExecutorFunc(func(context.Context, clerkknock.Invocation) error { return nil }),
		Logger:         slog.New(slog.DiscardHandler), // most of what comes here is refused on purpose
	})
	if err != nil {
		log.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("POST /webhooks/clerk", src)
	child.Serve(mux)
}
