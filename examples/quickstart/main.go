// Command quickstart is a host with clerkknock mounted in it. Without any
// setting it has an emulated Knock inside, sends itself the signed events of a
// little story and shows what they lead to:
//
//	go run ./examples/quickstart
//
// It prints a line for each step of each delivery, also of those that you send it
// yourself; how to do that it prints as well.
//
// Settings come from the environment:
//
//	ADDR                          where to listen, 127.0.0.1:8080 unless set
//	CLERK_WEBHOOK_SIGNING_SECRET  of the Clerk endpoint, several separated by commas; unset: one is made
//	KNOCK_API_KEY                 of the Knock environment to write to; unset: an emulated Knock
//	KNOCK_BASE_URL                of an API other than Knock's own
//	QUICKSTART_DB                 the file of the inbox; unset: one in the user's cache folder, or, with
//	                              the emulated Knock, one that lives as long as that does
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
	"syscall"
	"time"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/console"
	"github.com/clerkknock/clerkknock/inbox"
	"github.com/clerkknock/clerkknock/inbox/sqlite"
	"github.com/clerkknock/clerkknock/knock"
)

func main() {
	once := flag.Bool("once", false, "play the example events, print what they led to, and stop")
	event := flag.String("send", "", "send the quickstart that is running an event of this `type`, and stop")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends it at once
	s, err := readSettings(os.Getenv)
	switch {
	case err != nil:
	case *event != "":
		err = send(ctx, s, *event, os.Stdout)
	default:
		err = run(ctx, s, *once, os.Stdout)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "quickstart:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, s settings, once bool, out io.Writer) error {
	if once && s.realKnock() {
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
		Observers:      []clerkknock.Observer{box.EventLog(), &lines{out: out, knock: emulated}, done},
		Logger:         logger,
	})
	if err != nil {
		return err
	}
	// The signal does not stop the inbox: serve does, when the requests are finished.
	if err := box.Start(context.WithoutCancel(ctx), src.Process); err != nil {
		return err
	}
	// In your own program Authorize asks your own login.
	page, err := console.Handler(console.Config{
		Source: src, Log: box.EventLog(), Queue: box.Queue(), Limits: executor.Limits,
		Authorize: console.Loopback, Logger: logger,
	})
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.Handle("/console/", page)
	mux.Handle("POST /webhooks/clerk", src)
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	emulated.mount(mux)
	playing := &player{settings: s, knock: emulated, reports: done}
	playing.mount(mux)

	listener, err := net.Listen("tcp", s.addr)
	if err != nil {
		return fmt.Errorf("cannot listen: %w; set ADDR to another address", err)
	}
	s.addr = listener.Addr().String()
	playing.addr = s.addr
	s.announce(out, emulated)
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	served := make(chan error, 1)
	go func() { served <- serve(ctx, listener, mux, box.Inbox) }()

	fmt.Fprintf(out, "\n"+line, "EVENT", "ACTION", "RESULT", "KNOCK NOW HOLDS")
	if once || emulated != nil && s.made {
		err = play(ctx, s, done)
	}
	if once || err != nil {
		stop()
	} else {
		s.invite(out, emulated)
	}
	return errors.Join(err, <-served)
}

// serve serves until ctx is done. Then it takes no more requests, finishes those in
// flight, and stops the inbox; what waits in there goes on at the next start.
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
