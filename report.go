package clerkknock

import (
	"errors"
	"strings"
	"time"

	"github.com/clerkknock/clerkknock/internal/text"
)

// Outcome says in one word what became of a delivery.
type Outcome string

// The outcomes.
const (
	// OutcomeSucceeded: at least one step was executed, and none failed.
	OutcomeSucceeded Outcome = "succeeded"
	// OutcomeSkipped: there was nothing to execute; each step says why.
	OutcomeSkipped Outcome = "skipped"
	// OutcomeDuplicate: every step had succeeded before.
	OutcomeDuplicate Outcome = "duplicate"
	// OutcomeIgnored: no active mapping handles the event's type.
	OutcomeIgnored Outcome = "ignored"
	// OutcomeStored: the delivery is in the inbox and will be processed.
	OutcomeStored Outcome = "stored"
	// OutcomeRetry: something failed for now; the delivery is to come again.
	OutcomeRetry Outcome = "retry"
	// OutcomeFailed: a step failed for good.
	OutcomeFailed Outcome = "failed"
)

// StepStatus says what became of a step.
type StepStatus string

// The states of a step.
const (
	StepSucceeded StepStatus = "succeeded"
	// StepSkipped: the plan had no action; Reason says why.
	StepSkipped StepStatus = "skipped"
	// StepDuplicate: the step succeeded in an earlier attempt.
	StepDuplicate StepStatus = "duplicate"
	// StepStale: a newer event of the same entity has been applied.
	StepStale StepStatus = "stale"
	// StepRetry: the step failed for now.
	StepRetry StepStatus = "retry"
	// StepPending: the step was not tried, because one before it is to be retried.
	StepPending StepStatus = "pending"
	// StepFailed: the step failed for good.
	StepFailed StepStatus = "failed"
)

// Report tells what became of a delivery. Encoded as JSON it is the answer to
// the sender, which keeps it where other people may read it: it holds no
// personal data and no error text.
type Report struct {
	ID      string       `json:"id,omitempty"`
	Type    string       `json:"type"`
	Outcome Outcome      `json:"outcome"`
	Steps   []StepReport `json:"steps,omitempty"`
	// Took is how long processing took.
	Took time.Duration `json:"-"`
	// Err is what failed outside of the steps: the ledger, the Preprocess hook,
	// an identical delivery in flight. Nil otherwise.
	Err error `json:"-"`
}

// StepReport tells what became of one step.
type StepReport struct {
	ID     string     `json:"id"`
	Action ActionType `json:"action,omitempty"`
	Status StepStatus `json:"status"`
	Reason string     `json:"reason,omitempty"`
	// Err is the failure of a step that is to be retried or has failed.
	Err error `json:"-"`
}

// appendJSON writes what encoding/json makes of a Report by its tags, for the answer
// to every delivery, without its reflection.
func (r Report) appendJSON(b []byte) []byte {
	b = append(b, '{')
	if r.ID != "" {
		b = append(text.AppendQuotedHTML(append(b, `"id":`...), r.ID), ',')
	}
	b = text.AppendQuotedHTML(append(b, `"type":`...), r.Type)
	b = text.AppendQuotedHTML(append(b, `,"outcome":`...), string(r.Outcome))
	if len(r.Steps) > 0 {
		b = append(b, `,"steps":`...)
		separator := byte('[')
		for _, s := range r.Steps {
			b = s.appendJSON(append(b, separator))
			separator = ','
		}
		b = append(b, ']')
	}
	return append(b, '}')
}

func (s StepReport) appendJSON(b []byte) []byte {
	b = text.AppendQuotedHTML(append(b, `{"id":`...), s.ID)
	if s.Action != "" {
		b = text.AppendQuotedHTML(append(b, `,"action":`...), string(s.Action))
	}
	b = text.AppendQuotedHTML(append(b, `,"status":`...), string(s.Status))
	if s.Reason != "" {
		b = text.AppendQuotedHTML(append(b, `,"reason":`...), s.Reason)
	}
	return append(b, '}')
}

// Error returns what stands between the delivery and its end, or nil: the
// failures of the steps, marked with Permanent when no retry can mend them.
func (r Report) Error() error {
	var stands StepStatus
	switch r.Outcome {
	case OutcomeRetry:
		stands = StepRetry
	case OutcomeFailed:
		stands = StepFailed
	default:
		return nil
	}
	for _, s := range r.Steps {
		if s.Status == stands {
			return &stepError{s.ID, s.failure()}
		}
	}
	return r.Err
}

// failure is Err, or what remains of it in a report that comes from an EventLog or
// from JSON.
func (s StepReport) failure() error {
	if s.Err != nil {
		return s.Err
	}
	err := errors.New(s.Reason)
	if s.Status == StepFailed {
		return Permanent(err)
	}
	return err
}

// stepError says which step an error belongs to.
type stepError struct {
	step string
	err  error
}

func (e *stepError) Error() string { return "step " + e.step + ": " + e.err.Error() }
func (e *stepError) Unwrap() error { return e.err }

// maxText bounds what a report, and a log line, repeat of a sender's text.
const maxText = 255

func clip(s string) string {
	if len(s) <= maxText {
		return s
	}
	return strings.ToValidUTF8(s[:maxText], "") + "…"
}
