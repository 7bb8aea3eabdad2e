package inbox

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"time"

	"github.com/clerkknock/clerkknock/internal/logkey"
)

const (
	sweepEvery = time.Hour
	// sweepBatch bounds how long one statement holds SQLite's only writer.
	sweepBatch = 500
)

// sweep removes what has outlived its retention until ctx is done. River sees
// to its own tables.
func (in *Inbox) sweep(ctx context.Context) {
	// Machines that start together do not sweep together.
	timer := time.NewTimer(time.Second + rand.N(time.Minute))
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		}
		if err := in.Sweep(ctx); err != nil && ctx.Err() == nil {
			in.config.Logger.WarnContext(ctx, "clerkknock: old records were not removed", logkey.Error, err)
		}
		timer.Reset(sweepEvery)
	}
}

// Sweep removes what has outlived Config.Retention and DeadRetention from the ledger and
// the event log. An inbox that is started does it every hour; call it from a daily job
// where none is, as when stateless hosts share the Ledger.
func (in *Inbox) Sweep(ctx context.Context) error {
	// One machine's own clock, if it is ahead, would remove all too early.
	var millis int64
	if err := in.store.QueryRow(ctx, `SELECT {now}`).Scan(&millis); err != nil {
		return fmt.Errorf("inbox: cannot tell what is old: %w", err)
	}
	now := time.UnixMilli(millis)
	// A dead delivery is replayed with the help of the ledger's records, and
	// looked at in the event log.
	dead := now.Add(-max(in.config.DeadRetention, in.config.Retention))
	done := now.Add(-in.config.Retention)
	outlived := []oldRows{
		{"clerk_steps", "delivery, step", "at < $1", dead.UnixMilli()},
		// Before the tombstones, which say whose alias it is time to forget.
		{"clerk_aliases", "entity",
			"entity IN (SELECT entity FROM {schema}clerk_versions WHERE deleted = 1 AND at < $1)", dead.UnixMilli()},
		{"clerk_versions", "entity", "at < $1", dead.UnixMilli()},
		{"clerk_events", "seq", "at < $1", dead.UnixMicro()},
		{"clerk_events", "seq", "at < $1 AND outcome NOT IN ('retry', 'failed')", done.UnixMicro()},
	}
	if !in.exclusive {
		// A claim that was lost tells whoever takes over that its holder may sleep.
		day := 24 * time.Hour.Milliseconds()
		outlived = append(outlived,
			oldRows{"clerk_claims", "name", "expires_at < {now} - $1", day},
			oldRows{"clerk_late", "entity, delivery, due", "due < {now} - $1", day})
	}
	excess, err := in.excess(ctx)
	if err != nil {
		return fmt.Errorf("inbox: cannot remove old records: %w", err)
	}
	for _, r := range append(outlived, excess...) {
		if err := in.remove(ctx, r); err != nil {
			return fmt.Errorf("inbox: cannot remove old records: %w", err)
		}
	}
	// River removes on its own what it has kept for long enough.
	return in.store.Scrub(ctx)
}

// excess are the entries beyond Config.MaxLogEntries.
func (in *Inbox) excess(ctx context.Context) ([]oldRows, error) {
	var received, seq int64
	err := in.store.QueryRow(ctx, `SELECT received, seq FROM {schema}clerk_events
		ORDER BY received DESC, seq DESC LIMIT 1 OFFSET `+strconv.Itoa(in.config.MaxLogEntries)).Scan(&received, &seq)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return []oldRows{
		{"clerk_events", "seq", "received < $1", received},
		{"clerk_events", "seq", "received = $1 AND seq <= " + strconv.FormatInt(seq, 10), received},
	}, err
}

// oldRows are those of a table for which a condition on a number holds.
type oldRows struct {
	table, key, where string
	number            int64
}

func (in *Inbox) remove(ctx context.Context, r oldRows) error {
	statement := `DELETE FROM {schema}` + r.table + ` WHERE (` + r.key + `) IN (
		SELECT ` + r.key + ` FROM {schema}` + r.table + ` WHERE ` + r.where + ` LIMIT $2)`
	for {
		n, err := in.store.Exec(ctx, statement, r.number, sweepBatch)
		if err != nil || n < sweepBatch {
			return err
		}
	}
}
