package clerkknock

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/clerkknock/clerkknock/clerk"
	"github.com/clerkknock/clerkknock/internal/logkey"
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
//
// And a third, which a backfill gives many actions at once. It returns an error for each,
// as Execute would:
//
//	ExecuteAll(ctx context.Context, invs []Invocation) []error
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
	// for a changed mapping and for each Reprocess, at most 220 bytes. Empty if the
	// delivery had no id.
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

// Tee returns an Executor that gives every action to each of the executors, in
// order, also after one of them has failed. It succeeds when all have. Its
// error is permanent only if all the failures are; the retry of a temporary
// one comes to all of them again, and while it lasts the steps that follow wait. What
// should not depend on Knock, such as a table of the host's own, is better done by
// [Handle]. New refuses a Tee of nothing, or of nil.
func Tee(executors ...Executor) Executor {
	return tee(slices.Clone(executors))
}

type tee []Executor

func (t tee) Execute(ctx context.Context, inv Invocation) error {
	errs := make([]error, len(t))
	for i, e := range t {
		errs[i] = e.Execute(ctx, inv)
	}
	return together(errs)
}

// together is the one error of several executors that were given the same action.
func together(errs []error) error {
	var temporary, permanent []error
	var pause time.Duration
	for _, err := range errs {
		if err == nil {
			continue
		}
		if IsPermanent(err) {
			permanent = append(permanent, err)
			continue
		}
		temporary = append(temporary, err)
		pause = max(pause, pauseOf(err))
	}
	switch {
	case len(temporary) > 0:
		return RetryAfter(errors.Join(temporary...), pause)
	case len(permanent) > 0:
		return Permanent(errors.Join(permanent...))
	}
	return nil
}

// Rehearse says what each of the executors would do that can tell.
func (t tee) Rehearse(ctx context.Context, inv Invocation) ([]slog.Attr, error) {
	var all []slog.Attr
	for _, e := range t {
		attrs, err := rehearse(ctx, e, inv)
		if err != nil {
			return all, err
		}
		all = append(all, attrs...)
	}
	return all, nil
}

// check reports an executor that is missing, also within another Tee.
func (t tee) check() error {
	if len(t) == 0 {
		return errors.New("Tee has no executor")
	}
	for _, e := range t {
		if isNil(e) {
			return errors.New("Tee has an executor that is nil")
		}
		if inner, ok := e.(tee); ok {
			if err := inner.check(); err != nil {
				return err
			}
		}
	}
	return nil
}

// DryRun returns an Executor that logs each action instead of executing it:
// the type, what it is aimed at and the names of its parameters, but not their
// values, which are personal data. Source.Rehearse shows the values. A nil
// logger means slog.Default().
func DryRun(logger *slog.Logger) Executor {
	return ExecutorFunc(func(ctx context.Context, inv Invocation) error {
		l := logger
		if l == nil {
			l = slog.Default()
		}
		attrs := []slog.Attr{
			slog.String(logkey.Action, string(inv.Action.Type)),
			slog.String(logkey.Mapping, inv.MappingID),
			slog.String(logkey.EventID, inv.Event.ID),
		}
		for _, name := range []string{"collection", "key"} {
			if v := inv.Action.Text(name); v != "" {
				attrs = append(attrs, slog.String(name, v))
			}
		}
		attrs = append(attrs, slog.Any("params", slices.Sorted(maps.Keys(inv.Action.Params))))
		l.LogAttrs(ctx, slog.LevelInfo, "clerkknock: dry run", attrs...)
		return nil
	})
}

// LogValue logs the Invocation without the values of its parameters.
func (inv Invocation) LogValue() slog.Value {
	return slog.GroupValue(
		slog.String("mapping", inv.MappingID),
		slog.Any("action", inv.Action),
		slog.Any("event", inv.Event),
	)
}
