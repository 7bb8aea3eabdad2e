package clerkknock

import (
	"log/slog"
	"slices"
	"strings"
	"time"
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
	// OutcomeRefused: the request was not accepted, and nothing was done.
	OutcomeRefused Outcome = "refused"
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
	// At is when work on it began, and Took how long that lasted.
	At   time.Time     `json:"-"`
	Took time.Duration `json:"-"`
	// Answer is the HTTP status that the sender gets, 0 when an Inbox's worker
	// has processed the delivery.
	Answer int `json:"-"`
	// Err is what stands between the delivery and its end: the failure of a step,
	// of the ledger or the Preprocess hook, or why the request was refused. It is
	// marked with Permanent when no retry can mend it. Nil otherwise.
	Err error `json:"-"`
}

// StepReport tells what became of one step.
type StepReport struct {
	ID     string     `json:"id"`
	Action ActionType `json:"action,omitempty"`
	Status StepStatus `json:"status"`
	Reason string     `json:"reason,omitempty"`
	// At is when the Executor was called, and Took how long that lasted. Zero if
	// it was not.
	At   time.Time     `json:"-"`
	Took time.Duration `json:"-"`
	// LeftOut are the optional parameters, and the properties, that resolved to
	// nothing and were left out, each with the reason.
	LeftOut []string `json:"left_out,omitempty"`
	// Planned is the action that was to be executed, for people to look at; At says
	// whether it was. Its parameters are personal data. Zero if there was none, or it was
	// executed in an earlier attempt.
	Planned Action `json:"-"`
	// Revision names the mapping as it was: it is another one once the mapping has changed.
	Revision string `json:"-"`
	// Attrs are what the Executor noted with Invocation.Note. Those of package
	// knock are documented at knock.Executor.
	Attrs []slog.Attr `json:"-"`
	// Err is the failure of a step that is to be retried or has failed.
	Err error `json:"-"`
}

// failure is what stands between the delivery and its end: what has failed outside
// of the steps, or the first step that did.
func failure(steps []StepReport, outcome Outcome, err error) error {
	stands := StepRetry
	if outcome == OutcomeFailed {
		stands = StepFailed
	}
	for _, s := range steps {
		if s.Err != nil && s.Status == stands {
			return &stepError{s.ID, s.Err}
		}
	}
	return err
}

// outcome sums the steps up, and what has failed outside of them.
func outcome(steps []StepReport, err error) Outcome {
	if err != nil {
		if IsPermanent(err) {
			return OutcomeFailed
		}
		return OutcomeRetry
	}
	has := func(status StepStatus) bool {
		return slices.ContainsFunc(steps, func(s StepReport) bool { return s.Status == status })
	}
	switch {
	case has(StepRetry):
		return OutcomeRetry
	case has(StepFailed):
		return OutcomeFailed
	case has(StepSucceeded):
		return OutcomeSucceeded
	case has(StepDuplicate):
		return OutcomeDuplicate
	case len(steps) > 0:
		return OutcomeSkipped
	}
	return OutcomeIgnored
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
