// Package eventlog keeps the last deliveries with what became of them, for
// people to look at and to replay from.
//
// A [Log] is an observer of a Source and nothing depends on it: an entry that
// cannot be written is only logged. [Memory] keeps a few hundred entries; module
// inbox has a Log in its database. Package eventlogtest checks an implementation
// of your own.
//
//	events := &eventlog.Memory{}
//	src, err := clerkknock.New(clerkknock.Config{
//		…
//		Observers: []clerkknock.Observer{events},
//	})
package eventlog

import (
	"context"
	"errors"
	"time"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/ledger"
)

// Log keeps entries. It stores what was delivered, which is personal data: keep
// it no longer than you need it. All methods must be safe for concurrent use.
type Log interface {
	// Observe notes a delivery with its latest report. For a delivery whose ID is
	// in the log it replaces Report, Error and At, adds Tries of the report to
	// Attempts and leaves the entry at its place; one without an ID is always a new
	// entry. Requests that were refused are not kept.
	clerkknock.Observer

	// Entries returns the entries that the query selects, the newest first. None
	// is an empty list and no error.
	Entries(ctx context.Context, q Query) ([]Entry, error)
}

// Entry is one delivery in a Log.
type Entry struct {
	// Seq orders the entries: a newer delivery has a higher one.
	Seq      int64
	Delivery clerkknock.Delivery
	// Report is the latest report. Its errors are not kept, but for the text of
	// the first one in Error.
	Report clerkknock.Report
	// Error is the text of the report's Err, "" if there is none.
	Error string
	// At is when the latest report was made.
	At time.Time
	// Attempts is how often the delivery was tried: not when it was stored, nor when
	// it had to wait because its user, organization or membership was being worked on.
	Attempts int
}

// Tries is what a report adds to an Entry's Attempts: 1 if the delivery was tried.
func Tries(r clerkknock.Report) int {
	if r.Outcome == clerkknock.OutcomeStored || errors.Is(r.Err, ledger.ErrBusy) || errors.Is(r.Err, ledger.ErrInFlight) {
		return 0
	}
	return 1
}

// Query selects entries. The zero value selects the newest ones.
type Query struct {
	// ID, Type and Outcome select entries with exactly these. Empty selects any.
	ID      string
	Type    string
	Outcome clerkknock.Outcome
	// Before selects entries with a lower Seq, to page. 0 begins at the newest.
	Before int64
	// Limit is the most that is returned. Defaults to DefaultLimit.
	Limit int
}

// DefaultLimit is the number of entries that a Query without a Limit gets.
const DefaultLimit = 50

// NewEntry returns the entry of one report, as Observe stores it: complete but
// for Seq and Attempts, and without what cannot be stored.
func NewEntry(d clerkknock.Delivery, r clerkknock.Report) Entry {
	e := Entry{Delivery: d, Report: r, At: r.At.Add(r.Took)}
	if r.Err != nil {
		e.Error = r.Err.Error()
	}
	e.Report.Err = nil
	e.Report.Steps = make([]clerkknock.StepReport, len(r.Steps))
	for i, step := range r.Steps {
		step.Err = nil
		e.Report.Steps[i] = step
	}
	return e
}

// Matches reports whether the query, its Limit aside, selects an entry.
func (q Query) Matches(e Entry) bool {
	return (q.ID == "" || q.ID == e.Delivery.ID) &&
		(q.Type == "" || q.Type == e.Report.Type) &&
		(q.Outcome == "" || q.Outcome == e.Report.Outcome) &&
		(q.Before == 0 || e.Seq < q.Before)
}
