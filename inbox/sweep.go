package inbox

import (
	"context"
	"math/rand/v2"
	"time"

	"github.com/clerkknock/clerkknock"
)

const (
	sweepEvery = time.Hour
	// sweepBatch bounds how long one statement holds SQLite's only writer.
	sweepBatch = 500
)

// sweep removes what has outlived its retention until ctx is done. River sees
// to its own tables.
func (in *Inbox[TTx]) sweep(ctx context.Context) {
	// Machines that start together do not sweep together.
	timer := time.NewTimer(time.Second + rand.N(time.Minute))
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		}
		if err := in.removeOld(ctx); err != nil && ctx.Err() == nil {
			in.config.Logger.WarnContext(ctx, "clerkknock: old records were not removed", clerkknock.LogError, err)
		}
		timer.Reset(sweepEvery)
	}
}

func (in *Inbox[TTx]) removeOld(ctx context.Context) error {
	now := in.config.Now()
	// A dead delivery is replayed with the help of the ledger's records, and
	// looked at in the event log.
	dead := now.Add(-max(in.config.DeadRetention, in.config.Retention))
	done := now.Add(-in.config.Retention)
	type old struct {
		table, key, where string
		before            int64
	}
	all := []old{
		{"clerk_steps", "delivery, step", "at < $1", dead.UnixMilli()},
		{"clerk_versions", "entity", "at < $1", dead.UnixMilli()},
		{"clerk_events", "seq", "at < $1", dead.UnixMicro()},
		{"clerk_events", "seq", "at < $1 AND outcome NOT IN ('retry', 'failed')", done.UnixMicro()},
	}
	if !in.engine.Exclusive {
		all = append(all, old{"clerk_claims", "name", "expires_at < {now} - $1", time.Minute.Milliseconds()})
	}
	for _, old := range all {
		query := `DELETE FROM {schema}` + old.table + ` WHERE (` + old.key + `) IN (
			SELECT ` + old.key + ` FROM {schema}` + old.table + ` WHERE ` + old.where + ` LIMIT $2)`
		for {
			n, err := in.store.exec(ctx, query, old.before, sweepBatch)
			if err != nil {
				return err
			}
			if n < sweepBatch {
				break
			}
		}
	}
	return nil
}
