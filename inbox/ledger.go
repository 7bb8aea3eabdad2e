package inbox

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/clerkknock/clerkknock"
)

// errBusy is Claim's answer to a worker whose patience has ended.
var errBusy = errors.New("the entity is being worked on")

type workerKey struct{}

// asWorker marks a context as one of a worker, which has other things to do
// than to wait.
func asWorker(ctx context.Context) context.Context {
	return context.WithValue(ctx, workerKey{}, true)
}

// ledger is a clerkknock.Ledger in SQL.
type ledger struct {
	store *store
	now   func() time.Time
	claims
}

// claims reserves deliveries and entities, as Ledger's Claim and Release do,
// but knows nothing of what is recorded.
type claims interface {
	Claim(ctx context.Context, deliveryID, entity string) (clerkknock.Claim, error)
	Release(ctx context.Context, c clerkknock.Claim) error
}

// Claim implements clerkknock.Ledger.
func (l *ledger) Claim(ctx context.Context, deliveryID, entity string) (clerkknock.Claim, error) {
	c, err := l.reserve(ctx, deliveryID, entity)
	if err != nil {
		return clerkknock.Claim{}, fmt.Errorf("cannot claim: %w", err)
	}
	if err := errors.Join(l.readSteps(ctx, &c), l.readVersion(ctx, &c)); err != nil {
		return clerkknock.Claim{}, errors.Join(fmt.Errorf("cannot read what is recorded: %w", err), l.Release(ctx, c))
	}
	return c, nil
}

func (l *ledger) reserve(ctx context.Context, deliveryID, entity string) (clerkknock.Claim, error) {
	if ctx.Value(workerKey{}) == nil {
		return l.claims.Claim(ctx, deliveryID, entity)
	}
	// No deadline of its own: a lease lasts as long as ctx lets the worker work.
	patient, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	defer time.AfterFunc(workerPatience, func() { cancel(errBusy) }).Stop()
	c, err := l.claims.Claim(patient, deliveryID, entity)
	if err != nil && context.Cause(patient) == errBusy {
		return c, errBusy
	}
	return c, err
}

func (l *ledger) readSteps(ctx context.Context, c *clerkknock.Claim) error {
	if c.DeliveryID == "" {
		return nil
	}
	rows, err := l.store.read.QueryContext(ctx, l.store.sql(`SELECT step FROM {schema}clerk_steps WHERE delivery = $1`), indexKey(c.DeliveryID))
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var step string
		if err := rows.Scan(&step); err != nil {
			return err
		}
		c.Done = append(c.Done, decodeText(step))
	}
	return rows.Err()
}

func (l *ledger) readVersion(ctx context.Context, c *clerkknock.Claim) error {
	if c.Entity == "" {
		return nil
	}
	var micros int64
	err := l.store.read.QueryRowContext(ctx, l.store.sql(`SELECT version, deleted FROM {schema}clerk_versions WHERE entity = $1`), indexKey(c.Entity)).
		Scan(&micros, &c.Newest.Deleted)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	c.Newest.Time = time.UnixMicro(micros).UTC()
	return err
}

// Record implements clerkknock.Ledger. It records also for a claim that has
// expired: the step has been executed, whoever holds the claim by now.
func (l *ledger) Record(ctx context.Context, c clerkknock.Claim, step string, version clerkknock.Version) error {
	at := l.now().UnixMilli()
	err := l.store.tx(ctx, func(tx *sql.Tx) error {
		if c.DeliveryID != "" && step != "" {
			if _, err := tx.ExecContext(ctx, l.store.sql(`
				INSERT INTO {schema}clerk_steps (delivery, step, at) VALUES ($1, $2, $3)
				ON CONFLICT (delivery, step) DO UPDATE SET at = excluded.at`),
				indexKey(c.DeliveryID), encodeText(step), at); err != nil {
				return err
			}
		}
		if c.Entity == "" || version.IsZero() {
			return nil
		}
		deleted := 0
		if version.Deleted {
			deleted = 1
		}
		// The condition is clerkknock.Version's NewerThan.
		_, err := tx.ExecContext(ctx, l.store.sql(`
			INSERT INTO {schema}clerk_versions AS v (entity, version, deleted, at) VALUES ($1, $2, $3, $4)
			ON CONFLICT (entity) DO UPDATE SET version = excluded.version, deleted = excluded.deleted, at = excluded.at
			WHERE excluded.version > v.version OR (excluded.version = v.version AND excluded.deleted > v.deleted)`),
			indexKey(c.Entity), version.Time.UnixMicro(), deleted, at)
		return err
	})
	if err != nil {
		return fmt.Errorf("cannot record: %w", err)
	}
	return nil
}
