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
	// One mapper for the whole delivery, whatever SetMapper does meanwhile.
	run := run{source: s, mapper: s.Mapper(), event: e, report: &r}
	run.version = Version{Time: e.Version(), Deleted: e.Deleted()}
	run.deliver(ctx, d)
	r.Outcome = run.outcome()
	r.Took = s.config.Now().Sub(start)
	s.finish(ctx, d, r)
	return r
}

// run is one delivery being processed.
type run struct {
	source  *Source
	mapper  *Mapper
	event   clerk.Envelope
	version Version
	claim   Claim
	report  *Report
}

// releaseTimeout is the time to give a claim back after the budget is used up.
const releaseTimeout = 2 * time.Second

func (r *run) deliver(ctx context.Context, d Delivery) {
	// A deletion is remembered even if nothing is mapped to it: an event from
	// before it may still be on its way.
	if !r.mapper.handles(r.event.Type) && !r.event.Deleted() {
		return
	}
	id := d.ID
	if len(id) > maxID {
		id = ""
	}
	ledger := r.source.config.Ledger
	claim, err := ledger.Claim(ctx, id, r.event.Entity())
	if err != nil {
		r.report.Err = fmt.Errorf("ledger: %w", err)
		return
	}
	r.claim = claim
	defer func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), releaseTimeout)
		defer cancel()
		if err := ledger.Release(ctx, claim); err != nil {
			r.source.config.Logger.WarnContext(ctx, "clerkknock: claim was not released", LogError, err)
		}
	}()
	if r.event.Deleted() && r.version.NewerThan(claim.Newest) {
		if err := ledger.Record(ctx, claim, "", r.version); err != nil {
			r.report.Err = fmt.Errorf("ledger: %w", err)
			return
		}
	}
	steps, err := r.mapper.plan(ctx, r.event, d.Header)
	if err != nil {
		r.source.logPanic(ctx, r.report, "", err)
		r.report.Err = err
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
	case guarded && !r.version.IsZero() && r.claim.Newest.NewerThan(r.version):
		sr.Status, sr.Reason = StepStale, "a newer event has been applied"
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
	// The effect has happened; its record must not be lost to a budget that has
	// just run out.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), releaseTimeout)
	defer cancel()
	if err := r.source.config.Ledger.Record(ctx, r.claim, step.ID, version); err != nil {
		r.fail(ctx, sr, fmt.Errorf("ledger: %w", err))
		return
	}
	sr.Status = StepSucceeded
}

func (r *run) fail(ctx context.Context, sr *StepReport, err error) {
	r.source.logPanic(ctx, r.report, sr.ID, err)
	sr.Err, sr.Status, sr.Reason = err, StepRetry, "failed for now"
	if IsPermanent(err) && !isContextError(ctx, err) {
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
