package clerkknock

import (
	"context"
	"slices"
	"strings"

	"github.com/clerkknock/clerkknock/clerk"
)

// ProcessPlanned is Process for what an earlier report of the delivery planned: its actions
// and handlers are executed, unless they have been, whatever the mappings would plan today.
// An event log keeps such reports. A step whose action the report does not have any more is
// left out.
func (s *Source) ProcessPlanned(ctx context.Context, d Delivery, then Report) (Report, error) {
	return s.processAgain(ctx, d, "", &then)
}

// RehearsePlanned is Rehearse for what an earlier report of the delivery planned.
func (s *Source) RehearsePlanned(ctx context.Context, d Delivery, then Report) ([]Step, error) {
	e, err := d.event()
	if err != nil {
		return nil, err
	}
	steps := asPlanned(e, nil, then)
	s.addRequests(ctx, e, steps)
	return steps, nil
}

// asPlanned returns the steps of an earlier report. Those that today's mappings still plan
// keep what a report does not tell: whom they are about, and whether they are ordered.
func asPlanned(e clerk.Envelope, today []Step, then Report) []Step {
	var steps []Step
	for _, r := range then.Steps {
		mapping, _, _ := strings.Cut(r.ID, "#")
		step := Step{ID: r.ID, Mapping: mapping}
		i := slices.IndexFunc(today, func(s Step) bool { return s.ID == r.ID })
		if i >= 0 {
			step = today[i]
		}
		if r.Status == StepSkipped || step.handle == nil && r.Planned.Type == "" {
			continue
		}
		step.Action, step.Skip, step.Err, step.LeftOut = r.Planned, "", nil, r.LeftOut
		step.hash, step.IdempotencyKey = r.Revision, idempotencyKey(e.ID, r.ID, r.Revision)
		steps = append(steps, step)
	}
	return steps
}

// of adds what a step says of itself to its report.
func (r StepReport) of(step Step) StepReport {
	r.Revision = step.hash
	if step.Skip == "" && step.Err == nil {
		r.Planned = step.Action
	}
	return r
}
