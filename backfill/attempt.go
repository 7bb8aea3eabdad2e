package backfill

import (
	"context"
	"errors"
	"time"

	"github.com/clerkknock/clerkknock"
)

const (
	firstPause = time.Second
	maxPause   = 30 * time.Second
	// maxAsked caps the pause that an executor may ask for.
	maxAsked = 5 * time.Minute
)

// result processes a record until nothing of it is left to do, or not: then it is to be
// tried again by the next run. The zero Result means that the run has ended before.
func (r *run) result(ctx context.Context, record Record) (result Result, again bool) {
	d, err := record.delivery(r.name, time.Now())
	if err != nil {
		return Result{Kind: record.Kind, ID: record.id(), Outcome: Failed, Err: err, Reason: err.Error()}, false
	}
	if r.DryRun {
		return r.rehearse(ctx, record, d), false
	}
	// What has been begun is brought to an end.
	lasting := context.WithoutCancel(ctx)
	for attempt := 1; ; attempt++ {
		report, err := r.source.Process(lasting, d)
		if err == nil || clerkknock.IsPermanent(err) {
			return resultOf(record, report), false
		}
		if attempt >= r.Attempts {
			return resultOf(record, report), true
		}
		if !r.pause(ctx, pauseBefore(attempt, err)) {
			return Result{}, false
		}
	}
}

// pauseBefore is the pause after so many attempts, or what the error asks for.
func pauseBefore(attempt int, err error) time.Duration {
	pause := min(firstPause<<(attempt-1), maxPause)
	var after interface{ RetryAfter() time.Duration }
	if errors.As(err, &after) {
		pause = max(pause, min(after.RetryAfter(), maxAsked))
	}
	return pause
}

// pause waits, and returns false if the run ends meanwhile.
func (r *run) pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-r.stop:
	case <-ctx.Done():
	}
	return false
}

// rehearse says what would be done with a record.
func (r *run) rehearse(ctx context.Context, record Record, d clerkknock.Delivery) Result {
	steps, err := r.source.Rehearse(ctx, d)
	report := clerkknock.Report{Err: err}
	for _, s := range steps {
		step := clerkknock.StepReport{ID: s.ID, LeftOut: s.LeftOut, Status: clerkknock.StepSucceeded}
		asked := s.Action.Type != clerkknock.WorkflowsTrigger && s.Action.Type != clerkknock.WorkflowsCancel
		switch {
		case s.Err != nil:
			step.Status, step.Err = clerkknock.StepFailed, s.Err
		case s.Skip != "":
			step.Status, step.Reason = clerkknock.StepSkipped, s.Skip
		case !asked && !r.Triggers:
			step.Status, step.Reason = clerkknock.StepSkipped, errNotAsked.Error()
		}
		report.Steps = append(report.Steps, step)
	}
	result := resultOf(record, report)
	if result.Outcome == Sent {
		result.Steps = steps
	}
	return result
}
