package clerkknock

import (
	"context"
	"slices"
	"strings"

	"github.com/clerkknock/clerkknock/ledger"
)

// runAbout executes a step whose action sets something else than what the event is
// about. That is claimed for as long as it takes. No event about it waits the other
// way around, so that nobody waits for ever.
func (a *attempt) runAbout(ctx, grace context.Context, step Step, r StepReport) StepReport {
	claim := a.claim
	if step.about.entity != claim.Entity {
		var err error
		if claim, err = a.take(ctx, "", step.about.entity); err != nil {
			return a.fail(ctx, r, err)
		}
		defer a.release(grace, claim)
	}
	switch known := claim.Newest; {
	case known.Deleted:
		a.aboutGone = true
		r.Status, r.Reason = StepStale, deletedBefore
		return r
	case a.setsSomethingElse(step):
	case known.NewerThan(step.about.version):
		r.Status, r.Reason = StepStale, newerApplied
		return r
	case !known.IsZero() && !step.about.version.NewerThan(known) && a.again == "" && !a.wasMended(step) &&
		!a.isOwn(claim):
		r.Status, r.Reason = StepStale, "this state has been applied"
		return r
	}
	claim.DeliveryID = a.claim.DeliveryID
	return a.execute(ctx, grace, claim, step.about.version, step, r)
}

// isOwn reports whether the newest version comes from this delivery. A step of it that is
// not done is then one of several, or is to be done once more.
func (a *attempt) isOwn(c ledger.Claim) bool {
	return c.NewestOf != "" && c.NewestOf == a.claim.DeliveryID
}

// wasMended reports whether the step was done in an earlier attempt, by a mapping that
// has changed since.
func (a *attempt) wasMended(step Step) bool {
	return slices.ContainsFunc(a.claim.Done, func(key string) bool { return strings.HasPrefix(key, step.ID+"@") })
}

// setsSomethingElse reports whether what is known of an entity comes from events that
// set other kinds of things than the step does.
func (a *attempt) setsSomethingElse(step Step) bool {
	subject, _, _ := strings.Cut(step.about.entity, "/")
	all := func(string) bool { return false }
	return a.mapper.handlesSubject(subject) && !a.mapper.sets(subject, step.Action.Type, all)
}
