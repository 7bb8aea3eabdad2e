package clerkknock

import (
	"context"
	"log/slog"
	"slices"
	"strings"

	"github.com/clerkknock/clerkknock/internal/logkey"
)

// logObserver writes the log: one line for each report.
type logObserver struct{ logger *slog.Logger }

// Observe implements Observer.
func (l logObserver) Observe(ctx context.Context, _ Delivery, r Report) error {
	if r.Outcome == OutcomeRefused {
		// The ID that it claims to have is a stranger's text.
		l.logger.WarnContext(ctx, "clerkknock: request refused",
			logkey.Status, r.Answer, logkey.Error, r.Err)
		return nil
	}
	level := logLevel(r)
	if !l.logger.Enabled(ctx, level) {
		return nil
	}
	attrs := []slog.Attr{
		slog.String(logkey.EventID, r.ID),
		slog.String(logkey.EventType, r.Type),
		slog.String(logkey.Outcome, string(r.Outcome)),
		slog.Duration("took", r.Took),
	}
	if r.Err != nil {
		attrs = append(attrs, slog.String(logkey.Error, r.Err.Error()))
	}
	if skipped := skips(r); skipped != "" {
		attrs = append(attrs, slog.String("skipped", skipped))
	}
	if left := leftOut(r); left != "" {
		attrs = append(attrs, slog.String("left_out", left))
	}
	for _, step := range r.Steps {
		if noted := loggable(step.Attrs); len(noted) > 0 {
			attrs = append(attrs, slog.Attr{Key: step.ID, Value: slog.GroupValue(noted...)})
		}
	}
	l.logger.LogAttrs(ctx, level, "clerkknock: delivery", attrs...)
	return nil
}

func logLevel(r Report) slog.Level {
	switch r.Outcome {
	case OutcomeIgnored:
		return slog.LevelDebug
	case OutcomeSkipped:
		// What is out of date is as it should be. What resolves to nothing may be
		// a path that is misspelt.
		unresolved := func(s StepReport) bool {
			return s.Status == StepSkipped && s.Reason != conditionFails && s.Reason != noAction
		}
		if slices.ContainsFunc(r.Steps, unresolved) {
			return slog.LevelWarn
		}
	case OutcomeRetry:
		return slog.LevelWarn
	case OutcomeFailed:
		return slog.LevelError
	}
	return slog.LevelInfo
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

// leftOut lists what the steps have found nothing for, and where they looked.
func leftOut(r Report) string {
	var all []string
	for _, step := range r.Steps {
		if len(step.LeftOut) > 0 && (step.Status == StepSucceeded || step.Status == StepSkipped) {
			all = append(all, step.ID+": "+strings.Join(step.LeftOut, ", "))
		}
	}
	return strings.Join(all, "; ")
}

// loggable leaves the path out of what an executor has noted: it names people,
// and a log travels further than an event log does. When it was is in the line already.
func loggable(attrs []slog.Attr) []slog.Attr {
	var kept []slog.Attr
	for _, a := range attrs {
		if a.Key == "path" || a.Key == "at" {
			continue
		}
		if a.Value.Kind() == slog.KindGroup {
			a.Value = slog.GroupValue(loggable(a.Value.Group())...)
		}
		kept = append(kept, a)
	}
	return kept
}
