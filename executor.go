package clerkknock

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"slices"
	"time"

	"github.com/clerkknock/clerkknock/clerk"
)

// Executor carries out actions. Package knock has the one that talks to Knock;
// implement your own to write to a database, another service, or a test.
//
// Execute returns nil when the action has taken effect. Any other error is
// taken to be temporary, and the action comes again with the next retry,
// unless it is marked with Permanent; RetryAfter asks for a pause first.
//
// The same action can come more than once (a crash may fall between an effect
// and its record): make it idempotent, or use Invocation.IdempotencyKey, which
// is the same each time. Execute must return soon after ctx is done, be safe
// for concurrent use, and keep nothing of inv.
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
}

// ExecutorFunc lets a function be an Executor.
type ExecutorFunc func(ctx context.Context, inv Invocation) error

// Execute calls f.
func (f ExecutorFunc) Execute(ctx context.Context, inv Invocation) error { return f(ctx, inv) }

// Tee returns an Executor that gives every action to each of the executors, in
// order, also after one of them has failed. It succeeds when all have. Its
// error is permanent only if all the failures are; the retry of a temporary
// one comes to all of them again.
func Tee(executors ...Executor) Executor {
	return tee(slices.Clone(executors))
}

type tee []Executor

func (t tee) Execute(ctx context.Context, inv Invocation) error {
	var temporary, permanent []error
	var pause time.Duration
	for _, e := range t {
		err := e.Execute(ctx, inv)
		if err == nil {
			continue
		}
		if IsPermanent(err) {
			permanent = append(permanent, err)
			continue
		}
		temporary = append(temporary, err)
		pause = max(pause, retryPause(err))
	}
	switch {
	case len(temporary) > 0:
		return RetryAfter(errors.Join(temporary...), pause)
	case len(permanent) > 0:
		return Permanent(errors.Join(permanent...))
	}
	return nil
}

// Err reports the first executor that cannot work as it is configured.
func (t tee) Err() error {
	if len(t) == 0 {
		return errors.New("Tee has no executor")
	}
	for _, e := range t {
		if isNil(e) {
			return errors.New("Tee has an executor that is nil")
		}
		if err := executorErr(e); err != nil {
			return err
		}
	}
	return nil
}

// executorErr asks an executor whether it is usable. An Executor may have an
// Err method, so that a constructor with one result can still fail: New refuses
// to start with an executor whose Err is not nil.
func executorErr(e Executor) error {
	if c, ok := e.(interface{ Err() error }); ok {
		return c.Err()
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
			slog.String(LogAction, string(inv.Action.Type)),
			slog.String(LogMapping, inv.MappingID),
			slog.String(LogEventID, inv.Event.ID),
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
