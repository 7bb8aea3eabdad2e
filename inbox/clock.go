package inbox

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/clerkknock/clerkknock/inbox/internal/engine"
)

const (
	// muchOff is from which offset on a clock is worth a warning.
	muchOff     = time.Second
	warnOffEach = time.Hour
)

// clock is this process's clock, corrected to that of the database, which machines
// share whose own clocks differ.
type clock struct {
	store  *engine.Store
	own    func() time.Time
	logger *slog.Logger

	measuring sync.Mutex
	last      atomic.Pointer[measurement]
	warned    time.Time
}

// measurement is what the clocks showed at one moment.
type measurement struct {
	own    time.Time     // without the monotonic part
	at     time.Time     // with it
	offset time.Duration // by which the database is ahead
}

// Now implements rivertype.TimeGenerator.
func (c *clock) Now() time.Time {
	if c.wasSet() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		c.measuring.Lock()
		if c.wasSet() { // nobody has been faster
			_ = c.compare(ctx) // the database is not there: nothing is scheduled now
		}
		c.measuring.Unlock()
	}
	now := c.own()
	if m := c.last.Load(); m != nil {
		now = now.Add(m.offset)
	}
	return now
}

// NowOrNil implements rivertype.TimeGenerator: River's statements then take the time
// from the database.
func (c *clock) NowOrNil() *time.Time { return nil }

// wasSet reports whether the clock has gone another way since the last measurement than
// the monotonic one: it was set, or the machine was suspended.
func (c *clock) wasSet() bool {
	m := c.last.Load()
	return m != nil && (c.own().Round(0).Sub(m.own)-time.Since(m.at)).Abs() >= muchOff
}

// measure compares the clocks.
func (c *clock) measure(ctx context.Context) error {
	c.measuring.Lock()
	defer c.measuring.Unlock()
	return c.compare(ctx)
}

// compare is measure for one caller at a time.
func (c *clock) compare(ctx context.Context) error {
	var millis int64
	at, before := time.Now(), c.own()
	if err := c.store.QueryRow(ctx, `SELECT {now}`).Scan(&millis); err != nil {
		return err
	}
	took := time.Since(at)
	offset := time.UnixMilli(millis).Sub(before.Add(took / 2))
	c.last.Store(&measurement{before.Round(0), at, offset})
	if offset.Abs() >= muchOff+took && time.Since(c.warned) >= warnOffEach {
		c.warned = time.Now()
		c.logger.WarnContext(ctx, "clerkknock: this machine's clock is not the database's; the inbox corrects its own "+
			"schedules, set the clock right for all else", "database_is_ahead", offset.Round(time.Millisecond))
	}
	return nil
}
