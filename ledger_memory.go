package clerkknock

import (
	"container/list"
	"context"
	"slices"
	"strconv"
	"sync"
	"time"
)

// MemoryLedger is a Ledger in memory: the default, for one process. It forgets
// everything when the process ends, which means that a delivery that is
// repeated after a restart is executed again, with the same idempotency keys.
// The zero value is ready to use; do not copy it after first use.
type MemoryLedger struct {
	// Retention is how long a record is kept. Defaults to 7 days.
	Retention time.Duration
	// Capacity is how many deliveries, and as many entities, are remembered;
	// beyond it the oldest are forgotten early. A record takes some 300 bytes.
	// Defaults to 100,000.
	Capacity int
	// Now is the clock. Defaults to time.Now.
	Now func() time.Time

	mu         sync.Mutex
	claims     uint64
	deliveries records[deliveryRecord]
	entities   records[entityRecord]
}

// A holder is the token of the Claim that has the record, "" if none has.

type deliveryRecord struct {
	holder string
	done   []string
}

type entityRecord struct {
	holder string
	// wanted counts the holder and those who wait; turn has room for one.
	wanted int
	turn   chan struct{}
	newest Version
}

// Claim implements Ledger.
func (l *MemoryLedger) Claim(ctx context.Context, deliveryID, entity string) (Claim, error) {
	c, turn, err := l.enter(deliveryID, entity)
	if err != nil {
		return Claim{}, err
	}
	if turn != nil && !take(ctx, turn) {
		l.leave(c, false)
		return Claim{}, ctx.Err()
	}

	l.mu.Lock()
	defer l.mu.Unlock()
	if deliveryID != "" {
		c.Done = slices.Clone(l.deliveries.get(deliveryID).done)
	}
	if entity != "" {
		e := l.entities.get(entity)
		e.holder = c.Token
		c.Newest = e.newest
	}
	return c, nil
}

// take waits for the turn, and returns false if ctx ends first. A free turn is taken
// at once, without the channel that ctx.Done would make.
func take(ctx context.Context, turn chan<- struct{}) bool {
	select {
	case turn <- struct{}{}:
		return true
	default: // somebody has it
	}
	select {
	case turn <- struct{}{}:
		return true
	case <-ctx.Done():
		return false
	}
}

// enter takes the delivery and queues for the entity, whose turn is returned.
func (l *MemoryLedger) enter(deliveryID, entity string) (Claim, chan struct{}, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.forget()
	l.claims++
	c := Claim{DeliveryID: deliveryID, Entity: entity, Token: strconv.FormatUint(l.claims, 10)}
	if deliveryID != "" {
		d := l.deliveries.get(deliveryID)
		if d.holder != "" {
			return Claim{}, nil, ErrInFlight
		}
		d.holder = c.Token
	}
	if entity == "" {
		return c, nil, nil
	}
	e := l.entities.get(entity)
	if e.turn == nil {
		e.turn = make(chan struct{}, 1)
	}
	e.wanted++
	return c, e.turn, nil
}

// Record implements Ledger.
func (l *MemoryLedger) Record(_ context.Context, c Claim, step string, version Version) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	if c.DeliveryID != "" && step != "" {
		d := l.deliveries.touch(c.DeliveryID, now)
		if !slices.Contains(d.done, step) {
			d.done = append(d.done, step)
		}
	}
	if c.Entity != "" {
		if e := l.entities.touch(c.Entity, now); version.NewerThan(e.newest) {
			e.newest = version
		}
	}
	return nil
}

// Release implements Ledger.
func (l *MemoryLedger) Release(_ context.Context, c Claim) error {
	l.leave(c, true)
	return nil
}

// leave undoes enter, and hands the entity on if the claim had got it.
func (l *MemoryLedger) leave(c Claim, hadTurn bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if d := l.deliveries.find(c.DeliveryID); d != nil && d.holder == c.Token {
		d.holder = ""
		if len(d.done) == 0 {
			l.deliveries.drop(c.DeliveryID)
		}
	}
	e := l.entities.find(c.Entity)
	if e == nil || hadTurn && e.holder != c.Token {
		return
	}
	if hadTurn {
		e.holder = ""
		<-e.turn
	}
	e.wanted--
	if e.wanted == 0 && e.newest.IsZero() {
		l.entities.drop(c.Entity)
	}
}

func (l *MemoryLedger) now() time.Time {
	if l.Now == nil {
		return time.Now()
	}
	return l.Now()
}

// forget drops what is too old or too much, but nothing that is claimed.
func (l *MemoryLedger) forget() {
	retention, capacity := l.Retention, l.Capacity
	if retention <= 0 {
		retention = 7 * 24 * time.Hour
	}
	if capacity <= 0 {
		capacity = 100_000
	}
	before := l.now().Add(-retention)
	l.deliveries.forget(before, capacity, func(d *deliveryRecord) bool { return d.holder != "" })
	l.entities.forget(before, capacity, func(e *entityRecord) bool { return e.wanted > 0 })
}

// records is a map that knows which of its records is the oldest.
type records[T any] struct {
	byKey map[string]*list.Element
	byAge list.List
}

type record[T any] struct {
	key   string
	at    time.Time
	value T
}

// find returns the record of a key, or nil.
func (r *records[T]) find(key string) *T {
	if element := r.byKey[key]; element != nil {
		return &element.Value.(*record[T]).value
	}
	return nil
}

// get returns the record of a key, made if there is none.
func (r *records[T]) get(key string) *T {
	if r.byKey == nil {
		r.byKey = make(map[string]*list.Element)
	}
	element := r.byKey[key]
	if element == nil {
		element = r.byAge.PushBack(&record[T]{key: key})
		r.byKey[key] = element
	}
	return &element.Value.(*record[T]).value
}

// touch is get for a record that becomes the youngest.
func (r *records[T]) touch(key string, now time.Time) *T {
	value := r.get(key)
	element := r.byKey[key]
	element.Value.(*record[T]).at = now
	r.byAge.MoveToBack(element)
	return value
}

func (r *records[T]) drop(key string) {
	if element := r.byKey[key]; element != nil {
		r.byAge.Remove(element)
		delete(r.byKey, key)
	}
}

// forget drops the oldest records while they are from before a time or beyond
// the capacity, passing over those that must stay.
func (r *records[T]) forget(before time.Time, capacity int, keep func(*T) bool) {
	next := r.byAge.Front()
	for element := next; element != nil; element = next {
		next = element.Next()
		rec := element.Value.(*record[T])
		if keep(&rec.value) {
			continue
		}
		if !rec.at.Before(before) && len(r.byKey) <= capacity {
			return
		}
		r.drop(rec.key)
	}
}
