package inbox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/clerkknock/clerkknock"
)

// ErrNotDead is returned by Replay for a delivery that is not among the dead:
// it is unknown, unfinished, done, or replayed already.
var ErrNotDead = errors.New("delivery is not dead")

// Letter is a dead delivery.
type Letter struct {
	// Key is what Replay takes: the delivery's ID, or a text that stands for it
	// if it has none.
	Key      string
	Delivery clerkknock.Delivery
	// Error is the text of the last error.
	Error string
	// Attempts is how often it was tried.
	Attempts int
	// DiedAt is when it was given up.
	DiedAt time.Time
}

// Period selects dead deliveries by when they died: not before From, and before
// To. A zero time is no limit.
type Period struct{ From, To time.Time }

// millis returns the period in Unix milliseconds.
func (p Period) millis() (from, to int64) {
	from, to = math.MinInt64, math.MaxInt64
	if !p.From.IsZero() {
		from = p.From.UnixMilli()
	}
	if !p.To.IsZero() {
		to = p.To.UnixMilli()
	}
	return from, to
}

// dead is the condition for a dead delivery in River's table: cancelled is what
// failed for good, discarded what was tried too often.
const dead = `queue = '` + jobQueue + `' AND state IN ('cancelled', 'discarded')`

// Dead returns the dead deliveries of a period, the latest first, at most
// limit; 0 means 50. None is an empty list and no error. The next page is that
// of the period up to the last one's DiedAt.
func (in *Inbox[TTx]) Dead(ctx context.Context, p Period, limit int) ([]Letter, error) {
	if limit <= 0 {
		limit = clerkknock.DefaultEntries
	}
	from, to := p.millis()
	rows, err := in.store.read.QueryContext(ctx, in.store.sql(`
		SELECT {args}, coalesce({last_error}, ''), attempt, {finalized_ms} FROM {schema}river_job
		WHERE `+dead+` AND {finalized_ms} >= $1 AND {finalized_ms} < $2
		ORDER BY finalized_at DESC, id DESC LIMIT $3`), from, to, limit)
	if err != nil {
		return nil, fmt.Errorf("inbox: cannot list the dead: %w", err)
	}
	defer rows.Close()
	letters := []Letter{}
	for rows.Next() {
		var l Letter
		var args []byte
		var diedAt int64
		var j job
		if err := rows.Scan(&args, &l.Error, &l.Attempts, &diedAt); err != nil {
			return nil, fmt.Errorf("inbox: cannot list the dead: %w", err)
		}
		if err := json.Unmarshal(args, &j); err != nil {
			return nil, fmt.Errorf("inbox: cannot read a dead delivery: %w", err)
		}
		l.Key, l.Delivery = decodeText(j.Key), j.delivery()
		l.Error = strings.TrimPrefix(l.Error, "JobCancelError: ")
		l.DiedAt = time.UnixMilli(diedAt).UTC()
		letters = append(letters, l)
	}
	return letters, rows.Err()
}

// Replay gives one dead delivery all its attempts again. It goes on with the
// step that failed. The key is a Letter's, which is the delivery's ID if it has
// one. It returns ErrNotDead if there is no such letter.
func (in *Inbox[TTx]) Replay(ctx context.Context, key string) error {
	n, err := in.replay(ctx, `args ->> 'key' = $1`, encodeText(key))
	if err != nil {
		return err
	}
	if n == 0 {
		return ErrNotDead
	}
	return nil
}

// ReplayDead replays all that died in a period, and returns how many those are.
func (in *Inbox[TTx]) ReplayDead(ctx context.Context, p Period) (int, error) {
	from, to := p.millis()
	return in.replay(ctx, `{finalized_ms} >= $1 AND {finalized_ms} < $2`, from, to)
}

func (in *Inbox[TTx]) replay(ctx context.Context, which string, args ...any) (int, error) {
	// River's own JobRetry leaves what was tried too often with one attempt.
	n, err := in.store.exec(ctx, `
		UPDATE {schema}river_job SET state = 'available', attempt = 0, scheduled_at = {river_now}, finalized_at = NULL
		WHERE `+dead+` AND `+which, args...)
	if err != nil {
		return 0, fmt.Errorf("inbox: cannot replay: %w", err)
	}
	return int(n), nil
}

// Stats counts the deliveries that are not done.
type Stats struct {
	// Waiting are due, or will be in a moment.
	Waiting int
	// Running are being worked on.
	Running int
	// Retrying have failed and wait for their next attempt.
	Retrying int
	// Dead have been given up.
	Dead int
	// Oldest is when the oldest that is not done or dead was put, zero if there is none.
	Oldest time.Time
}

// Backlog is what counts against Config.MaxBacklog.
func (s Stats) Backlog() int { return s.Waiting + s.Running + s.Retrying }

// Stats counts. It looks at every delivery that is not done: ask every few
// seconds, not for every request.
func (in *Inbox[TTx]) Stats(ctx context.Context) (Stats, error) {
	var s Stats
	rows, err := in.store.read.QueryContext(ctx, in.store.sql(`
		SELECT CAST(state AS text), count(*), min({created_ms}) FROM {schema}river_job
		WHERE queue = $1 AND state IN ('available', 'cancelled', 'discarded', 'pending', 'retryable', 'running', 'scheduled')
		GROUP BY state`), jobQueue)
	if err != nil {
		return s, fmt.Errorf("inbox: cannot count: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var state string
		var n int
		var oldest int64
		if err := rows.Scan(&state, &n, &oldest); err != nil {
			return s, fmt.Errorf("inbox: cannot count: %w", err)
		}
		switch state {
		case "cancelled", "discarded":
			s.Dead += n
			continue
		case "running":
			s.Running += n
		case "retryable", "scheduled":
			s.Retrying += n
		default:
			s.Waiting += n
		}
		if at := time.UnixMilli(oldest).UTC(); s.Oldest.IsZero() || at.Before(s.Oldest) {
			s.Oldest = at
		}
	}
	return s, rows.Err()
}

// recover takes over what a process has left that is gone: its jobs, with the
// attempt it could not finish, and its leadership. River would do the same in a minute, at the price of the attempt. Only for a database that
// no other process can have open.
func (s *store) recover(ctx context.Context) error {
	for _, query := range []string{
		`UPDATE {schema}river_job SET state = 'available', attempt = max(attempt - 1, 0), scheduled_at = {river_now}
			WHERE state = 'running'`,
		`DELETE FROM {schema}river_leader`,
	} {
		if _, err := s.exec(ctx, query); err != nil {
			return err
		}
	}
	return nil
}
