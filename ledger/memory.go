package ledger

import (
	"cmp"
	"context"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Memory is a Ledger in memory: the default, for one process. It forgets
// everything when the process ends, which means that a delivery that is
// repeated after a restart is executed again, with the same idempotency keys.
// The zero value is ready to use; do not copy it after first use.
type Memory struct {
	// Retention is how long a record is kept. Defaults to 7 days.
	Retention time.Duration
	// Capacity is how many deliveries, and as many entities, are remembered;
	// beyond it the oldest are forgotten early. A record takes some 300 bytes.
	// Defaults to 1,000,000, which are 28 hours, as long as Svix repeats a delivery,
	// at 10 events a second.
	Capacity int
	// Logger gets a warning, once an hour at most, when something is forgotten so
	// early that Svix may repeat it. Defaults to slog.Default().
	Logger *slog.Logger
	// Now is the clock. Defaults to time.Now.
	Now func() time.Time

	mu         sync.Mutex
	claims     uint64
	deliveries records[deliveryRecord]
	entities   records[entityRecord]
	aliases    records[string]
	steps      map[string]string // each step's name once
	warned     time.Time
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
	// newestOf is the ID of the delivery that has recorded it.
	newestOf string
}

// Claim implements Ledger.
func (l *Memory) Claim(ctx context.Context, deliveryID, entity string) (Claim, error) {
	c, turn, err := l.enter(deliveryID, entity)
	if err != nil {
		return Claim{}, err
	}
	if turn != nil {
		if err := take(ctx, turn); err != nil {
			l.leave(c, false)
			return Claim{}, err
		}
	}

	l.mu.Lock()
	defer l.mu.Unlock()
	if deliveryID != "" {
		c.Done = slices.Clone(l.deliveries.get(deliveryID).done)
	}
	if entity != "" {
		e := l.entities.get(entity)
		e.holder = c.Token
		c.Newest, c.NewestOf = e.newest, e.newestOf
	}
	return c, nil
}

// take waits for the turn, and returns why it has given up. A free turn is taken at
// once, without the channel that ctx.Done would make.
func take(ctx context.Context, turn chan<- struct{}) error {
	select {
	case turn <- struct{}{}:
		return nil
	default: // somebody has it
	}
	var impatient <-chan time.Time
	if patience, ok := Patience(ctx); ok {
		timer := time.NewTimer(patience)
		defer timer.Stop()
		impatient = timer.C
	}
	select {
	case turn <- struct{}{}:
		return nil
	case <-impatient:
		return ErrBusy
	case <-ctx.Done():
		return ctx.Err()
	}
}

// enter takes the delivery and queues for the entity, whose turn is returned.
func (l *Memory) enter(deliveryID, entity string) (Claim, chan struct{}, error) {
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
func (l *Memory) Record(_ context.Context, c Claim, step string, version Version) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	if c.DeliveryID != "" && step != "" {
		d := l.deliveries.touch(c.DeliveryID, now)
		if !slices.Contains(d.done, step) {
			d.done = append(d.done, l.name(step))
		}
	}
	if c.Entity != "" {
		if e := l.entities.touch(c.Entity, now); version.NewerThan(e.newest) {
			e.newest, e.newestOf = version, c.DeliveryID
		}
	}
	return nil
}

// Release implements Ledger.
func (l *Memory) Release(_ context.Context, c Claim) error {
	l.leave(c, true)
	return nil
}

// leave undoes enter, and hands the entity on if the claim had got it.
func (l *Memory) leave(c Claim, hadTurn bool) {
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

// SetAlias implements Aliases. Beyond Capacity the aliases that were set first are
// forgotten.
func (l *Memory) SetAlias(_ context.Context, entity, alias string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	*l.aliases.touch(entity, l.now()) = alias
	l.aliases.forget(time.Time{}, l.capacity(), func(*string) bool { return false })
	return nil
}

// Alias implements Aliases.
func (l *Memory) Alias(_ context.Context, entity string) (alias string, known bool, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if found := l.aliases.find(entity); found != nil {
		return *found, true, nil
	}
	return "", false, nil
}

func (l *Memory) capacity() int { return cmp.Or(max(l.Capacity, 0), 1_000_000) }

func (l *Memory) now() time.Time {
	if l.Now == nil {
		return time.Now()
	}
	return l.Now()
}

// forget drops what is too old or too much, but nothing that is claimed.
func (l *Memory) forget() {
	capacity := l.capacity()
	now := l.now()
	before := now.Add(-cmp.Or(max(l.Retention, 0), 7*24*time.Hour))
	last := l.deliveries.forget(before, capacity, func(d *deliveryRecord) bool { return d.holder != "" })
	if e := l.entities.forget(before, capacity, func(e *entityRecord) bool { return e.wanted > 0 }); e.After(last) {
		last = e
	}
	if age := now.Sub(last); !last.IsZero() && age < repeats && now.Sub(l.warned) >= time.Hour {
		l.warned = now
		cmp.Or(l.Logger, slog.Default()).Warn("clerkknock: the ledger in memory forgets sooner than Svix repeats; "+
			"raise Memory.Capacity, or use an inbox", "after", age.Round(time.Second), "capacity", capacity)
	}
}

// repeats is for how long Svix repeats a delivery: https://docs.svix.com/retries.
const repeats = 28 * time.Hour

// maxNames bounds the names that are kept once; a table has some dozens.
const maxNames = 10_000

// name returns a step's name, of which the records share one.
func (l *Memory) name(step string) string {
	if known, ok := l.steps[step]; ok {
		return known
	}
	if l.steps == nil || len(l.steps) >= maxNames {
		l.steps = make(map[string]string)
	}
	step = strings.Clone(step)
	l.steps[step] = step
	return step
}
