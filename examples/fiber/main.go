// Command fiber is a host on Fiber with clerkknock mounted in it.
//
//	export CLERK_WEBHOOK_SIGNING_SECRET=whsec_…
//	go run ./examples/fiber
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
	"github.com/gofiber/fiber/v3"
	"github.com/gofiber/fiber/v3/middleware/adaptor"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends it at once
	if err := run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "fiber:", err)
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
	return serve(ctx, listener, newApp(src))
}

// newApp mounts the source. With Fiber v2 it is the same line, with the adaptor in
// its own middleware/adaptor.
func newApp(src http.Handler) *fiber.App {
	app := fiber.New(fiber.Config{
		ReadTimeout: 10 * time.Second, // Fiber hides the connection, on which the source would set it
	})
	app.Post("/webhooks/clerk", adaptor.HTTPHandler(src))
	app.Get("/", func(c fiber.Ctx) error {
		return c.SendString("This is the host's own page. Clerk posts to /webhooks/clerk.\n")
	})
	return app
}

// serve serves until ctx is done. Then it takes no more requests, and finishes those
// in flight.
func serve(ctx context.Context, listener net.Listener, app *fiber.App) error {
	served := make(chan error, 1)
	go func() { served <- app.Listener(listener, fiber.ListenConfig{DisableStartupMessage: true}) }()
	select {
	case err := <-served:
		return err
	case <-ctx.Done():
	}
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), 15*time.Second)
	defer cancel()
	return errors.Join(app.ShutdownWithContext(grace), <-served)
}
