package inbox

import (
	"context"
	"log/slog"
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
	offset atomic.Int64
	warned time.Time
}

// Now implements rivertype.TimeGenerator.
func (c *clock) Now() time.Time { return c.own().Add(time.Duration(c.offset.Load())) }

// NowOrNil implements rivertype.TimeGenerator: River's statements then take the time
// from the database.
func (c *clock) NowOrNil() *time.Time { return nil }

// measure compares the clocks. It is for one caller at a time.
func (c *clock) measure(ctx context.Context) error {
	var millis int64
	before := c.own()
	if err := c.store.QueryRow(ctx, `SELECT {now}`).Scan(&millis); err != nil {
		return err
	}
	took := c.own().Sub(before)
	offset := time.UnixMilli(millis).Sub(before.Add(took / 2))
	c.offset.Store(int64(offset))
	if offset.Abs() >= muchOff+took && time.Since(c.warned) >= warnOffEach {
		c.warned = time.Now()
		c.logger.WarnContext(ctx, "clerkknock: this machine's clock is not the database's; the inbox corrects its own "+
			"schedules, set the clock right for all else", "database_is_ahead", offset.Round(time.Millisecond))
	}
	return nil
}
