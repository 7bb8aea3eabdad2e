package console

import (
	"context"
	"time"
)

// Queue is an inbox as the console sees it: deliveries that are not done. Those of module
// inbox have a method that returns one. All methods must be safe for concurrent use.
type Queue interface {
	// Backlog counts the deliveries.
	Backlog(ctx context.Context) (Backlog, error)
	// Letters lists those that a selection holds, the latest first: by when they died, or
	// were put if they are not dead.
	Letters(ctx context.Context, s Selection) ([]Letter, error)
	// Do does something to one of them, by its Letter's Key. The error says why it cannot be
	// done, in words for people, such as that the delivery is running just now.
	Do(ctx context.Context, verb Verb, key string) error
}

// Backlog counts the deliveries of a Queue.
type Backlog struct {
	// Waiting are due, Running are being worked on, Retrying have failed and wait for
	// their next attempt, Dead have been given up.
	Waiting, Running, Retrying, Dead int
	// Oldest is when the oldest that is not dead was put, zero if there is none.
	Oldest time.Time
}

// Unfinished is the number of those that are not dead.
func (b Backlog) Unfinished() int { return b.Waiting + b.Running + b.Retrying }

// State is where a delivery in a Queue stands.
type State string

// The states of a delivery, as Backlog counts them.
const (
	Waiting  State = "waiting"
	Running  State = "running"
	Retrying State = "retrying"
	Dead     State = "dead"
)

// Selection selects deliveries of a Queue. The zero value selects all.
type Selection struct {
	// States are those in one of which a delivery is. Empty means any.
	States []State
	// From and To are the time from From on and before To in which it died, or was put if
	// it is not dead. Zero is no limit.
	From, To time.Time
	// Limit is the most that is listed. Zero is no limit.
	Limit int
}

// Letter is a delivery in a Queue.
type Letter struct {
	// Key is what Do takes: the delivery's ID, or a text that stands for it.
	Key   string
	State State
	// Type is the event's.
	Type string
	// Entities are what it is about, as clerk.Envelope's Entities names them.
	Entities []string
	// Error is the last failure, "" if there was none.
	Error string
	// Attempts is how often it was tried.
	Attempts int
	// PutAt is when it was put, DueAt when it is tried next, DiedAt when it was given up.
	PutAt, DueAt, DiedAt time.Time
}

// Verb is what can be done to a delivery.
type Verb string

// The verbs.
const (
	// Replay gives a dead delivery all its attempts again.
	Replay Verb = "replay"
	// Hurry makes one due now that waits for its next attempt.
	Hurry Verb = "hurry"
	// Discard throws one away that is not running.
	Discard Verb = "discard"
)
