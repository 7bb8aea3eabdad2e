package clerkknock

import (
	"context"
	"errors"
	"log/slog"
	"runtime"
	"slices"
	"strings"
)

// The keys of the attributes in log lines.
const (
	LogAction    = "action"
	LogError     = "error"
	LogEventID   = "svix_id"
	LogEventType = "event_type"
	LogMapping   = "mapping"
	LogOutcome   = "outcome"
	LogStatus    = "status"
	LogStep      = "step"
)

// finish tells the EventLog, the Observer and the log what became of a delivery.
func (s *Source) finish(ctx context.Context, d Delivery, r Report) {
	if s.config.EventLog != nil {
		entry := Entry{Delivery: d, Report: r, Error: errorText(r.Error()), At: s.config.Now()}
		if err := guard(func() error { return s.config.EventLog.Record(ctx, entry) }); err != nil {
			s.logPanic(ctx, &r, "", err)
			s.config.Logger.WarnContext(ctx, "clerkknock: event log was not written", LogEventID, r.ID, LogError, err)
		}
	}
	if s.config.Observer != nil {
		if err := guard(func() error { s.config.Observer(ctx, r); return nil }); err != nil {
			s.logPanic(ctx, &r, "", err)
		}
	}
	level := slog.LevelInfo
	switch r.Outcome {
	case OutcomeIgnored:
		level = slog.LevelDebug
	case OutcomeSkipped:
		// What is out of date is as it should be. What resolves to nothing may be
		// a path that is misspelt.
		if slices.ContainsFunc(r.Steps, func(s StepReport) bool { return s.Status == StepSkipped && s.Reason != conditionFails }) {
			level = slog.LevelWarn
		}
	case OutcomeRetry:
		level = slog.LevelWarn
	case OutcomeFailed:
		level = slog.LevelError
	}
	if !s.config.Logger.Enabled(ctx, level) {
		return
	}
	attrs := []slog.Attr{
		slog.String(LogEventID, r.ID),
		slog.String(LogEventType, r.Type),
		slog.String(LogOutcome, string(r.Outcome)),
		slog.Duration("took", r.Took),
	}
	if err := r.Error(); err != nil {
		attrs = append(attrs, slog.String(LogError, err.Error()))
	}
	if skipped := skips(r); skipped != "" {
		attrs = append(attrs, slog.String("skipped", skipped))
	}
	s.config.Logger.LogAttrs(ctx, level, "clerkknock: delivery", attrs...)
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// skips lists the steps for which there was no action, and why.
func skips(r Report) string {
	var all []string
	for _, step := range r.Steps {
		if step.Status == StepSkipped || step.Status == StepStale {
			all = append(all, step.ID+": "+step.Reason)
		}
	}
	return strings.Join(all, "; ")
}

// logPanic logs the stack of a panic in host code, if err is one. What the
// panic was called with is logged only where the runtime has said it: a host's
// own value may hold personal data.
func (s *Source) logPanic(ctx context.Context, r *Report, step string, err error) {
	var p *panicError
	if !errors.As(err, &p) {
		return
	}
	said := "a value of the host's"
	if e, ok := p.value.(runtime.Error); ok {
		said = e.Error()
	}
	s.config.Logger.ErrorContext(ctx, "clerkknock: panic in host code",
		LogEventID, r.ID, LogEventType, r.Type, LogStep, step, "panic", said, "stack", string(p.stack))
}
