package clerkknock

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/clerkknock/clerkknock/clerk"
	"github.com/clerkknock/clerkknock/internal/logkey"
	"github.com/clerkknock/clerkknock/ledger"
)

// Process runs what is mapped to a delivery that has been verified before, as
// an Inbox's worker or a replay does; it does not verify again. The error is the
// Report's Err: nil when the delivery is done, marked with Permanent when no
// retry can mend it; otherwise it asks for another Process of the same delivery,
// which goes on with the step that failed. The Report is complete in each case.
//
// What has succeeded before is not done again, unless its mapping has changed: a
// replay after a mapping was mended runs what changed and nothing else.
func (s *Source) Process(ctx context.Context, d Delivery) (Report, error) {
	return s.processAgain(ctx, d, "", nil)
}

// Reprocess is Process without regard to what has been done: every step is executed
// again. A step that sets state is still skipped as stale when a newer event has been
// applied, so that nothing goes back in time. A trigger gets a new idempotency key,
// so that Knock notifies again. What fails is not remembered: another Reprocess does
// everything once more.
func (s *Source) Reprocess(ctx context.Context, d Delivery) (Report, error) {
	return s.processAgain(ctx, d, strconv.FormatInt(s.config.Now().UnixNano(), 36), nil)
}

// processAgain is Process, with a name for this time Reprocess, and with an earlier report
// ProcessPlanned.
func (s *Source) processAgain(ctx context.Context, d Delivery, again string, then *Report) (Report, error) {
	ctx, cancel := context.WithTimeout(ctx, s.config.Budget)
	defer cancel()
	var r Report
	if e, err := d.event(); err != nil {
		r = Report{ID: clip(d.ID), Outcome: OutcomeFailed, At: s.config.Now(), Err: Permanent(err)}
	} else if strings.ContainsFunc(d.ID, unicode.IsControl) {
		err := errors.New("delivery has an ID with a control character, which no idempotency key can hold")
		r = Report{ID: clip(d.ID), Type: clip(e.Type), Outcome: OutcomeFailed, At: s.config.Now(), Err: Permanent(err)}
	} else {
		r = s.process(ctx, e, d, again, then)
	}
	s.tell(ctx, d, r)
	return r, r.Err
}

// process is Process for an event that has been parsed, within ctx's deadline.
func (s *Source) process(ctx context.Context, e clerk.Envelope, d Delivery, again string, then *Report) Report {
	r := Report{ID: clip(d.ID), Type: clip(e.Type), At: s.config.Now()}
	// What has happened must be recorded even if it has used up the budget.
	grace, cancel := withGrace(ctx)
	defer cancel()
	a := attempt{source: s, mapper: s.Mapper(), event: e, again: again, then: then}
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
	mapper *Mapper
	event  clerk.Envelope
	again  string // names this Reprocess, empty otherwise
	// then is the report whose plan is followed, nil if it is made anew.
	then    *Report
	version ledger.Version
	claim   ledger.Claim
	// aboutGone says that what a step of the event is about was deleted before.
	aboutGone bool
}

// deliver runs the delivery's steps. The error is what has failed outside of them.
// It records with grace, which outlives ctx.
func (a *attempt) deliver(ctx, grace context.Context, d Delivery) ([]StepReport, error) {
	// A deletion is remembered even if nothing is mapped to it: an event from
	// before it may still be on its way.
	if a.then == nil && !a.mapper.handles(a.event.Type) && !a.event.Deleted() && !a.mapper.users.remembers(a.event.Type) {
		return nil, nil
	}
	a.version = ledger.Version{Time: a.event.ChangedAt(), Event: a.event.Timestamp, Deleted: a.event.Deleted()}
	id := d.ID
	if len(id) > maxID {
		id = ""
	}
	claim, err := a.take(ctx, id, a.event.Entity())
	if err != nil {
		return nil, a.stop(ctx, err)
	}
	a.claim = claim
	defer a.release(grace, claim)
	if a.event.Deleted() && a.version.NewerThan(a.claim.Newest) {
		if err := a.record(grace, claim, "", a.version); err != nil {
			return nil, a.stop(ctx, err)
		}
	}
	steps, err := a.mapper.plan(ctx, a.event, a.claim.Newest.NewerThan(a.version))
	if err != nil {
		return nil, a.stop(ctx, err)
	}
	if a.then != nil {
		steps = asPlanned(a.event, steps, *a.then)
	}
	if err := a.announce(grace, steps); err != nil {
		return nil, a.stop(ctx, err)
	}
	reports := a.runAll(ctx, grace, steps)
	if err := a.remember(grace, reports); err != nil {
		return reports, a.stop(ctx, err)
	}
	return reports, nil
}

// announce notes the event's version before anything of it is sent: an answer may get
// lost on the way back, and an older event must not undo what has happened.
func (a *attempt) announce(grace context.Context, steps []Step) error {
	sends := func(s Step) bool {
		planned := s.handle == nil && s.about == nil && s.Skip == "" && s.Err == nil
		return planned && s.setsState() && !a.done(s) && !a.isStale(s)
	}
	if !slices.ContainsFunc(steps, sends) || !a.version.NewerThan(a.claim.Newest) {
		return nil
	}
	return a.record(grace, a.claim, "", a.version)
}

// done reports whether a step has succeeded in an earlier attempt.
func (a *attempt) done(s Step) bool { return a.again == "" && slices.Contains(a.claim.Done, s.key()) }

// remember notes who the event's user is, for other events, once nothing is left to
// do and unless a newer event has said it.
func (a *attempt) remember(grace context.Context, steps []StepReport) error {
	if outcome(steps, nil) == OutcomeRetry || a.claim.Newest.NewerThan(a.version) {
		return nil
	}
	return inLedger(guard(func() error { return a.mapper.users.remember(grace, a.event) }))
}

// stop ends a delivery by what has failed outside of its steps.
func (a *attempt) stop(ctx context.Context, err error) error {
	a.source.logPanic(ctx, a.event, "", err)
	if IsPermanent(err) && isContextError(ctx, err) {
		return ctx.Err()
	}
	return err
}

// take claims a delivery and an entity.
func (a *attempt) take(ctx context.Context, id, entity string) (ledger.Claim, error) {
	var claim ledger.Claim
	err := guard(func() (err error) {
		claim, err = a.source.config.Ledger.Claim(ctx, id, entity)
		return err
	})
	return claim, inLedger(err)
}

// record notes a success.
func (a *attempt) record(grace context.Context, c ledger.Claim, step string, version ledger.Version) error {
	return inLedger(guard(func() error { return a.source.config.Ledger.Record(grace, c, step, version) }))
}

func (a *attempt) release(grace context.Context, c ledger.Claim) {
	err := guard(func() error { return a.source.config.Ledger.Release(grace, c) })
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
