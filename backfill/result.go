package backfill

import (
	"errors"
	"slices"
	"strings"

	"github.com/clerkknock/clerkknock"
)

// Outcome says what has become of a record.
type Outcome string

// The outcomes.
const (
	// Sent: at least one step was executed, and none failed.
	Sent Outcome = "sent"
	// Unchanged: Knock has been told this state before, or a newer one, or of the end of it.
	Unchanged Outcome = "unchanged"
	// Skipped: there was nothing to execute; Reason says why.
	Skipped Outcome = "skipped"
	// Failed: a step has failed, for good or for as long as the run has tried.
	Failed Outcome = "failed"
)

// Result is what has become of one record. It holds no personal data but the ID.
type Result struct {
	Kind Kind `json:"kind"`
	// ID is Clerk's id of the object.
	ID      string  `json:"id"`
	Outcome Outcome `json:"outcome"`
	// Reason says why the record was not sent, or which step has failed how.
	Reason string `json:"reason,omitempty"`
	// LeftOut are the parameters and properties that were not sent, with the reason.
	LeftOut []string `json:"left_out,omitempty"`
	// Err is the failure. Nil otherwise.
	Err error `json:"-"`
	// Steps is what a dry run would do. Its parameters are personal data. Nil otherwise.
	Steps []clerkknock.Step `json:"-"`
}

// errNotAsked is what a trigger gets that the table decides on at run time.
var errNotAsked = errors.New("triggers are left out, unless Config.Triggers asks for them")

// result sums up a report.
func resultOf(r Record, report clerkknock.Report) Result {
	result := Result{Kind: r.Kind, ID: r.id()}
	for _, s := range report.Steps {
		for _, left := range s.LeftOut {
			result.LeftOut = append(result.LeftOut, s.ID+": "+left)
		}
	}
	has := func(is func(clerkknock.StepReport) bool) bool { return slices.ContainsFunc(report.Steps, is) }
	notAsked := func(s clerkknock.StepReport) bool { return errors.Is(s.Err, errNotAsked) }
	switch {
	case report.Err != nil && !errors.Is(report.Err, errNotAsked):
		result.Outcome, result.Err, result.Reason = Failed, report.Err, report.Err.Error()
	case has(func(s clerkknock.StepReport) bool { return s.Status == clerkknock.StepFailed && !notAsked(s) }):
		result.Outcome = Failed
		for _, s := range report.Steps {
			if s.Status == clerkknock.StepFailed && !notAsked(s) {
				result.Err, result.Reason = s.Err, "step "+s.ID+": "+s.Err.Error()
				break
			}
		}
	case has(func(s clerkknock.StepReport) bool { return s.Status == clerkknock.StepSucceeded }):
		result.Outcome = Sent
	case has(func(s clerkknock.StepReport) bool {
		return s.Status == clerkknock.StepStale || s.Status == clerkknock.StepDuplicate
	}):
		result.Outcome = Unchanged
	default:
		result.Outcome, result.Reason = Skipped, "no active mapping handles "+r.Kind.Event()
		for _, s := range report.Steps {
			result.Reason = "step " + s.ID + ": " + s.Reason
			if notAsked(s) {
				result.Reason = "step " + s.ID + ": " + errNotAsked.Error()
			}
		}
	}
	return result
}

// reason is the Reason without what differs from record to record.
func (r Result) reason() string {
	reason, _, _ := strings.Cut(r.Reason, " (request ")
	return reason
}
