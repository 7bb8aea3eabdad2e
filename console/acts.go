package console

import (
	"context"
	"errors"
	"time"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/eventlog"
	"github.com/clerkknock/clerkknock/ledger"
)

// act is something that can be done to an event of the log, for a person who has read what
// it does.
type act struct {
	// name is its part of the address, Title what it is called, and Says what it does.
	name, Title, Says string
	// Button is what starts it, and Danger says that it cannot be undone: it asks twice.
	Button string
	Danger bool
	// on are the outcomes of events that it is for. None is any.
	on []clerkknock.Outcome
	// verb is what the Queue does. Without one, do does it.
	verb Verb
	do   func(*clerkknock.Source, context.Context, eventlog.Entry) (clerkknock.Report, error)
}

// notDone are the outcomes of what an inbox may still have.
var notDone = []clerkknock.Outcome{clerkknock.OutcomeStored, clerkknock.OutcomeRetry, clerkknock.OutcomeFailed}

// acts are all that can be done, the mildest first.
var acts = []act{
	{
		name: "today", Title: "Replay by today's mappings", Button: "Replay",
		Says: "The event is planned anew by the mappings in force today. What has succeeded before is not done again, " +
			"unless its mapping has changed since. What is older than what Knock holds is skipped.",
		do: func(s *clerkknock.Source, ctx context.Context, e eventlog.Entry) (clerkknock.Report, error) {
			return s.Process(ctx, e.Delivery)
		},
	},
	{
		name: "planned", Title: "Replay what was planned then", Button: "Replay",
		Says: "The requests that were planned when the event came are sent, whatever the mappings say today. What has " +
			"succeeded before is not done again. What is older than what Knock holds is skipped.",
		do: func(s *clerkknock.Source, ctx context.Context, e eventlog.Entry) (clerkknock.Report, error) {
			then, ok := firstPlan(e)
			if !ok {
				return clerkknock.Report{}, errNoPlan
			}
			return s.ProcessPlanned(ctx, e.Delivery, then)
		},
	},
	{
		name: "everything", Title: "Do everything again", Button: "Do everything again",
		Says: "Every step is executed again by today's mappings, also what has succeeded before: people are notified " +
			"again. Only what is older than what Knock holds is skipped.",
		do: func(s *clerkknock.Source, ctx context.Context, e eventlog.Entry) (clerkknock.Report, error) {
			return s.Reprocess(ctx, e.Delivery)
		},
	},
	{
		name: "revive", Title: "Give it to the inbox again", Button: "Give it to the inbox again", verb: Replay,
		on: []clerkknock.Outcome{clerkknock.OutcomeRetry, clerkknock.OutcomeFailed},
		Says: "A dead delivery gets all its attempts again, and a worker of the inbox takes it: by the mappings that are " +
			"in force then. What has succeeded before is not done again, unless its mapping has changed since.",
	},
	{
		name: "hurry", Title: "Hurry", Button: "Make it due now", verb: Hurry,
		on:   []clerkknock.Outcome{clerkknock.OutcomeStored, clerkknock.OutcomeRetry},
		Says: "A delivery that waits for its next attempt is due now. It costs no attempt.",
	},
	{
		name: "discard", Title: "Discard", Button: "Discard", Danger: true, verb: Discard, on: notDone,
		Says: "A delivery that waits, or is dead, leaves the inbox and never runs again. What is running is left alone. " +
			"The event log keeps what it has.",
	},
}

// actOf finds an act by its name, if this console can do it.
func (c *console) actOf(name string) (act, error) {
	for _, a := range acts {
		if a.name == name && (a.verb == "" || c.config.Queue != nil) {
			return a, nil
		}
	}
	return act{}, errNotFound
}

// isFor reports whether the act is for events of an outcome. A refused request is no event.
func (a act) isFor(outcome clerkknock.Outcome) bool {
	if outcome == clerkknock.OutcomeRefused {
		return false
	}
	for _, on := range a.on {
		if on == outcome {
			return true
		}
	}
	return len(a.on) == 0
}

// Why an act was not done.
var (
	errBusy    = errors.New("somebody is working on it just now; try again in a moment")
	errNoPlan  = errors.New("the log does not have what was planned")
	errNoBody  = errors.New("the log does not have the payload")
	errNoID    = errors.New("it has no ID, by which the inbox would know it")
	errNotThis = errors.New("this is not for events of this outcome")
)

const (
	// patience is how long an act waits for another one about the same person.
	patience = 2 * time.Second
	// performTime is how long an act to one event may take, besides what Config.Budget says.
	performTime = 15 * time.Second
)

// perform does an act to one event. The error is why it was not done, or did not succeed.
// Whoever goes away meanwhile does not tear it.
func (c *console) perform(ctx context.Context, a act, e eventlog.Entry) (clerkknock.Outcome, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), performTime)
	defer cancel()
	switch {
	case !a.isFor(e.Outcome) || e.Refusals > 0:
		return "", errNotThis
	case a.verb != "" && e.Delivery.ID == "":
		return "", errNoID
	case a.verb != "":
		return "", c.config.Queue.Do(ctx, a.verb, e.Delivery.ID)
	case !isKept(e):
		return "", errNoBody
	}
	report, err := a.do(c.config.Source, ledger.WithPatience(ctx, patience), e)
	if errors.Is(err, ledger.ErrBusy) || errors.Is(err, ledger.ErrInFlight) {
		return "", errBusy
	}
	if err == nil {
		c.settle(ctx, e)
	}
	return report.Outcome, err
}

// settle takes a delivery that is done now out of the Queue, which would go on counting it
// as dead, or try it again. It may be gone already.
func (c *console) settle(ctx context.Context, e eventlog.Entry) {
	unfinished := e.Outcome == clerkknock.OutcomeRetry || e.Outcome == clerkknock.OutcomeFailed
	if c.config.Queue == nil || e.Delivery.ID == "" || !unfinished {
		return
	}
	if err := c.config.Queue.Do(ctx, Discard, e.Delivery.ID); err != nil {
		c.config.Logger.InfoContext(ctx, "console: the inbox has kept a delivery that is done",
			"svix_id", e.Delivery.ID, "error", err)
	}
}

// firstPlan is the first report of an event that says what was planned.
func firstPlan(e eventlog.Entry) (clerkknock.Report, bool) {
	for _, r := range e.Reports {
		for _, s := range r.Steps {
			if s.Planned.Type != "" {
				return r, true
			}
		}
	}
	return clerkknock.Report{}, false
}
