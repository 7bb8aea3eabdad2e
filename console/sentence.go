package console

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/eventlog"
)

// sentence says in words what became of a delivery, or why a request was refused.
func sentence(e eventlog.Entry, table []clerkknock.Mapping) string {
	r := decisive(e)
	switch e.Outcome {
	case clerkknock.OutcomeRefused:
		s := fmt.Sprintf("refused with %d: %s", r.Answer, errorText(r.Err))
		if e.Refusals > 1 {
			s += fmt.Sprintf(" (%s times within a minute)", number(e.Refusals))
		}
		return s
	case clerkknock.OutcomeStored:
		if e.Waits > 0 {
			return "waits: another event about the same user, organization or membership is being worked on"
		}
		return "stored, and waits for a worker"
	case clerkknock.OutcomeIgnored:
		return "ignored: " + whyIgnored(e.Type, table)
	case clerkknock.OutcomeRetry:
		return fmt.Sprintf("failed for now, tried %s: %s", times(e.Attempts), sum(r))
	}
	if n := repeats(e); n > 0 {
		return sum(r) + "; it came again " + times(n) + ", and nothing was done twice"
	}
	return sum(r)
}

// repeats is how often a delivery came again after what made its outcome.
func repeats(e eventlog.Entry) (n int) {
	for _, r := range slices.Backward(e.Reports) {
		switch r.Outcome {
		case e.Outcome:
			return n
		case clerkknock.OutcomeStored, clerkknock.OutcomeDuplicate:
			n++
		}
	}
	return 0
}

// decisive is the report that has made the entry's outcome: the latest may only say that
// the delivery came again.
func decisive(e eventlog.Entry) clerkknock.Report {
	for _, r := range slices.Backward(e.Reports) {
		if r.Outcome == e.Outcome {
			return r
		}
	}
	return e.Latest()
}

// whyIgnored says what the table has for an event that nothing was done for.
func whyIgnored(eventType string, table []clerkknock.Mapping) string {
	var inactive []string
	for _, m := range table {
		if m.Event != eventType {
			continue
		}
		if !m.Inactive {
			return "no mapping handled it then; " + m.ID + " does now"
		}
		inactive = append(inactive, m.ID)
	}
	switch len(inactive) {
	case 0:
		return "no mapping handles " + eventType
	case 1:
		return "its mapping " + inactive[0] + " is not active"
	}
	return "its mappings " + strings.Join(inactive, ", ") + " are not active"
}

// worth is the order in which a sentence tells of steps.
var worth = []clerkknock.StepStatus{
	clerkknock.StepFailed, clerkknock.StepRetry, clerkknock.StepSucceeded, clerkknock.StepStale,
	clerkknock.StepSkipped, clerkknock.StepDuplicate, clerkknock.StepPending,
}

// sum says what a report's steps came to, the most important first.
func sum(r clerkknock.Report) string {
	var parts []string
	for _, status := range worth {
		var same []string
		for _, s := range r.Steps {
			if text := stepSentence(s); s.Status == status && !slices.Contains(same, text) {
				same = append(same, text)
			}
		}
		if len(same) == 0 {
			continue
		}
		text := strings.Join(same, ", ")
		if status == clerkknock.StepSucceeded {
			text += " · " + took(r.Took)
		}
		parts = append(parts, text)
	}
	switch {
	case len(parts) > 0:
		return strings.Join(parts, "; ")
	case r.Err != nil:
		return readable(errorText(r.Err))
	}
	return "nothing was done"
}

// stepSentence says what became of a step.
func stepSentence(s clerkknock.StepReport) string {
	switch s.Status {
	case clerkknock.StepSucceeded:
		return did(s)
	case clerkknock.StepSkipped:
		return "skipped: " + whySkipped(s)
	case clerkknock.StepStale:
		return "stale: " + whyStale(s.Reason)
	case clerkknock.StepDuplicate:
		return strings.TrimSpace(did(s) + " before, so it was not done again")
	case clerkknock.StepPending:
		return "not tried yet, because a step before it has to be tried again"
	}
	if s.Err == nil {
		return readable(s.Reason)
	}
	return readable(errorText(s.Err))
}

var (
	unresolved = regexp.MustCompile(`^parameter "([^"]+)" resolves to nothing$`)
	missing    = regexp.MustCompile(`^(?:body\.)?(.+) is missing$`)
)

// whySkipped names the path at which the payload lacks what the action cannot do without.
func whySkipped(s clerkknock.StepReport) string {
	found := unresolved.FindStringSubmatch(s.Reason)
	if found == nil {
		return s.Reason
	}
	for _, left := range s.LeftOut {
		if why, ok := strings.CutPrefix(left, found[1]+": "); ok {
			return found[1] + " " + leftOut(why)
		}
	}
	return found[1] + " is null or empty in the payload"
}

// leftOut says why something was left out, as a report has it.
func leftOut(why string) string {
	if path := missing.FindStringSubmatch(why); path != nil {
		return "is not in the payload at " + path[1]
	}
	return "resolves to nothing: " + why
}

// stateApplied is the root package's reason for what is not newer, and not older either.
const stateApplied = "this state has been applied"

func whyStale(reason string) string {
	switch {
	case strings.HasPrefix(reason, "a newer event"):
		return "a newer event was applied before"
	case reason == stateApplied:
		return "this state was applied before"
	}
	return reason
}

// ofKnock is what stands before the answer in an error of package knock.
var ofKnock = regexp.MustCompile(`^(?:step \S+: )?(?:knock: \S+: )?knock answered `)

// readable is the text of an error that begins a sentence.
func readable(text string) string { return ofKnock.ReplaceAllString(text, "Knock answered ") }

func times(n int) string {
	if n == 1 {
		return "once"
	}
	return number(n) + " times"
}
