package eventlog

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/internal/refusals"
)

// Memory is a Log in memory. The zero value is ready to use; do not copy it
// after first use.
type Memory struct {
	// Capacity is how many deliveries are kept, and how many entries of refused requests
	// beside them; the oldest go first. Defaults to 200.
	Capacity int

	mu         sync.Mutex
	seq        int64
	deliveries []*Entry // oldest first
	byID       map[string]*Entry
	refused    []*Entry // oldest first
	byRefusal  map[refusals.Refusal]*Entry
	counter    refusals.Counter
}

var _ Log = (*Memory)(nil)

// Observe implements Log.
func (l *Memory) Observe(_ context.Context, d clerkknock.Delivery, r clerkknock.Report) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.byID == nil {
		l.byID, l.byRefusal = make(map[string]*Entry), make(map[refusals.Refusal]*Entry)
		l.counter.Apart = MaxRefused
	}
	e := NewEntry(d, r)
	if r.Outcome == clerkknock.OutcomeRefused {
		l.refuse(e)
		return nil
	}
	if old := l.byID[d.ID]; old != nil && d.ID != "" {
		old.Add(e)
		return nil
	}
	l.deliveries = l.insert(l.deliveries, &e, func(old *Entry) {
		if l.byID[old.Delivery.ID] == old {
			delete(l.byID, old.Delivery.ID)
		}
	})
	l.byID[d.ID] = &e
	return nil
}

func (l *Memory) refuse(e Entry) {
	for _, count := range l.counter.Add(e.Delivery, e.Latest()) {
		if old := l.byRefusal[count.Refusal]; old != nil {
			old.Refusals += count.Requests
			old.At = e.At
			continue
		}
		e := NewEntry(count.Observed())
		e.Refusals = count.Requests
		l.refused = l.insert(l.refused, &e, func(old *Entry) {
			for r, kept := range l.byRefusal {
				if kept == old {
					delete(l.byRefusal, r)
				}
			}
		})
		l.byRefusal[count.Refusal] = &e
	}
}

// insert gives an entry its place among those of a list, the oldest of which may have to
// go.
func (l *Memory) insert(list []*Entry, e *Entry, goes func(*Entry)) []*Entry {
	l.seq++
	e.Seq = l.seq
	at, _ := slices.BinarySearchFunc(list, e, func(a, b *Entry) int { return a.Position().Compare(b.Position()) })
	list = slices.Insert(list, at, e)
	for len(list) > cmp.Or(max(l.Capacity, 0), 200) {
		goes(list[0])
		list = slices.Delete(list, 0, 1)
	}
	return list
}

// Entries implements Log.
func (l *Memory) Entries(_ context.Context, q Query) ([]Entry, error) {
	found, _ := l.newest(q, DefaultLimit)
	return found, nil
}

// newest returns the entries that a query selects, and whether there are more.
func (l *Memory) newest(q Query, limit int) (found []Entry, more bool) {
	limit = cmp.Or(max(q.Limit, 0), limit)
	l.mu.Lock()
	defer l.mu.Unlock()
	all := slices.Concat(l.deliveries, l.refused)
	slices.SortFunc(all, func(a, b *Entry) int { return b.Position().Compare(a.Position()) })
	found = []Entry{}
	for _, e := range all {
		switch {
		case !q.Matches(*e):
		case len(found) == limit:
			return found, true
		default:
			found = append(found, *e)
		}
	}
	return found, false
}

// Count implements Log.
func (l *Memory) Count(_ context.Context, q Query) (Counts, error) {
	found, more := l.newest(q, DefaultCountLimit)
	c := Counts{Capped: more}
	for _, e := range found {
		minute := e.Delivery.ReceivedAt.Truncate(time.Minute)
		same := func(t Tally) bool { return t.Minute.Equal(minute) && t.Outcome == e.Outcome }
		at := slices.IndexFunc(c.Tallies, same)
		if at < 0 {
			at = len(c.Tallies)
			c.Tallies = append(c.Tallies, Tally{Minute: minute, Outcome: e.Outcome})
		}
		c.Tallies[at].Entries += max(1, e.Refusals)
	}
	return c, nil
}

// Erase removes what is kept of one entity, as clerk.UserEntity names it: the bodies, the
// headers and what was sent of all deliveries about it. That they came, and what became
// of them, stays.
func (l *Memory) Erase(_ context.Context, entity string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, e := range l.deliveries {
		if slices.Contains(e.Entities, entity) {
			e.erase()
		}
	}
	return nil
}
