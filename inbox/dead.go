package inbox

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/inbox/internal/engine"
)

// defaultLetters is how many letters Dead returns without a limit.
const defaultLetters = 50

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

// isDead is the condition for a dead delivery in River's table: cancelled is what
// failed for good, discarded what was tried too often.
const isDead = `queue = '` + jobQueue + `' AND state IN ('cancelled', 'discarded')`

// Dead returns the dead deliveries of a period, the latest first, at most
// limit; 0 means 50. None is an empty list and no error. The next page is that
// of the period up to the last one's DiedAt.
func (in *Inbox) Dead(ctx context.Context, p Period, limit int) ([]Letter, error) {
	from, to := p.millis()
	letters, err := engine.Query(ctx, in.store, scanLetter, `
		SELECT {args}, coalesce({last_error}, ''), attempt, {finalized_ms} FROM {schema}river_job
		WHERE `+isDead+` AND {finalized_ms} >= $1 AND {finalized_ms} < $2
		ORDER BY finalized_at DESC, id DESC LIMIT $3`, from, to, cmp.Or(max(limit, 0), defaultLetters))
	if err != nil {
		return nil, fmt.Errorf("inbox: cannot list the dead: %w", err)
	}
	return letters, nil
}

func scanLetter(rows *sql.Rows) (Letter, error) {
	var l Letter
	var args []byte
	var diedAt int64
	if err := rows.Scan(&args, &l.Error, &l.Attempts, &diedAt); err != nil {
		return l, err
	}
	var j job
	if err := json.Unmarshal(args, &j); err != nil {
		return l, fmt.Errorf("cannot read a dead delivery: %w", err)
	}
	l.Key, l.Delivery = decodeText(j.Key), j.delivery()
	l.Error = strings.TrimPrefix(l.Error, "JobCancelError: ")
	l.DiedAt = time.UnixMilli(diedAt).UTC()
	return l, nil
}

// Replay gives one dead delivery all its attempts again. It goes on with the
// step that failed. The key is a Letter's, which is the delivery's ID if it has
// one. It returns ErrNotDead if there is no such letter.
func (in *Inbox) Replay(ctx context.Context, key string) error {
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
func (in *Inbox) ReplayDead(ctx context.Context, p Period) (int, error) {
	from, to := p.millis()
	return in.replay(ctx, `{finalized_ms} >= $1 AND {finalized_ms} < $2`, from, to)
}

func (in *Inbox) replay(ctx context.Context, which string, args ...any) (int, error) {
	// River's own JobRetry leaves what was tried too often with one attempt.
	n, err := in.store.Exec(ctx, `
		UPDATE {schema}river_job
		SET state = 'available', attempt = 0, scheduled_at = {river_now}, finalized_at = NULL
		WHERE `+isDead+` AND `+which, args...)
	if err != nil {
		return 0, fmt.Errorf("inbox: cannot replay: %w", err)
	}
	return int(n), nil
}
