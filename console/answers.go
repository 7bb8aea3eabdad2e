package console

import (
	"slices"
	"strings"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/eventlog"
)

// answer is a question that people come with, and what the log says to it.
type answer struct {
	Question, Words string
	// Kind is "good", "bad" or "" if it is neither.
	Kind string
	// Event is the one that decides it, if there is one.
	Event *row
}

// question is whether Knock has something: what it is asked with, and the actions that set
// it and delete it.
type question struct {
	words         string
	sets, deletes clerkknock.ActionType
}

// stands says whether an entity is in Knock, and by which event or why not.
func (c *console) stands(q question, entity string, entries []eventlog.Entry) answer {
	var failed answer // the newest that did not do it
	rows := c.rows(entries)
	for i, e := range entries {
		for _, s := range decisive(e).Steps {
			if s.Action != q.sets && s.Action != q.deletes || !aims(s, entity, e) {
				continue
			}
			done := s.Status == clerkknock.StepSucceeded || s.Status == clerkknock.StepDuplicate
			switch {
			case done && s.Action == q.deletes:
				return answer{q.words, "No longer: it was deleted in Knock.", "", &rows[i]}
			case done && failed.Words == "":
				return answer{q.words, "Yes.", "good", &rows[i]}
			case done:
				failed.Words = "Yes, but not with the newest state. " + failed.Words
				return failed
			case s.Status != clerkknock.StepStale && failed.Words == "":
				failed = answer{q.words, "The newest event did not do it: " + stepSentence(s) + ".", "bad", &rows[i]}
			}
		}
	}
	if failed.Words != "" {
		failed.Words = "No. " + failed.Words
		return failed
	}
	return c.neverSet(q, entity, entries)
}

// neverSet says why no step has tried to set an entity.
func (c *console) neverSet(q question, entity string, entries []eventlog.Entry) answer {
	table := c.config.Source.Mapper().Mappings()
	for _, e := range entries {
		sets := func(m clerkknock.Mapping) bool { return m.Event == e.Type && m.Action == q.sets }
		if isOwn(e, entity) && e.Outcome == clerkknock.OutcomeIgnored && slices.ContainsFunc(table, sets) {
			by := c.row(e, table)
			return answer{q.words, "No: " + whyIgnored(e.Type, table) + ".", "bad", &by}
		}
	}
	return answer{q.words, "Not by anything that the log still has.", "bad", nil}
}

// aims reports whether a step is about an entity: by the ID that was sent, if the log has
// it, or else by what the event is about.
func aims(s clerkknock.StepReport, entity string, e eventlog.Entry) bool {
	t := thingOf(entity)
	if id := s.Planned.Text("id"); id == t.ID {
		return true
	}
	return isOwn(e, entity) || s.Planned.Type == "" && slices.Contains(e.Entities, entity)
}

// noticed answers whether, and how often, a person was notified.
func (c *console) noticed(notices []deed, entries []eventlog.Entry) []answer {
	a := answer{Question: "Notified?"}
	if len(notices) > 0 {
		a.Words, a.Kind = "Knock was told to run "+plural(len(notices), "workflow", "workflows")+" for this person.", "good"
		a.Event = &notices[0].Event
		if why := twice(notices); why != "" {
			return []answer{a, {Question: "More than once?", Words: why}}
		}
		return []answer{a}
	}
	a.Words, a.Kind = c.whyNot(entries)
	return []answer{a}
}

// whyNot says why no workflow has run: what the steps say, or the mappings.
func (c *console) whyNot(entries []eventlog.Entry) (words, kind string) {
	for _, e := range entries {
		for _, s := range decisive(e).Steps {
			if s.Action == clerkknock.WorkflowsTrigger && s.Status != clerkknock.StepSucceeded {
				return "No. By " + e.Type + ": " + stepSentence(s) + ".", "bad"
			}
		}
	}
	var inactive []string
	for _, m := range c.config.Source.Mapper().Mappings() {
		came := slices.ContainsFunc(entries, func(e eventlog.Entry) bool { return e.Type == m.Event })
		if m.Action == clerkknock.WorkflowsTrigger && m.Inactive && came {
			inactive = append(inactive, m.ID)
		}
	}
	if len(inactive) > 0 {
		return "No: " + strings.Join(inactive, ", ") + " would do it, and is not active.", "bad"
	}
	return "No: nothing that is mapped to these events triggers a workflow for this person.", ""
}
