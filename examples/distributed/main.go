// Command distributed is a host that runs as many times as you like on one
// PostgreSQL: on several machines, or several times on this one.
//
//	export DATABASE_URL=postgres://postgres@127.0.0.1:5432/postgres
//	export CLERK_WEBHOOK_SIGNING_SECRET=whsec_…
//	ADDR=127.0.0.1:8081 go run ./examples/distributed &
//	ADDR=127.0.0.1:8082 go run ./examples/distributed &
//
// Put a load balancer in front, or give Clerk the address of any of them: what
// one has accepted another may execute, each event once, those of one user one
// after another. Kill one, and the others take over what it was doing.
//
// Settings come from the environment:
//
//	ADDR                          where to listen, 127.0.0.1:8080 unless set
//	CLERK_WEBHOOK_SIGNING_SECRET  of the Clerk endpoint, the same for all; required
//	DATABASE_URL                  of the PostgreSQL that they share; required
//	DATABASE_SCHEMA               where its tables are, clerkknock unless set
//	KNOCK_API_KEY                 of the Knock environment to write to; unset: actions are only logged
package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/inbox"
	"github.com/clerkknock/clerkknock/inbox/postgres"
	"github.com/clerkknock/clerkknock/knock"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends it at once
	logger := slog.New(slog.NewTextHandler(os.Stderr, nil))
	if err := run(ctx, os.Getenv, logger, func(net.Addr) {}); err != nil {
		fmt.Fprintln(os.Stderr, "distributed:", err)
		os.Exit(1)
	}
}

// run serves until ctx is done. It calls listening once it does.
func run(ctx context.Context, getenv func(string) string, logger *slog.Logger, listening func(net.Addr)) error {
	if getenv("DATABASE_URL") == "" {
		return errors.New("DATABASE_URL is not set")
	}
	config := inbox.Config{Schema: getenv("DATABASE_SCHEMA"), Logger: logger}
	box, err := postgres.Open(ctx, getenv("DATABASE_URL"), config)
	if err != nil {
		return err
	}
	defer box.Close()

	executor := clerkknock.DryRun(logger)
	if key := getenv("KNOCK_API_KEY"); key != "" {
		if executor, err = knock.New(knock.Config{APIKey: key}); err != nil {
			return err
		}
	}
	src, err := clerkknock.New(clerkknock.Config{
		SigningSecrets: []string{getenv("CLERK_WEBHOOK_SIGNING_SECRET")},
		Executor:       executor,
		Inbox:          box,
		Observers:      []clerkknock.Observer{box.EventLog()},
		Logger:         logger,
	})
	if err != nil {
		return err
	}
	// The signal does not stop the inbox: serve does, when the requests are finished.
	if err := box.Start(context.WithoutCancel(ctx), src.Process); err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.Handle("POST /webhooks/clerk", src)
	mux.HandleFunc("GET /inbox", func(w http.ResponseWriter, r *http.Request) {
		stats, err := box.Stats(r.Context())
		if err != nil {
			http.Error(w, "the database does not answer", http.StatusServiceUnavailable)
			return
		}
		_ = json.NewEncoder(w).Encode(stats)
	})

	listener, err := net.Listen("tcp", cmp.Or(getenv("ADDR"), "127.0.0.1:8080"))
	if err != nil {
		return fmt.Errorf("cannot listen: %w; set ADDR to another address", err)
	}
	fmt.Printf("Listening on http://%s\n", listener.Addr())
	listening(listener.Addr())
	return serve(ctx, listener, mux, box.Inbox)
}

// serve serves until ctx is done. Then it takes no more requests, finishes those in
// flight, and stops the inbox; what waits in there goes on in the other processes.
func serve(ctx context.Context, listener net.Listener, handler http.Handler, box *inbox.Inbox) error {
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	select {
	case err := <-served:
		return err
	case <-ctx.Done():
	}
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), 15*time.Second)
	defer cancel()
	return errors.Join(server.Shutdown(grace), box.Stop(grace))
}
