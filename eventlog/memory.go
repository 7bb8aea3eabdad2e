package eventlog

import (
	"cmp"
	"context"
	"slices"
	"sync"

	"github.com/clerkknock/clerkknock"
)

// Memory is a Log in memory. The zero value is ready to use; do not copy it
// after first use.
type Memory struct {
	// Capacity is how many deliveries are kept; the oldest go first. Defaults to
	// 200.
	Capacity int

	mu      sync.Mutex
	seq     int64
	entries []Entry // oldest first
}

var _ Log = (*Memory)(nil)

// Observe implements Log.
func (l *Memory) Observe(_ context.Context, d clerkknock.Delivery, r clerkknock.Report) error {
	if r.Outcome == clerkknock.OutcomeRefused {
		return nil
	}
	e := NewEntry(d, r)
	l.mu.Lock()
	defer l.mu.Unlock()
	if d.ID != "" {
		for i := range l.entries {
			if old := &l.entries[i]; old.Delivery.ID == d.ID {
				old.Report, old.Error, old.At = e.Report, e.Error, e.At
				old.Attempts += Tries(r)
				return nil
			}
		}
	}
	l.seq++
	e.Seq, e.Attempts = l.seq, Tries(r)
	capacity := cmp.Or(max(l.Capacity, 0), 200)
	if len(l.entries) >= capacity {
		l.entries = slices.Delete(l.entries, 0, len(l.entries)-capacity+1)
	}
	l.entries = append(l.entries, e)
	return nil
}

// Entries implements Log.
func (l *Memory) Entries(_ context.Context, q Query) ([]Entry, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	limit := cmp.Or(max(q.Limit, 0), DefaultLimit)
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
