// Package eventlog keeps the last deliveries with what became of them, attempt by
// attempt, and the requests that were refused, for people to look at and to replay from.
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
//	entries, err := events.Entries(ctx, eventlog.Query{Entity: clerk.UserEntity("user_1")})
package eventlog

import (
	"context"
	"time"

	"github.com/clerkknock/clerkknock"
)

// Log keeps entries. It stores what was delivered and what was sent, which is personal
// data: keep it no longer than you need it. All methods must be safe for concurrent use.
type Log interface {
	// Observe notes what has become of a delivery. The first report of an ID makes an
	// entry, the others are added to it; a delivery without an ID is always a new entry.
	// Requests that were refused are counted, as Entry.Refusals says.
	clerkknock.Observer

	// Entries returns the entries that the query selects, the one that was received last
	// first, at most Query.Limit of them. None is an empty list and no error.
	Entries(ctx context.Context, q Query) ([]Entry, error)

	// Count counts the entries that the query selects, from the newest on, at most
	// Query.Limit of them, by default DefaultCountLimit.
	Count(ctx context.Context, q Query) (Counts, error)
}

// Entry is one delivery in a Log, or requests that were refused.
type Entry struct {
	// Seq tells entries apart that were received at the same time. It never changes.
	Seq int64
	// Delivery is as it was accepted, its ReceivedAt to the microsecond. The body and the
	// headers of what no mapping reads may be missing.
	Delivery clerkknock.Delivery
	// Type is the event's. Empty if the request was refused, or is no event.
	Type string
	// Outcome is what has become of the delivery so far. That it came again when it
	// was done already does not change it.
	Outcome clerkknock.Outcome
	// Entities are what the event is about, as clerk.Envelope's Entities names it.
	Entities []string
	// ChangedAt is when the state in the payload was current, as clerk.Envelope's
	// ChangedAt says.
	ChangedAt time.Time
	// At is when the latest report was made.
	At time.Time
	// Reports are what became of it each time, the oldest first: when it was stored, each
	// attempt, each time that it came again. Their errors are kept as text, with at most
	// MaxErrorBytes. Of more than MaxReports the latest is kept, and those before it up to
	// that number from the beginning on.
	Reports []clerkknock.Report
	// LeftOut is how many reports are not kept.
	LeftOut int
	// Attempts is how often the delivery was tried: not when it was stored, nor when
	// it had to wait because its user, organization or membership was being worked on.
	Attempts int
	// Waits is how often it had to wait for that reason. Such a report is kept only if
	// it was the first.
	Waits int
	// Refusals is how many requests the entry stands for, 0 unless they were refused. Those
	// of one minute are one entry, if they were refused with the same status for the same
	// reason and claim the same ID. After MaxRefused of such entries in a minute the IDs
	// are not told apart any more, and then the reasons.
	Refusals int
}

const (
	// MaxReports is how many reports an Entry keeps.
	MaxReports = 20
	// MaxErrorBytes bounds what an Entry keeps of the text of an error.
	MaxErrorBytes = 2000
	// MaxPlannedBytes bounds what an Entry keeps of the actions of one report, as JSON. If
	// they are more, none is kept.
	MaxPlannedBytes = 64 << 10
	// MaxRefused is how many entries of requests that were refused a process adds in a
	// minute, before it counts those that differ together.
	MaxRefused = 20
)

// Latest is the latest report.
func (e Entry) Latest() clerkknock.Report {
	if len(e.Reports) == 0 {
		return clerkknock.Report{}
	}
	return e.Reports[len(e.Reports)-1]
}

// Position is where the entry stands.
func (e Entry) Position() Position { return Position{e.Delivery.ReceivedAt, e.Seq} }
