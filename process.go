package clerkknock

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/clerkknock/clerkknock/clerk"
	"github.com/clerkknock/clerkknock/internal/logkey"
	"github.com/clerkknock/clerkknock/ledger"
)

// Process runs what is mapped to a delivery that has been verified before, as
// an Inbox's worker or a replay does; it does not verify again. The error is the
// Report's Err: nil when the delivery is done, marked with Permanent when no
// retry can mend it; otherwise it asks for another Process of the same delivery,
// which goes on with the step that failed. The Report is complete in each case.
func (s *Source) Process(ctx context.Context, d Delivery) (Report, error) {
	ctx, cancel := context.WithTimeout(ctx, s.config.Budget)
	defer cancel()
	var r Report
	if e, err := d.event(); err != nil {
		r = Report{ID: clip(d.ID), Outcome: OutcomeFailed, At: s.config.Now(), Err: Permanent(err)}
	} else {
		r = s.process(ctx, e, d)
	}
	s.tell(ctx, d, r)
	return r, r.Err
}

// process is Process for an event that has been parsed, within ctx's deadline.
func (s *Source) process(ctx context.Context, e clerk.Envelope, d Delivery) Report {
	r := Report{ID: clip(d.ID), Type: clip(e.Type), At: s.config.Now()}
	// What has happened must be recorded even if it has used up the budget.
	grace, cancel := withGrace(ctx)
	defer cancel()
	a := attempt{source: s, mapper: s.Mapper(), event: e}
	steps, err := a.deliver(ctx, grace, d)
	r.Steps = steps
	r.Outcome = outcome(steps, err)
	r.Err = failure(steps, r.Outcome, err)
	r.Took = s.config.Now().Sub(r.At)
	return r
}

// graceTime is for all records of a delivery together, beyond its budget.
const graceTime = 2 * time.Second

// withGrace returns a context that outlives ctx by the grace time.
func withGrace(ctx context.Context) (context.Context, context.CancelFunc) {
	deadline, ok := ctx.Deadline()
	if !ok {
		return context.WithTimeout(context.WithoutCancel(ctx), graceTime)
	}
	return context.WithDeadline(context.WithoutCancel(ctx), deadline.Add(graceTime))
}

// attempt is one attempt to process a delivery.
type attempt struct {
	source *Source
	// mapper is the same for the whole attempt, whatever SetMapper does meanwhile.
	mapper  *Mapper
	event   clerk.Envelope
	version ledger.Version
	claim   ledger.Claim
}

// deliver runs the delivery's steps. The error is what has failed outside of them.
// It records with grace, which outlives ctx.
func (a *attempt) deliver(ctx, grace context.Context, d Delivery) ([]StepReport, error) {
	// A deletion is remembered even if nothing is mapped to it: an event from
	// before it may still be on its way.
	if !a.mapper.handles(a.event.Type) && !a.event.Deleted() {
		return nil, nil
	}
	a.version = ledger.Version{Time: a.event.ChangedAt(), Deleted: a.event.Deleted()}
	id := d.ID
	if len(id) > maxID {
		id = ""
	}
	if err := a.take(ctx, id); err != nil {
		return nil, a.stop(ctx, err)
	}
	defer a.release(grace)
	if a.event.Deleted() && a.version.NewerThan(a.claim.Newest) {
		if err := a.record(grace, "", a.version); err != nil {
			return nil, a.stop(ctx, err)
		}
	}
	steps, err := a.mapper.plan(ctx, a.event, d.Header)
	if err != nil {
		return nil, a.stop(ctx, err)
	}
	reports := make([]StepReport, 0, len(steps))
	retry := false
	for _, step := range steps {
		r := StepReport{ID: step.ID, Action: step.Action.Type, Status: StepPending}
		if !retry {
			r = a.run(ctx, grace, step)
			retry = r.Status == StepRetry
		}
		reports = append(reports, r)
	}
	return reports, nil
}

// stop ends a delivery by what has failed outside of its steps.
func (a *attempt) stop(ctx context.Context, err error) error {
	a.source.logPanic(ctx, a.event, "", err)
	if IsPermanent(err) && isContextError(ctx, err) {
		return ctx.Err()
	}
	return err
}

// take claims the delivery and its entity.
func (a *attempt) take(ctx context.Context, id string) error {
	err := guard(func() (err error) {
		a.claim, err = a.source.config.Ledger.Claim(ctx, id, a.event.Entity())
		return err
	})
	return inLedger(err)
}

// record notes a success.
func (a *attempt) record(grace context.Context, step string, version ledger.Version) error {
	return inLedger(guard(func() error {
		return a.source.config.Ledger.Record(grace, a.claim, step, version)
	}))
}

func (a *attempt) release(grace context.Context) {
	err := guard(func() error { return a.source.config.Ledger.Release(grace, a.claim) })
	if err != nil {
		a.source.logPanic(grace, a.event, "", err)
		a.source.config.Logger.WarnContext(grace, "clerkknock: claim was not released", logkey.Error, err)
	}
}

func inLedger(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("ledger: %w", err)
}

// run executes one step, unless there is a reason not to.
func (a *attempt) run(ctx, grace context.Context, step Step) StepReport {
	r := StepReport{ID: step.ID, Action: step.Action.Type}
	guarded := step.Action.Type.setsState() && !step.unordered
	switch {
	case slices.Contains(a.claim.Done, step.ID):
		r.Status = StepDuplicate
		return r
	case step.Err != nil:
		return a.fail(ctx, r, step.Err)
	case step.Skip != "":
		r.Status, r.Reason = StepSkipped, step.Skip
		return r
	case guarded && a.isStale(step.Action.Type):
		r.Status, r.Reason = StepStale, "a newer event has been applied"
		return r
	case ctx.Err() != nil:
		return a.fail(ctx, r, ctx.Err())
	}
	r, err := a.execute(ctx, step, r)
	if err != nil {
		return a.fail(ctx, r, err)
	}
	var version ledger.Version
	if guarded {
		version = a.version
	}
	if err := a.record(grace, step.ID, version); err != nil {
		return a.fail(ctx, r, err)
	}
	r.Status = StepSucceeded
	return r
}

// execute has the Executor do a step, and adds to its report what it noted.
func (a *attempt) execute(ctx context.Context, step Step, r StepReport) (StepReport, error) {
	notes := new(notes)
	r.At = a.source.config.Now()
	err := guard(func() error {
		return a.source.config.Executor.Execute(ctx, Invocation{
			Action:         step.Action,
			Event:          a.event,
			MappingID:      step.Mapping,
			IdempotencyKey: step.IdempotencyKey,
			notes:          notes,
		})
	})
	r.Took = a.source.config.Now().Sub(r.At)
	r.Attrs = notes.take()
	return r, err
}

// isStale reports whether a newer event has set what the step would set. Nothing
// is left to set after a deletion. Otherwise, if no other event could have run
// such an action, then none has, however new it was: what is mapped to
// user.created alone is not done by a user.updated that has overtaken it.
func (a *attempt) isStale(action ActionType) bool {
	newest := a.claim.Newest
	if a.version.IsZero() || !newest.NewerThan(a.version) {
		return false
	}
	return newest.Deleted || a.mapper.contends(a.event.Type, action)
}

func (a *attempt) fail(ctx context.Context, r StepReport, err error) StepReport {
	a.source.logPanic(ctx, a.event, r.ID, err)
	r.Err, r.Status, r.Reason = err, StepRetry, "failed for now"
	switch {
	case !IsPermanent(err):
	case isContextError(ctx, err):
		r.Err = ctx.Err() // without the mark
	default:
		r.Status, r.Reason = StepFailed, "failed for good"
	}
	return r
}

// isContextError reports whether err comes from the end of our own ctx, which
// says nothing about the action: it is to be tried again.
func isContextError(ctx context.Context, err error) bool {
	return ctx.Err() != nil && errors.Is(err, ctx.Err())
}

// outcome sums the steps up, and what has failed outside of them.
func outcome(steps []StepReport, err error) Outcome {
	if err != nil {
		if IsPermanent(err) {
			return OutcomeFailed
		}
		return OutcomeRetry
	}
	has := func(status StepStatus) bool {
		return slices.ContainsFunc(steps, func(s StepReport) bool { return s.Status == status })
	}
	switch {
	case has(StepRetry):
		return OutcomeRetry
	case has(StepFailed):
		return OutcomeFailed
	case has(StepSucceeded):
		return OutcomeSucceeded
	case has(StepDuplicate):
		return OutcomeDuplicate
	case len(steps) > 0:
		return OutcomeSkipped
	}
	return OutcomeIgnored
}
