package inbox

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/clerkknock/clerkknock/inbox/internal/engine"
)

// Stats counts the deliveries that are not done.
type Stats struct {
	// Waiting are due, or will be in a moment.
	Waiting int `json:"waiting"`
	// Running are being worked on.
	Running int `json:"running"`
	// Retrying have failed and wait for their next attempt.
	Retrying int `json:"retrying"`
	// Dead have been given up.
	Dead int `json:"dead"`
	// Oldest is when the oldest that is not done or dead was put, zero if there is
	// none.
	Oldest time.Time `json:"oldest,omitzero"`
}

// Backlog is what counts against Config.MaxBacklog.
func (s Stats) Backlog() int { return s.Waiting + s.Running + s.Retrying }

// Stats counts. It looks at every delivery that is not done: ask every few
// seconds, not for every request.
func (in *Inbox) Stats(ctx context.Context) (Stats, error) {
	counts, err := engine.Query(ctx, in.store, scanCount, `
		SELECT CAST(state AS text), count(*), min({created_ms}) FROM {schema}river_job
		WHERE `+isOurs(Waiting, Running, Retrying, Dead)+` GROUP BY state`)
	if err != nil {
		return Stats{}, fmt.Errorf("inbox: cannot count: %w", err)
	}
	var s Stats
	for _, c := range counts {
		s.add(c)
	}
	return s, nil
}

// count is how many jobs River has in one of its states.
type count struct {
	state  State
	jobs   int
	oldest time.Time
}

func scanCount(rows *sql.Rows) (count, error) {
	var c count
	var river string
	var oldest int64
	err := rows.Scan(&river, &c.jobs, &oldest)
	c.state, c.oldest = stateOf(river), time.UnixMilli(oldest).UTC()
	return c, err
}

func (s *Stats) add(c count) {
	switch c.state {
	case Dead:
		s.Dead += c.jobs
		return
	case Running:
		s.Running += c.jobs
	case Retrying:
		s.Retrying += c.jobs
	default:
		s.Waiting += c.jobs
	}
	if s.Oldest.IsZero() || c.oldest.Before(s.Oldest) {
		s.Oldest = c.oldest
	}
}
