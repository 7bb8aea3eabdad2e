package clerkknock

import (
	"context"
	"slices"
	"sync"
	"time"
)

// EventLog keeps the last deliveries with what became of them, for people to
// look at and to replay from. It is no Ledger: nothing depends on it, and an
// entry that cannot be written is only logged.
//
// It stores what was delivered, which is personal data: keep it no longer than
// you need it. Package eventlogtest checks an implementation of your own. All
// methods must be safe for concurrent use.
type EventLog interface {
	// Record notes a delivery with its latest report. For a delivery whose ID is
	// in the log it replaces Report, Error and At, adds one to Attempts and
	// leaves the entry at its place; one without an ID is always a new entry.
	Record(ctx context.Context, e Entry) error

	// Entries returns the entries that the query selects, the newest first. None
	// is an empty list and no error.
	Entries(ctx context.Context, q EntryQuery) ([]Entry, error)
}

// Entry is one delivery in an EventLog.
type Entry struct {
	// Seq orders the entries: a newer delivery has a higher one. Set by the log.
	Seq      int64
	Delivery Delivery
	Report   Report
	// Error is the text of the report's error, "" if there is none. The errors
	// in Report itself are not kept.
	Error string
	// At is when the report was made.
	At time.Time
	// Attempts counts the reports. Set by the log.
	Attempts int
}

// EntryQuery selects entries. The zero value selects the newest ones.
type EntryQuery struct {
	// ID, Type and Outcome select entries with exactly these. Empty selects any.
	ID      string
	Type    string
	Outcome Outcome
	// Before selects entries with a lower Seq, to page. 0 begins at the newest.
	Before int64
	// Limit is the most that is returned. Defaults to 50.
	Limit int
}

// Matches reports whether the query, its Limit aside, selects an entry.
func (q EntryQuery) Matches(e Entry) bool {
	return (q.ID == "" || q.ID == e.Delivery.ID) &&
		(q.Type == "" || q.Type == e.Report.Type) &&
		(q.Outcome == "" || q.Outcome == e.Report.Outcome) &&
		(q.Before == 0 || e.Seq < q.Before)
}

// DefaultEntries is the number of entries that a query without a Limit gets.
const DefaultEntries = 50

// MemoryEventLog is an EventLog in memory. The zero value is ready to use; do
// not copy it after first use.
type MemoryEventLog struct {
	// Capacity is how many deliveries are kept; the oldest go first. Defaults to
	// 200.
	Capacity int

	mu      sync.Mutex
	seq     int64
	entries []Entry // oldest first
}

// Record implements EventLog.
func (l *MemoryEventLog) Record(_ context.Context, e Entry) error {
	e.Report = withoutErrors(e.Report)
	l.mu.Lock()
	defer l.mu.Unlock()
	if e.Delivery.ID != "" {
		for i := range l.entries {
			if old := &l.entries[i]; old.Delivery.ID == e.Delivery.ID {
				old.Report, old.Error, old.At = e.Report, e.Error, e.At
				old.Attempts++
				return nil
			}
		}
	}
	l.seq++
	e.Seq, e.Attempts = l.seq, 1
	capacity := l.Capacity
	if capacity <= 0 {
		capacity = 200
	}
	if len(l.entries) >= capacity {
		l.entries = slices.Delete(l.entries, 0, len(l.entries)-capacity+1)
	}
	l.entries = append(l.entries, e)
	return nil
}

// Entries implements EventLog.
func (l *MemoryEventLog) Entries(_ context.Context, q EntryQuery) ([]Entry, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	limit := q.Limit
	if limit <= 0 {
		limit = DefaultEntries
	}
	found := []Entry{}
	for _, e := range slices.Backward(l.entries) {
		if len(found) == limit {
			break
		}
		if q.Matches(e) {
			found = append(found, e)
		}
	}
	return found, nil
}

func withoutErrors(r Report) Report {
	r.Err = nil
	r.Steps = slices.Clone(r.Steps)
	for i := range r.Steps {
		r.Steps[i].Err = nil
	}
	return r
}
