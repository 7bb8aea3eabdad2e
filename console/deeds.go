package console

import (
	"slices"
	"strings"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/eventlog"
)

// deed is something that succeeded in Knock for an entity, and by which event.
type deed struct {
	Words string
	At    when
	Event row
	RunID string
	// Times is how often the same was done, if more than once.
	Times int

	what string
}

// notices are the workflows that were triggered for a person, the latest first, by what
// the log knows of the recipients.
func (c *console) notices(id string, entries []eventlog.Entry) []deed {
	return c.deeds(entries, func(s clerkknock.StepReport) bool {
		if s.Action != clerkknock.WorkflowsTrigger {
			return false
		}
		recipients := idsIn(s.Planned, "recipients")
		return len(recipients) == 0 || slices.Contains(recipients, short(id))
	})
}

// deeds are the steps of some kind that succeeded, each time that they did.
func (c *console) deeds(entries []eventlog.Entry, wanted func(clerkknock.StepReport) bool) []deed {
	var all []deed
	rows := c.rows(entries)
	for i, e := range entries {
		for _, r := range e.Reports {
			for _, s := range r.Steps {
				if s.Status != clerkknock.StepSucceeded || !wanted(s) {
					continue
				}
				d := deed{Words: did(s), At: c.when(s.At), Event: rows[i], what: s.Planned.Text("key")}
				calls, _ := callsIn(s.Attrs)
				for _, call := range calls {
					if call.WorkflowRunID != "" {
						d.RunID = call.WorkflowRunID
					}
				}
				all = append(all, d)
			}
		}
	}
	slices.SortStableFunc(all, func(a, b deed) int { return strings.Compare(b.At.UTC, a.At.UTC) })
	return all
}

// twice says why the same workflow ran more than once, "" if none did.
func twice(notices []deed) string {
	byKey := map[string][]deed{}
	for _, n := range notices {
		if n.what != "" {
			byKey[n.what] = append(byKey[n.what], n)
		}
	}
	var parts []string
	for _, n := range notices {
		same := byKey[n.what]
		if len(same) < 2 {
			continue
		}
		delete(byKey, n.what)
		events := map[string]bool{}
		for _, s := range same {
			events[s.Event.Path] = true
		}
		why := "each time by an event of its own"
		switch {
		case len(events) == 1:
			why = "by one event, which somebody had processed again"
		case len(events) < len(same):
			why = "by " + plural(len(events), "event", "events") + ", of which somebody had one processed again"
		}
		parts = append(parts, "Workflow "+short(n.what)+" ran "+number(len(same))+" times, "+why+".")
	}
	return strings.Join(parts, " ")
}
