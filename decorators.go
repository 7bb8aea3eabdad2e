package clerkknock

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"slices"
	"time"

	"github.com/clerkknock/clerkknock/internal/logkey"
)

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
