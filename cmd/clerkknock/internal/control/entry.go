package control

import (
	"context"
	"time"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/eventlog"
	"github.com/clerkknock/clerkknock/inbox"
)

// Entry is one of the event log as the commands show it: without the body, the headers
// and the parameters.
type Entry struct {
	Seq        int64              `json:"seq"`
	ID         string             `json:"id,omitempty"`
	Type       string             `json:"type,omitempty"`
	Outcome    clerkknock.Outcome `json:"outcome"`
	Entities   []string           `json:"entities,omitempty"`
	ReceivedAt time.Time          `json:"received_at"`
	ChangedAt  time.Time          `json:"changed_at,omitzero"`
	At         time.Time          `json:"at"`
	Attempts   int                `json:"attempts"`
	Refusals   int                `json:"refusals,omitempty"`
	Reports    []Report           `json:"reports"`
}

// Report is what became of a delivery one time.
type Report struct {
	At      time.Time          `json:"at"`
	Outcome clerkknock.Outcome `json:"outcome"`
	Answer  int                `json:"answer,omitempty"`
	Error   string             `json:"error,omitempty"`
	Steps   []Step             `json:"steps,omitempty"`
}

// Step is what became of a step.
type Step struct {
	clerkknock.StepReport
	Error string   `json:"error,omitempty"`
	Calls []string `json:"calls,omitempty"`
}

// Local is a box that this process has open.
type Local struct{ *inbox.Inbox }

var _ Box = Local{}

// Entries implements Box.
func (l Local) Entries(ctx context.Context, q eventlog.Query) ([]Entry, error) {
	entries, err := l.EventLog().Entries(ctx, q)
	views := make([]Entry, 0, len(entries))
	for _, e := range entries {
		views = append(views, view(e))
	}
	return views, err
}

func view(e eventlog.Entry) Entry {
	v := Entry{
		Seq: e.Seq, ID: e.Delivery.ID, Type: e.Type, Outcome: e.Outcome, Entities: e.Entities,
		ReceivedAt: e.Delivery.ReceivedAt, ChangedAt: e.ChangedAt, At: e.At, Attempts: e.Attempts, Refusals: e.Refusals,
		Reports: []Report{},
	}
	for _, r := range e.Reports {
		report := Report{At: r.At, Outcome: r.Outcome, Answer: r.Answer, Error: text(r.Err)}
		for _, s := range r.Steps {
			report.Steps = append(report.Steps, Step{s, text(s.Err), Calls(s)})
		}
		v.Reports = append(v.Reports, report)
	}
	return v
}

func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// Calls are the requests to Knock that a step has led to.
func Calls(step clerkknock.StepReport) []string {
	var all []string
	for _, noted := range step.Attrs {
		if noted.Key != "request" {
			continue
		}
		var method, path string
		for _, attr := range noted.Value.Group() {
			switch attr.Key {
			case "method":
				method = attr.Value.String()
			case "path":
				path = attr.Value.String()
			}
		}
		all = append(all, method+" "+path)
	}
	return all
}
