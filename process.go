package clerkknock

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/clerkknock/clerkknock/clerk"
)

// Process runs what is mapped to a delivery that has been verified before, as
// an Inbox's worker or a replay does; it does not verify again. The error is
// nil when the delivery is done, marked with Permanent when no retry can mend
// it, and otherwise asks for another Process of the same delivery, which goes
// on with the step that failed. The Report is complete in each case.
func (s *Source) Process(ctx context.Context, d Delivery) (Report, error) {
	e, err := d.event()
	if err != nil {
		r := Report{ID: clip(d.ID), Outcome: OutcomeFailed, Err: Permanent(err)}
		s.finish(ctx, d, r)
		return r, r.Err
	}
	ctx, cancel := context.WithTimeout(ctx, s.config.Budget)
	defer cancel()
	r := s.process(ctx, e, d)
	return r, r.Error()
}

// process is Process for an event that has been parsed, within ctx's deadline.
func (s *Source) process(ctx context.Context, e clerk.Envelope, d Delivery) Report {
	start := s.config.Now()
	r := Report{ID: clip(d.ID), Type: clip(e.Type)}
	// What has happened must be recorded even if it has used up the budget.
	grace, cancel := withGrace(ctx)
	defer cancel()
	// One mapper for the whole delivery, whatever SetMapper does meanwhile.
	run := run{source: s, mapper: s.Mapper(), event: e, report: &r, grace: grace}
	run.deliver(ctx, d)
	r.Outcome = run.outcome()
	r.Took = s.config.Now().Sub(start)
	s.finish(grace, d, r)
	return r
}

// graceTime is for all records of a delivery together, beyond its budget.
const graceTime = 2 * time.Second

// withGrace returns a context that outlives ctx by the grace time.
func withGrace(ctx context.Context) (context.Context, context.CancelFunc) {
	deadline, ok := ctx.Deadline()
	if !ok {
		return context.WithCancel(context.WithoutCancel(ctx))
	}
	return context.WithDeadline(context.WithoutCancel(ctx), deadline.Add(graceTime))
}

// run is one delivery being processed.
type run struct {
	source  *Source
	mapper  *Mapper
	event   clerk.Envelope
	version Version
	claim   Claim
	report  *Report
	grace   context.Context // only as long as the run
}

func (r *run) deliver(ctx context.Context, d Delivery) {
	// A deletion is remembered even if nothing is mapped to it: an event from
	// before it may still be on its way.
	if !r.mapper.handles(r.event.Type) && !r.event.Deleted() {
		return
	}
	r.version = Version{Time: r.event.Version(), Deleted: r.event.Deleted()}
	id := d.ID
	if len(id) > maxID {
		id = ""
	}
	if err := r.take(ctx, id); err != nil {
		r.stop(ctx, err)
		return
	}
	defer r.release()
	if r.event.Deleted() && r.version.NewerThan(r.claim.Newest) {
		if err := r.record("", r.version); err != nil {
			r.stop(ctx, err)
			return
		}
	}
	steps, err := r.mapper.plan(ctx, r.event, d.Header)
	if err != nil {
		r.stop(ctx, err)
		return
	}
	r.report.Steps = make([]StepReport, 0, len(steps))
	retry := false
	for _, step := range steps {
		sr := StepReport{ID: step.ID, Action: step.Action.Type, Status: StepPending}
		if !retry {
			r.step(ctx, step, &sr)
			retry = sr.Status == StepRetry
		}
		r.report.Steps = append(r.report.Steps, sr)
	}
}

// stop ends a delivery by what has failed outside of its steps.
func (r *run) stop(ctx context.Context, err error) {
	r.source.logPanic(ctx, r.report, "", err)
	if IsPermanent(err) && isContextError(ctx, err) {
		err = ctx.Err()
	}
	r.report.Err = err
}

// take claims the delivery and its entity.
func (r *run) take(ctx context.Context, id string) error {
	err := guard(func() (err error) {
		r.claim, err = r.source.config.Ledger.Claim(ctx, id, r.event.Entity())
		return err
	})
	return inLedger(err)
}

// record notes a success.
func (r *run) record(step string, version Version) error {
	return inLedger(guard(func() error {
		return r.source.config.Ledger.Record(r.grace, r.claim, step, version)
	}))
}

func (r *run) release() {
	err := guard(func() error { return r.source.config.Ledger.Release(r.grace, r.claim) })
	if err != nil {
		r.source.logPanic(r.grace, r.report, "", err)
		r.source.config.Logger.WarnContext(r.grace, "clerkknock: claim was not released", LogError, err)
	}
}

func inLedger(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("ledger: %w", err)
}

// step executes one step, unless there is a reason not to.
func (r *run) step(ctx context.Context, step Step, sr *StepReport) {
	guarded := step.Action.Type.setsState() && !step.unordered
	switch {
	case slices.Contains(r.claim.Done, step.ID):
		sr.Status = StepDuplicate
		return
	case step.Err != nil:
		r.fail(ctx, sr, step.Err)
		return
	case step.Skip != "":
		sr.Status, sr.Reason = StepSkipped, step.Skip
		return
	case guarded && r.isStale(step.Action.Type):
		sr.Status, sr.Reason = StepStale, "a newer event has been applied"
		return
	case ctx.Err() != nil:
		r.fail(ctx, sr, ctx.Err())
		return
	}
	err := guard(func() error {
		return r.source.config.Executor.Execute(ctx, Invocation{
			Action:         step.Action,
			Event:          r.event,
			MappingID:      step.Mapping,
			IdempotencyKey: step.IdempotencyKey,
		})
	})
	if err != nil {
		r.fail(ctx, sr, err)
		return
	}
	var version Version
	if guarded {
		version = r.version
	}
	if err := r.record(step.ID, version); err != nil {
		r.fail(ctx, sr, err)
		return
	}
	sr.Status = StepSucceeded
}

// isStale reports whether a newer event has set what the step would set. Nothing
// is left to set after a deletion. Otherwise, if no other event could have run
// such an action, then none has, however new it was: what is mapped to
// user.created alone is not done by a user.updated that has overtaken it.
func (r *run) isStale(action ActionType) bool {
	newest := r.claim.Newest
	if r.version.IsZero() || !newest.NewerThan(r.version) {
		return false
	}
	return newest.Deleted || r.mapper.contends(r.event.Type, action)
}

func (r *run) fail(ctx context.Context, sr *StepReport, err error) {
	r.source.logPanic(ctx, r.report, sr.ID, err)
	sr.Err, sr.Status, sr.Reason = err, StepRetry, "failed for now"
	switch {
	case !IsPermanent(err):
	case isContextError(ctx, err):
		sr.Err = ctx.Err() // without the mark
	default:
		sr.Status, sr.Reason = StepFailed, "failed for good"
	}
}

// isContextError reports whether err comes from the end of our own ctx, which
// says nothing about the action: it is to be tried again.
func isContextError(ctx context.Context, err error) bool {
	return ctx.Err() != nil && errors.Is(err, ctx.Err())
}

func (r *run) outcome() Outcome {
	if r.report.Err != nil {
		if IsPermanent(r.report.Err) {
			return OutcomeFailed
		}
		return OutcomeRetry
	}
	counts := map[StepStatus]int{}
	for _, s := range r.report.Steps {
		counts[s.Status]++
	}
	switch {
	case counts[StepRetry] > 0:
		return OutcomeRetry
	case counts[StepFailed] > 0:
		return OutcomeFailed
	case counts[StepSucceeded] > 0:
		return OutcomeSucceeded
	case counts[StepDuplicate] > 0:
		return OutcomeDuplicate
	case len(r.report.Steps) > 0:
		return OutcomeSkipped
	}
	return OutcomeIgnored
}
