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

// stands says whether an entity is in Knock, and by which event or why not. Steps are those
// that set it or delete it.
func (c *console) stands(question, entity string, entries []eventlog.Entry, sets, deletes clerkknock.ActionType) answer {
	a := answer{Question: question}
	rows := c.rows(entries)
	var last *eventlog.Entry
	for i := range entries {
		e := &entries[i]
		for _, s := range decisive(*e).Steps {
			if s.Action != sets && s.Action != deletes || !aims(s, entity, *e) {
				continue
			}
			switch {
			case s.Status == clerkknock.StepSucceeded && s.Action == deletes:
				return answer{question, "No longer: it was deleted in Knock.", "", &rows[i]}
			case s.Status == clerkknock.StepSucceeded, s.Status == clerkknock.StepDuplicate:
				if last == nil {
					return answer{question, "Yes.", "good", &rows[i]}
				}
				a.Words = "Yes, but not with the newest state. " + a.Words
				a.Kind = "bad"
				return a
			case s.Status == clerkknock.StepStale:
				continue
			}
			if last == nil {
				last = e
				a.Words, a.Kind, a.Event = "The newest event did not do it: "+stepSentence(s)+".", "bad", &rows[i]
			}
		}
	}
	if last != nil {
		a.Words = "No. " + a.Words
		return a
	}
	return c.neverSet(a, entity, entries, rows, sets)
}

// neverSet says why no step has tried to set an entity.
func (c *console) neverSet(a answer, entity string, entries []eventlog.Entry, rows []row, sets clerkknock.ActionType) answer {
	a.Words, a.Kind = "Not by anything that the log still has.", "bad"
	table := c.config.Source.Mapper().Mappings()
	for i, e := range entries {
		if !isOwn(e, entity) || e.Outcome != clerkknock.OutcomeIgnored {
			continue
		}
		could := slices.ContainsFunc(table, func(m clerkknock.Mapping) bool { return m.Event == e.Type && m.Action == sets })
		if could {
			a.Words, a.Event = "No: "+whyIgnored(e.Type, table)+".", &rows[i]
			return a
		}
	}
	return a
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
