package console

import (
	"context"
	"slices"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/eventlog"
)

// pair is the requests of a step as they were sent beside what would be sent now.
type pair struct {
	Step string
	// Words say how the two differ.
	Words     string
	Differs   bool
	Then, Now []line
}

// requests compares what a report has planned with what today's mappings would. It is empty
// if the log does not have the payload.
func (c *console) requests(ctx context.Context, e eventlog.Entry, then clerkknock.Report, seen exposure,
) ([]pair, error) {
	if len(e.Delivery.Body) == 0 {
		return nil, nil
	}
	past, err := c.config.Source.RehearsePlanned(ctx, e.Delivery, then)
	if err != nil {
		return nil, err
	}
	today, err := c.config.Source.Rehearse(ctx, e.Delivery)
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, s := range slices.Concat(past, today) {
		if !slices.Contains(ids, s.ID) {
			ids = append(ids, s.ID)
		}
	}
	var pairs []pair
	for _, id := range ids {
		p := pairOf(id, stepOf(past, id), stepOf(today, id), seen)
		i := slices.IndexFunc(then.Steps, func(s clerkknock.StepReport) bool { return s.ID == id })
		if i >= 0 && then.Steps[i].At.IsZero() && len(p.Then) > 0 {
			p.Words = "It was planned and not sent: " + stepSentence(then.Steps[i]) + ". " + p.Words
		}
		pairs = append(pairs, p)
	}
	return pairs, nil
}

func stepOf(steps []clerkknock.Step, id string) *clerkknock.Step {
	for i := range steps {
		if steps[i].ID == id {
			return &steps[i]
		}
	}
	return nil
}

func pairOf(id string, then, now *clerkknock.Step, seen exposure) pair {
	p := pair{Step: id, Then: textOfStep(then, seen), Now: textOfStep(now, seen)}
	compare(p.Then, p.Now)
	p.Differs = differs(p.Then, p.Now)
	switch {
	case then == nil && (now.Skip != "" || now.Err != nil):
		p.Words = "Nothing was to be sent, and nothing would be now."
	case then == nil:
		p.Words = "Nothing was to be sent then. Today's mappings would send this."
	case now == nil:
		p.Words = "Today's mappings would not do this any more."
	case now.Skip != "" || now.Err != nil:
		p.Words = "Today's mappings would send nothing."
	case p.Differs:
		p.Words = "Today's mappings would send something else. What differs is marked."
	default:
		p.Words = "Today's mappings would send the same."
	}
	return p
}

// textOfStep is what a step sends, or why it sends nothing.
func textOfStep(s *clerkknock.Step, seen exposure) []line {
	why := ""
	switch {
	case s == nil:
		return nil
	case s.Skip != "":
		why = "skipped: " + whySkipped(clerkknock.StepReport{Reason: s.Skip, LeftOut: s.LeftOut})
	case s.Err != nil:
		why = "cannot be sent: " + s.Err.Error()
	default:
		calls, _ := callsIn(s.Attrs)
		if text := callText(calls, s.Action, seen); len(text) > 0 {
			return text
		}
		why = "runs the host's own function, which cannot be rehearsed"
	}
	return []line{{Shown: why, raw: why}}
}
