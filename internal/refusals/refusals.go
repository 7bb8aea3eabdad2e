// Package refusals counts requests that were refused, so that a stranger who sends many
// of them costs an event log a bounded number of entries and writes.
package refusals

import (
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/clerkknock/clerkknock"
)

// Refusal is what alike requests have in common.
type Refusal struct {
	// Minute is the beginning of the one in which they came.
	Minute time.Time
	Status int
	Reason string
	// ID is the one that they claim to have, empty if those differ.
	ID string
}

// Count is how many requests have been refused since it was last asked.
type Count struct {
	Refusal
	// First is when the first of them came.
	First time.Time
	// Requests is their number.
	Requests int
}

// Observed is what an event log is told instead of the requests.
func (c Count) Observed() (clerkknock.Delivery, clerkknock.Report) {
	return clerkknock.Delivery{ID: c.ID, ReceivedAt: c.First}, clerkknock.Report{
		ID: c.ID, Outcome: clerkknock.OutcomeRefused, At: c.First, Answer: c.Status, Err: errors.New(c.Reason),
	}
}

// VariousReasons is the Reason where they differ.
const VariousReasons = "various reasons; the log has a line for each"

// Counter counts. The zero value is ready to use; it is safe for concurrent use.
type Counter struct {
	// Every is how often alike requests are written. Defaults to each time.
	Every time.Duration
	// Apart is how many kinds are told apart in a minute with their IDs, and then once
	// more without.
	Apart int

	mu     sync.Mutex
	minute time.Time
	kinds  map[Refusal]*kind
}

type kind struct {
	pending Count
	written time.Time
}

// Add counts a request that was refused and returns what is to be written now.
func (c *Counter) Add(d clerkknock.Delivery, r clerkknock.Report) []Count {
	reason, at := "", d.ReceivedAt
	if r.Err != nil {
		reason = r.Err.Error()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	var due []Count
	if minute := at.UTC().Truncate(time.Minute); !minute.Equal(c.minute) {
		due = c.take()
		c.minute, c.kinds = minute, make(map[Refusal]*kind)
	}
	k := c.kind(Refusal{c.minute, r.Answer, reason, d.ID})
	if k.pending.Requests == 0 {
		k.pending.First = at
	}
	k.pending.Requests++
	// A clock that is set back must not keep it waiting.
	if age := at.Sub(k.written); age >= c.Every || age < 0 {
		due = append(due, k.pending)
		k.pending.Requests, k.written = 0, at
	}
	return due
}

// Pending returns what has not been written yet.
func (c *Counter) Pending() []Count {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.take()
}

func (c *Counter) take() []Count {
	var all []Count
	for _, k := range c.kinds {
		if k.pending.Requests > 0 {
			all = append(all, k.pending)
			k.pending.Requests = 0
		}
	}
	slices.SortFunc(all, func(a, b Count) int { return a.First.Compare(b.First) })
	return all
}

// kind finds the requests that are like r, as far as they are told apart.
func (c *Counter) kind(r Refusal) *kind {
	blurred := []Refusal{r, {r.Minute, r.Status, r.Reason, ""}, {r.Minute, r.Status, VariousReasons, ""}}
	for _, r := range blurred[:2] {
		if k := c.kinds[r]; k != nil {
			return k
		}
	}
	switch n := len(c.kinds); {
	case n >= 2*c.Apart:
		r = blurred[2]
	case n >= c.Apart:
		r = blurred[1]
	}
	k := c.kinds[r]
	if k == nil {
		k = &kind{pending: Count{Refusal: r}}
		c.kinds[r] = k
	}
	return k
}
