// Command chi is a host on chi with clerkknock mounted in it.
//
//	export CLERK_WEBHOOK_SIGNING_SECRET=whsec_…
//	go run ./examples/chi
//
// Settings come from the environment:
//
//	ADDR                          where to listen, 127.0.0.1:8080 unless set
//	CLERK_WEBHOOK_SIGNING_SECRET  of the Clerk endpoint; required
//	KNOCK_API_KEY                 of the Knock environment to write to; unset: actions are only logged
package main

import (
	"cmp"
	"context"
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
	"github.com/clerkknock/clerkknock/knock"
	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends it at once
	if err := run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "chi:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	executor := clerkknock.DryRun(slog.Default())
	if key := os.Getenv("KNOCK_API_KEY"); key != "" {
		var err error
		if executor, err = knock.New(knock.Config{APIKey: key}); err != nil {
			return err
		}
	}
	src, err := clerkknock.New(clerkknock.Config{
		SigningSecrets: []string{os.Getenv("CLERK_WEBHOOK_SIGNING_SECRET")},
		Executor:       executor,
	})
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", cmp.Or(os.Getenv("ADDR"), "127.0.0.1:8080"))
	if err != nil {
		return fmt.Errorf("cannot listen: %w; set ADDR to another address", err)
	}
	fmt.Printf("Listening on http://%s\n", listener.Addr())
	return serve(ctx, listener, routes(src))
}

// routes mounts the source beside the host's groups. Clerk cannot log in: what asks for a
// login is used in the group of the host's own pages only.
func routes(src http.Handler) http.Handler {
	r := chi.NewRouter()
	r.Use(middleware.RequestID, middleware.Recoverer)
	r.Method(http.MethodPost, "/webhooks/clerk", src)
	r.Group(func(r chi.Router) {
		r.Use(middleware.NoCache) // and what asks for a login
		r.Get("/", func(w http.ResponseWriter, _ *http.Request) {
			fmt.Fprintln(w, "This is the host's own page. Clerk posts to /webhooks/clerk.")
		})
	})
	return r
}

// serve serves until ctx is done. Then it takes no more requests, and finishes those in
// flight.
func serve(ctx context.Context, listener net.Listener, handler http.Handler) error {
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
	if err := server.Shutdown(grace); err != nil {
		return err
	}
	if err := <-served; !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
