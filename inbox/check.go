package inbox

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// Health is what Check finds.
type Health struct {
	// Commit is how long it takes to store a few bytes durably, the median of several
	// times. Put takes at least as long.
	Commit time.Duration `json:"commit"`
	// Ahead is by how much the database's clock is ahead of this process's, negative if it
	// is behind.
	Ahead time.Duration `json:"ahead"`
}

// probes is how often Check writes.
const probes = 5

// Check tries whether a delivery could be stored: it writes a few bytes, which stay as one
// row, and compares the clocks. It is for a person who asks whether all is right; a probe
// that asks every few seconds is served by Stats.
func (in *Inbox) Check(ctx context.Context) (Health, error) {
	var took []time.Duration
	for range probes {
		start := time.Now()
		_, err := in.store.Exec(ctx, `
			INSERT INTO {schema}clerk_settings AS s (name, value) VALUES ('checked', $1)
			ON CONFLICT (name) DO UPDATE SET value = excluded.value`, start.UTC().Format(time.RFC3339Nano))
		if err != nil {
			return Health{}, fmt.Errorf("inbox: cannot store anything: %w", err)
		}
		took = append(took, time.Since(start))
	}
	slices.Sort(took)
	h := Health{Commit: took[len(took)/2]}
	var millis int64
	before := in.config.Now()
	if err := in.store.QueryRow(ctx, `SELECT {now}`).Scan(&millis); err != nil {
		return h, fmt.Errorf("inbox: cannot compare the clocks: %w", err)
	}
	half := in.config.Now().Sub(before) / 2
	h.Ahead = time.UnixMilli(millis).Sub(before.Add(half)).Round(time.Millisecond)
	return h, nil
}
