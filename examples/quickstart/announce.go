package main

import (
	"fmt"
	"io"
)

// announce says what is where.
func (s settings) announce(out io.Writer, k *emulator) {
	fmt.Fprintf(out, "Listening on http://%s\n", s.addr)
	fmt.Fprintln(out, "  POST /webhooks/clerk   for Clerk")
	fmt.Fprintln(out, "  GET  /healthz")
	fmt.Fprintf(out, "The console is at http://%s/console/: what became of each event, and why\n", s.addr)
	switch {
	case k != nil:
		fmt.Fprintln(out, "  GET  /knock            what the emulated Knock holds; it starts empty")
	case s.baseURL != "":
		fmt.Fprintln(out, "Knock is at", s.baseURL)
	default:
		fmt.Fprintln(out, "Knock is the real one, in the environment of KNOCK_API_KEY.")
	}
	fmt.Fprintln(out, "Deliveries are kept in", s.database)
	if s.made {
		fmt.Fprintf(out, "CLERK_WEBHOOK_SIGNING_SECRET=%s (made for this run)\n", s.secrets[0])
	}
}

// invite says how to send an event. A secret that was not made here is not printed.
func (s settings) invite(out io.Writer, k *emulator) {
	if !s.realKnock() {
		secret := "…"
		if s.made {
			secret = s.secrets[0]
		}
		if k != nil {
			fmt.Fprintf(out, "\nPlay what else can happen, and look at it in the console: http://%s/\n", s.addr)
		}
		fmt.Fprintln(out, "\nSend an event from another terminal:")
		fmt.Fprintf(out, "  ADDR=%s CLERK_WEBHOOK_SIGNING_SECRET=%s go run ./examples/quickstart -send user.created\n",
			s.addr, secret)
	}
	fmt.Fprintln(out, "\nServing until Ctrl-C.")
}
