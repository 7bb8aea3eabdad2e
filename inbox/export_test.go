package inbox

import (
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
)

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
