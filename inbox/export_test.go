package inbox

import (
	"context"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
)

// RemoveOld is what an inbox that is started does every hour.
func (in *Inbox) RemoveOld(ctx context.Context) error { return in.removeOld(ctx) }

// Pauses returns the pauses between the attempts of a delivery.
func Pauses(c Config) []time.Duration {
	c, _ = c.withDefaults()
	w := newWorker(c, time.Now)
	var pauses []time.Duration
	for attempt := 1; attempt < c.MaxAttempts; attempt++ {
		now := time.Now()
		row := &rivertype.JobRow{Attempt: attempt, AttemptedAt: &now}
		pauses = append(pauses, w.NextRetry(&river.Job[job]{JobRow: row}).Sub(now))
	}
	return pauses
}
