// Command quickstart is a host with clerkknock mounted in it. Without any
// setting it has an emulated Knock inside, sends itself the signed events of a
// little story and shows what they lead to:
//
//	go run ./examples/quickstart
//
// Settings come from the environment:
//
//	ADDR                          where to listen, 127.0.0.1:8080 unless set
//	CLERK_WEBHOOK_SIGNING_SECRET  of the Clerk endpoint, several separated by commas; unset: one is made
//	KNOCK_API_KEY                 of the Knock environment to write to; unset: an emulated Knock
//	KNOCK_BASE_URL                of an API other than Knock's own
//	QUICKSTART_DB                 the file of the inbox; unset: one in the user's cache folder
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/inbox"
	"github.com/clerkknock/clerkknock/inbox/sqlite"
	"github.com/clerkknock/clerkknock/knock"
)

func main() {
	once := flag.Bool("once", false, "play the example events, print what they led to, and stop")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, *once, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "quickstart:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, once bool, out io.Writer) error {
	s, err := readSettings(os.Getenv)
	if err != nil {
		return err
	}
	if once && s.apiKey != "" && (s.baseURL == "" || strings.Contains(s.baseURL, "knock.app")) {
		return errors.New("-once would write the people of the example into your Knock environment; unset KNOCK_API_KEY")
	}

	// The emulated Knock, or nothing.
	emulated, err := emulate(&s)
	if err != nil {
		return err
	}
	defer emulated.Close()

	// This is the part to copy: the inbox, the source, the mux.
	logger := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	box, err := sqlite.Open(ctx, s.database, inbox.Config{Logger: logger})
	if err != nil {
		return fmt.Errorf("%s: %w; set QUICKSTART_DB to another file", s.database, err)
	}
	defer box.Close()
	executor, err := knock.New(knock.Config{APIKey: s.apiKey, BaseURL: s.baseURL})
	if err != nil {
		return err
	}
	done := newReports()
	src, err := clerkknock.New(clerkknock.Config{
		SigningSecrets: s.secrets,
		Executor:       executor,
		Mapper:         mapper(),
		Inbox:          box,
		Observers:      []clerkknock.Observer{box.EventLog(), done},
		Logger:         logger,
	})
	if err != nil {
		return err
	}
	if err := box.Start(context.WithoutCancel(ctx), src.Process); err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.Handle("POST /webhooks/clerk", src)
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintln(w, "This is the host's own page. Clerk posts to /webhooks/clerk.")
	})
	emulated.mount(mux)

	listener, err := net.Listen("tcp", s.addr)
	if err != nil {
		return fmt.Errorf("cannot listen: %w; set ADDR to another address", err)
	}
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	s.announce(out, listener.Addr(), emulated)

	if once || s.untouched {
		err = play(ctx, out, "http://"+listener.Addr().String()+"/webhooks/clerk", s.secrets[0], done, emulated)
	}
	if !once && err == nil {
		fmt.Fprintln(out, "\nServing until Ctrl-C.")
		select {
		case <-ctx.Done():
		case err = <-served:
			return err
		}
	}
	// Finish what is in flight; what waits in the inbox goes on at the next start.
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), 15*time.Second)
	defer cancel()
	return errors.Join(err, server.Shutdown(grace), box.Stop(grace))
}

// mapper is the default table with everything in it switched on, the extras
// aside: a deleted user is told to ops.
func mapper() *clerkknock.Mapper {
	return clerkknock.DefaultMapper().
		Set("user.deleted:workflows_trigger", clerkknock.Params{"recipients": clerkknock.Literal([]string{"ops"})}).
		Enable("user.deleted:workflows_trigger", "session.created:workflows_trigger")
}
