package clerkknock

import (
	"context"

	"github.com/clerkknock/clerkknock/clerk"
	"github.com/clerkknock/clerkknock/internal/logkey"
)

// Observer is told what becomes of every request: that it was refused, stored, or
// processed, and how. Logs of events, metrics and traces are Observers.
//
// Observe is called before the sender is answered, once for each request and once
// for each attempt of an Inbox's worker; r says what became of it. It must return
// soon, be safe for concurrent use, and change nothing of d and r. An error is
// logged and changes nothing else.
//
// Of a request with the outcome refused d holds the ID that it claims to have and
// ReceivedAt, and nothing else: nobody vouches for it.
type Observer interface {
	Observe(ctx context.Context, d Delivery, r Report) error
}

// ObserverFunc lets a function be an Observer.
type ObserverFunc func(ctx context.Context, d Delivery, r Report) error

// Observe calls f.
func (f ObserverFunc) Observe(ctx context.Context, d Delivery, r Report) error { return f(ctx, d, r) }

// tell tells the Observers. They have the grace time beyond what ctx allows.
func (s *Source) tell(ctx context.Context, d Delivery, r Report) {
	ctx, cancel := withGrace(ctx)
	defer cancel()
	for _, o := range s.config.Observers {
		err := guard(func() error { return o.Observe(ctx, d, r) })
		if err == nil {
			continue
		}
		s.logPanic(ctx, clerk.Envelope{ID: r.ID, Type: r.Type}, "", err)
		s.config.Logger.WarnContext(ctx, "clerkknock: observer failed", logkey.EventID, r.ID, logkey.Error, err)
	}
}
