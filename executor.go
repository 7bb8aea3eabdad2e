package clerkknock

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/clerkknock/clerkknock/clerk"
)

// Executor carries out actions. Package knock has the one that talks to Knock;
// implement your own to write to a database, another service, or a test.
//
// Execute returns nil when the action has taken effect. If it waits before it sends,
// it asks Invocation.Proceed first. Any other error is
// taken to be temporary, and the action comes again with the next retry,
// unless it is marked with Permanent; RetryAfter asks for a pause first.
//
// The same action can come more than once (a crash may fall between an effect
// and its record): make it idempotent, or use Invocation.IdempotencyKey, which
// is the same each time. Execute must return soon after ctx is done, be safe
// for concurrent use, and keep nothing of inv.
//
// An Executor may have a second method, which Source.Rehearse asks what Execute would
// do, in the words of Invocation.Note; it must do nothing:
//
//	Rehearse(ctx context.Context, inv Invocation) ([]slog.Attr, error)
type Executor interface {
	Execute(ctx context.Context, inv Invocation) error
}

// Invocation is one action on its way to an Executor.
type Invocation struct {
	Action Action
	// Event is what caused the action.
	Event clerk.Envelope
	// MappingID is the mapping that planned the action.
	MappingID string
	// IdempotencyKey is made of the delivery's svix-id, the step and a hash of
	// its mapping: the same for every attempt, another for every other step and
	// for a changed mapping, at most 200 bytes. Empty if the delivery had no id.
	IdempotencyKey string

	notes   *notes
	proceed func(ctx context.Context) error
}

// Proceed reports whether the action may still be sent. An Executor that has waited,
// for a limit or before another attempt, asks right before it sends: the process or
// its machine may have been suspended meanwhile, and somebody else may have gone on
// with newer events. It looks at ctx's deadline by the clock on the wall, too, and at
// the claim of the ledger. The error is temporary: return it.
func (inv Invocation) Proceed(ctx context.Context) error {
	if err := expired(ctx); err != nil || inv.proceed == nil {
		return err
	}
	return inv.proceed(ctx)
}

// expired returns ctx's error, also if only the clock on the wall says that its
// deadline is past: the monotonic one stands still while a machine is suspended.
func expired(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if deadline, ok := ctx.Deadline(); ok && !time.Now().Round(0).Before(deadline.Round(0)) {
		return context.DeadlineExceeded
	}
	return nil
}

// Note adds attributes to the step's report, which log lines, event logs and spans
// show: what was called and what the answer was. They hold no secrets. What is noted
// after Execute has returned is lost. On an Invocation that is not a Source's it
// does nothing.
func (inv Invocation) Note(attrs ...slog.Attr) {
	if inv.notes != nil {
		inv.notes.add(attrs)
	}
}

// notes are what one call of an Executor notes.
type notes struct {
	mu    sync.Mutex
	attrs []slog.Attr
	taken bool
}

func (n *notes) add(attrs []slog.Attr) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if !n.taken {
		n.attrs = append(n.attrs, attrs...)
	}
}

func (n *notes) take() []slog.Attr {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.taken = true
	return n.attrs
}

// ExecutorFunc lets a function be an Executor.
type ExecutorFunc func(ctx context.Context, inv Invocation) error

// Execute calls f.
func (f ExecutorFunc) Execute(ctx context.Context, inv Invocation) error { return f(ctx, inv) }
