package eventlog

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/clerkknock/clerkknock"
)

// Query selects entries. The zero value selects the newest ones.
type Query struct {
	// ID, Type and Outcome select entries with exactly these. Empty selects any. An ID
	// also selects refused requests that claim to have it.
	ID      string
	Type    string
	Outcome clerkknock.Outcome
	// Entity selects entries that are about it, as one of Entry.Entities names it.
	Entity string
	// Search selects entries with an ID that begins with it: that of the delivery, or of
	// one of Entry.Entities. Of an entity whose type package clerk does not know a Log may
	// find the whole ID only.
	Search string
	// From and To select entries that were received from From on and before To. Zero is
	// no limit.
	From, To time.Time
	// Before selects entries that stand after a Position in the list, to page: that of the
	// last entry of the page before. What is added meanwhile does not move the others. The
	// zero value begins at the newest.
	Before Position
	// Limit is the most that is returned. Defaults to DefaultLimit.
	Limit int
}

const (
	// DefaultLimit is the number of entries that a Query without a Limit gets.
	DefaultLimit = 50
	// DefaultCountLimit is the number of entries that Count counts without a Limit.
	DefaultCountLimit = 10_000
)

// Position is where an entry stands among the others.
type Position struct {
	ReceivedAt time.Time
	Seq        int64
}

// IsZero reports whether it is the zero value.
func (p Position) IsZero() bool { return p.ReceivedAt.IsZero() && p.Seq == 0 }

// Compare returns a negative number if p was received before q, 0 if they are the same,
// and a positive one otherwise.
func (p Position) Compare(q Position) int {
	if c := p.ReceivedAt.Compare(q.ReceivedAt); c != 0 {
		return c
	}
	switch {
	case p.Seq < q.Seq:
		return -1
	case p.Seq > q.Seq:
		return 1
	}
	return 0
}

// Matches reports whether the query, its Limit aside, selects an entry.
func (q Query) Matches(e Entry) bool {
	at := e.Delivery.ReceivedAt
	return (q.ID == "" || q.ID == e.Delivery.ID) &&
		(q.Type == "" || q.Type == e.Type) &&
		(q.Outcome == "" || q.Outcome == e.Outcome) &&
		(q.Entity == "" || slices.Contains(e.Entities, q.Entity)) &&
		(q.Search == "" || e.hasID(q.Search)) &&
		(q.From.IsZero() || !at.Before(q.From)) &&
		(q.To.IsZero() || at.Before(q.To)) &&
		(q.Before.IsZero() || e.Position().Compare(q.Before) < 0)
}

// hasID reports whether an ID of the entry begins with a text.
func (e Entry) hasID(prefix string) bool {
	if strings.HasPrefix(e.Delivery.ID, prefix) {
		return true
	}
	return slices.ContainsFunc(e.Entities, func(entity string) bool {
		_, id, _ := strings.Cut(entity, "/")
		return strings.HasPrefix(id, url.PathEscape(prefix))
	})
}
