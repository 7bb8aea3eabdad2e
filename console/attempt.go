package console

import (
	"strings"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/eventlog"
)

// attempt is a report as a page shows it: one station on a delivery's way.
type attempt struct {
	Number  int
	At      when
	Took    string
	Outcome clerkknock.Outcome
	Words   string
	// Answer is what Clerk got, "" if a worker did it.
	Answer string
	Error  string
	Steps  []step
}

// step is a step of an attempt.
type step struct {
	ID      string
	Status  clerkknock.StepStatus
	Words   string
	Took    string
	Error   string
	Hint    string
	LeftOut []string
	Calls   []call
	Facts   []fact
}

// attempts are the stations of an entry, the oldest first.
func (c *console) attempts(e eventlog.Entry) []attempt {
	all := make([]attempt, len(e.Reports))
	for i, r := range e.Reports {
		a := attempt{Number: i + 1, At: c.when(r.At), Took: took(r.Took), Outcome: r.Outcome, Words: station(r)}
		if r.Answer != 0 {
			a.Answer = statusText(r.Answer)
		}
		if len(r.Steps) == 0 {
			a.Error = readable(errorText(r.Err))
		}
		for _, s := range r.Steps {
			a.Steps = append(a.Steps, c.step(s))
		}
		all[i] = a
	}
	return all
}

// station says what a report is about.
func station(r clerkknock.Report) string {
	switch r.Outcome {
	case clerkknock.OutcomeStored:
		return "stored in the inbox"
	case clerkknock.OutcomeRefused:
		return "refused"
	case clerkknock.OutcomeDuplicate:
		return "came again, and everything had been done before"
	case clerkknock.OutcomeIgnored:
		return "no active mapping handled it"
	}
	return "tried"
}

func (c *console) step(s clerkknock.StepReport) step {
	shown := step{ID: s.ID, Status: s.Status, Words: stepSentence(s), LeftOut: s.LeftOut}
	shown.Calls, shown.Facts = callsIn(s.Attrs)
	if !s.At.IsZero() {
		shown.Took = took(s.Took)
	}
	if s.Err != nil && !strings.EqualFold(s.Err.Error(), shown.Words) {
		shown.Error = s.Err.Error()
	}
	shown.Hint = stepHint(s)
	return shown
}
