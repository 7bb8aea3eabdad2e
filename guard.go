package clerkknock

import (
	"context"
	"errors"
	"runtime"
	"runtime/debug"

	"github.com/clerkknock/clerkknock/clerk"
	"github.com/clerkknock/clerkknock/internal/logkey"
)

// guard turns a panic in host code into an error.
func guard(f func() error) (err error) {
	defer func() {
		if value := recover(); value != nil {
			err = &panicError{value, debug.Stack()}
		}
	}()
	return f()
}

// panicError keeps the stack for the log. The panic's value stays out of the
// error's text, which may travel further than a log does.
type panicError struct {
	value any
	stack []byte
}

func (e *panicError) Error() string { return "panic in host code; see the log" }

// logPanic logs the stack of a panic in host code, if err is one. What the
// panic was called with is logged only where the runtime has said it: a host's
// own value may hold personal data.
func (s *Source) logPanic(ctx context.Context, e clerk.Envelope, step string, err error) {
	var p *panicError
	if !errors.As(err, &p) {
		return
	}
	said := "a value of the host's"
	if e, ok := p.value.(runtime.Error); ok {
		said = e.Error()
	}
	s.config.Logger.ErrorContext(ctx, "clerkknock: panic in host code", logkey.EventID, clip(e.ID),
		logkey.EventType, clip(e.Type), logkey.Step, step, "panic", said, "stack", string(p.stack))
}
