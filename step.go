package clerkknock

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/clerkknock/clerkknock/ledger"
)

// runAll runs the steps: those with an action one after the other, until one of them
// has to be retried, and each handler beside them.
func (a *attempt) runAll(ctx, grace context.Context, steps []Step) []StepReport {
	reports := make([]StepReport, len(steps))
	var handlers sync.WaitGroup
	if slices.ContainsFunc(steps, func(s Step) bool { return s.handle != nil }) {
		handlers.Go(func() { a.runHandlers(ctx, grace, steps, reports) })
	}
	retry := false
	for i, step := range steps {
		switch {
		case step.handle != nil:
		case retry:
			reports[i] = StepReport{ID: step.ID, Action: step.Action.Type, Status: StepPending}.of(step)
		default:
			reports[i] = a.run(ctx, grace, step)
			retry = reports[i].Status == StepRetry
		}
	}
	handlers.Wait()
	return reports
}

// runHandlers runs the handlers beside each other. They have a version of their own for
// the entity: what a handler has done says nothing of what Knock holds, and the other
// way around. The entity is ours already, so that nobody else asks for this claim.
func (a *attempt) runHandlers(ctx, grace context.Context, steps []Step, reports []StepReport) {
	claim, err := a.claim, error(nil)
	if claim.Entity != "" {
		if claim, err = a.take(ctx, "", claim.Entity+"#handle"); err == nil {
			defer a.release(grace, claim)
		}
		claim.DeliveryID = a.claim.DeliveryID
	}
	var all sync.WaitGroup
	defer all.Wait()
	for i, step := range steps {
		if step.handle == nil {
			continue
		}
		r := StepReport{ID: step.ID, Status: StepRetry, Reason: "did not come to an end"}.of(step)
		reports[i] = r // for a function that ends its goroutine
		if err != nil {
			reports[i] = a.fail(ctx, r, err)
			continue
		}
		all.Go(func() { reports[i] = a.runHandler(ctx, grace, claim, step, r) })
	}
}

func (a *attempt) runHandler(ctx, grace context.Context, c ledger.Claim, step Step, r StepReport) StepReport {
	r.Status, r.Reason = "", ""
	if r, decided := a.decided(ctx, step, r); decided {
		return r
	}
	stale := a.claim.Newest.Deleted && a.claim.Newest.NewerThan(a.version) ||
		c.Newest.NewerThan(a.version) && a.mapper.contends(a.event.Type, "")
	switch {
	case step.unordered:
		return a.execute(ctx, grace, c, ledger.Version{}, step, r)
	case !a.version.IsZero() && stale:
		r.Status, r.Reason = StepStale, "a newer event has been handled"
		return r
	}
	return a.execute(ctx, grace, c, a.version, step, r)
}

// decided reports a step that is not to be executed, whatever came before it.
func (a *attempt) decided(ctx context.Context, step Step, r StepReport) (StepReport, bool) {
	switch {
	case a.done(step):
		r.Status, r.Planned = StepDuplicate, Action{}
	case step.Err != nil:
		r = a.fail(ctx, r, step.Err)
	case step.Skip != "":
		r.Status, r.Reason = StepSkipped, step.Skip
	default:
		return r, false
	}
	return r, true
}

// run executes one step with an action, unless there is a reason not to.
func (a *attempt) run(ctx, grace context.Context, step Step) StepReport {
	r := StepReport{ID: step.ID, Action: step.Action.Type, LeftOut: step.LeftOut}.of(step)
	if r, decided := a.decided(ctx, step, r); decided {
		return r
	}
	switch {
	case step.about != nil:
		return a.runAbout(ctx, grace, step, r)
	case !step.setsState():
		return a.execute(ctx, grace, a.claim, ledger.Version{}, step, r)
	case a.isStale(step):
		r.Status, r.Reason = StepStale, newerApplied
		if a.claim.Newest.Deleted {
			r.Reason = deletedBefore
		}
		return r
	}
	return a.execute(ctx, grace, a.claim, a.version, step, r)
}

// Why a step is stale. What was only attempted may have had its effect.
const (
	deletedBefore = "it was deleted before"
	newerApplied  = "a newer event has been applied, or attempted"
)

// setsState reports whether the step must not run after that of a newer event.
func (s Step) setsState() bool {
	return !s.unordered && s.Action.Type.setsState()
}

// execute runs a step and records that it has been done.
func (a *attempt) execute(ctx, grace context.Context, c ledger.Claim, v ledger.Version, step Step,
	r StepReport,
) StepReport {
	if err := a.proceed(ctx, c); err != nil {
		return a.fail(ctx, r, err)
	}
	r, err := a.call(ctx, c, step, r)
	if err != nil {
		return a.fail(ctx, r, err)
	}
	if err := a.record(grace, c, step.key(), v); err != nil {
		return a.fail(ctx, r, err)
	}
	r.Status = StepSucceeded
	return r
}

// call has the Executor, or the host's handler, do a step, and adds to its report
// what it noted.
func (a *attempt) call(ctx context.Context, c ledger.Claim, step Step, r StepReport) (StepReport, error) {
	key := step.IdempotencyKey
	if key != "" && a.again != "" {
		key += ":" + a.again
	}
	notes := new(notes)
	r.At = a.source.config.Now()
	err := guard(func() error {
		if step.handle != nil {
			return step.handle(withKey(ctx, key), a.event)
		}
		return a.source.config.Executor.Execute(ctx, Invocation{
			Action:         step.Action,
			Event:          a.event,
			MappingID:      step.Mapping,
			IdempotencyKey: key,
			notes:          notes,
			proceed:        func(ctx context.Context) error { return a.held(ctx, c) },
		})
	})
	r.Took = a.source.config.Now().Sub(r.At)
	r.Attrs = notes.take()
	if a.neverComes(step.Action, err) {
		err = Permanent(fmt.Errorf("%w; no mapping sets it", err))
	}
	return r, err
}

// proceed reports whether a step may still be begun.
func (a *attempt) proceed(ctx context.Context, c ledger.Claim) error {
	if err := expired(ctx); err != nil {
		return err
	}
	return a.held(ctx, c)
}

// held asks the ledger whether a claim is still ours, if it may have ended.
func (a *attempt) held(ctx context.Context, c ledger.Claim) error {
	fence, ok := a.source.config.Ledger.(ledger.Fence)
	if !ok {
		return nil
	}
	return inLedger(guard(func() error { return fence.Held(ctx, c) }))
}

// isStale reports whether a newer event has set what the step would set. Nothing
// is left to set after a deletion. Otherwise, if no other event could have run
// such an action, then none has, however new it was: what is mapped to
// user.created alone is not done by a user.updated that has overtaken it.
func (a *attempt) isStale(step Step) bool {
	newest := a.claim.Newest
	if a.version.IsZero() || !newest.NewerThan(a.version) {
		return false
	}
	return newest.Deleted || a.mapper.contends(a.event.Type, step.Action.Type)
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

// neverComes reports whether an error says that the object of a subscription is
// missing and no mapping sets such objects, so that it does not come by waiting.
func (a *attempt) neverComes(action Action, err error) bool {
	var missing interface{ Missing() string }
	if action.Type != ObjectsSubscribe || !errors.As(err, &missing) || missing.Missing() == "" {
		return false
	}
	if action.view("collection") == tenants {
		return a.aboutGone || !a.mapper.setsAny(TenantsSet)
	}
	return !a.mapper.setsAny(ObjectsSet)
}

// isContextError reports whether err comes from the end of our own ctx, which
// says nothing about the action: it is to be tried again.
func isContextError(ctx context.Context, err error) bool {
	return ctx.Err() != nil && errors.Is(err, ctx.Err())
}

type keyOfContext struct{}

func withKey(ctx context.Context, key string) context.Context {
	return context.WithValue(ctx, keyOfContext{}, key)
}

// IdempotencyKey is the key of the step that a function given to Handle runs in: the
// same for every attempt, another for every other step. It is empty if the delivery
// had no id, and outside of such a function.
func IdempotencyKey(ctx context.Context) string {
	key, _ := ctx.Value(keyOfContext{}).(string)
	return key
}
