// Package clerkknock receives Clerk's webhooks and acts on them in Knock.
//
// A [Source] is an http.Handler. It verifies each request, decodes the event,
// looks up what is mapped to it, and has an [Executor] do that, mostly the one of
// package knock: identify users, set tenants, subscribe members, trigger
// workflows.
//
//	executor, err := knock.New(knock.Config{APIKey: os.Getenv("KNOCK_API_KEY")})
//	if err != nil {
//		log.Fatal(err)
//	}
//	src, err := clerkknock.New(clerkknock.Config{
//		SigningSecrets: []string{os.Getenv("CLERK_WEBHOOK_SIGNING_SECRET")},
//		Executor:       executor,
//	})
//	if err != nil {
//		log.Fatal(err)
//	}
//	mux.Handle("POST /webhooks/clerk", src)
//
// # Mappings
//
// A [Mapping] says which action an event leads to and where the action's
// parameters come from, as a [Value]: a [Path] into the event, a [Literal], the
// [First] that is there, several of them joined ([Join]), a [Time], an [Object],
// or a [Func] of the host's. [DefaultMapper] has a table to start from; Enable,
// Disable, Set, With and Without change it. [On] maps an event, with its payload
// in its own Go type, to whatever a function decides.
//
// Several mappings may handle one event. Their actions run in the order of the
// [ActionType] constants.
//
// # Executors
//
// An [Executor] carries out actions. Package knock has the one for Knock;
// [DryRun] only logs, [Tee] feeds several, and [ExecutorFunc] makes one of a
// function. An error is temporary unless it is marked with [Permanent].
//
// # What happened
//
// A [Report] says what became of a delivery, step by step. Every [Observer] is
// told: package eventlog has one that keeps the last deliveries for people to
// look at, and the log is another.
//
// # What is promised
//
// A delivery is acknowledged only when everything mapped to it is done (or, with
// an [Inbox], durably stored). What fails for now is answered with 503, upon which
// Svix delivers again, for 28 hours; the next attempt goes on where the last one
// failed. Package ledger remembers what has been done, so that a repeated delivery
// does nothing twice and a late one does not undo a newer event. Unknown event
// types and fields are fine.
//
// # Reading the source
//
//  1. http.go: [Source.ServeHTTP] takes the request; the answers stand there.
//  2. verify.go: is it signed? [NewVerifier], on svix's library.
//  3. clerk/envelope.go: clerk.Parse finds the type, the time and the payload.
//  4. inbox.go: with an [Inbox] it is stored, and a worker calls [Source.Process].
//  5. process.go: one attempt at a delivery, from the claim to the report; step.go.
//  6. mapper.go, plan.go, compiled.go: which mappings handle the event, and their steps.
//  7. value.go, internal/resolve: where the parameters of a step come from.
//  8. executor.go, knock/knock.go: the step becomes requests; knock/render.go.
//  9. ledger/ledger.go: what has been done already, and how new it was.
//  10. report.go, observer.go: what became of it, and who is told.
package clerkknock
