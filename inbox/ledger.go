package inbox

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/clerkknock/clerkknock/inbox/internal/engine"
	"github.com/clerkknock/clerkknock/ledger"
)

// sqlLedger is a ledger.Ledger in SQL.
type sqlLedger struct {
	store *engine.Store
	now   func() time.Time
	claims
}

// claims reserves deliveries and entities, as Ledger's Claim and Release do,
// but knows nothing of what is recorded.
type claims interface {
	Claim(ctx context.Context, deliveryID, entity string) (ledger.Claim, error)
	Release(ctx context.Context, c ledger.Claim) error
}

// Claim implements ledger.Ledger.
func (l *sqlLedger) Claim(ctx context.Context, deliveryID, entity string) (ledger.Claim, error) {
	c, err := l.claims.Claim(ctx, deliveryID, entity)
	if err != nil {
		return ledger.Claim{}, fmt.Errorf("cannot claim: %w", err)
	}
	if err := errors.Join(l.readSteps(ctx, &c), l.readVersion(ctx, &c)); err != nil {
		return ledger.Claim{}, errors.Join(fmt.Errorf("cannot read what is recorded: %w", err), l.Release(ctx, c))
	}
	return c, nil
}

func (l *sqlLedger) readSteps(ctx context.Context, c *ledger.Claim) (err error) {
	if c.DeliveryID == "" {
		return nil
	}
	c.Done, err = engine.Query(ctx, l.store, scanStep,
		`SELECT step FROM {schema}clerk_steps WHERE delivery = $1`, indexKey(c.DeliveryID))
	return err
}

func scanStep(rows *sql.Rows) (string, error) {
	var step string
	err := rows.Scan(&step)
	return decodeText(step), err
}

func (l *sqlLedger) readVersion(ctx context.Context, c *ledger.Claim) error {
	if c.Entity == "" {
		return nil
	}
	var micros int64
	err := l.store.QueryRow(ctx, `SELECT version, deleted FROM {schema}clerk_versions WHERE entity = $1`,
		indexKey(c.Entity)).Scan(&micros, &c.Newest.Deleted)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	c.Newest.Time = time.UnixMicro(micros).UTC()
	return err
}

// Record implements ledger.Ledger. It records also for a claim that has expired:
// the step has been executed, whoever holds the claim by now.
func (l *sqlLedger) Record(ctx context.Context, c ledger.Claim, step string, version ledger.Version) error {
	at := l.now().UnixMilli()
	err := l.store.InTx(ctx, func(tx engine.Tx) error {
		if err := recordStep(ctx, tx, c, step, at); err != nil {
			return err
		}
		return recordVersion(ctx, tx, c, version, at)
	})
	if err != nil {
		return fmt.Errorf("cannot record: %w", err)
	}
	return nil
}

func recordStep(ctx context.Context, tx engine.Tx, c ledger.Claim, step string, at int64) error {
	if c.DeliveryID == "" || step == "" {
		return nil
	}
	_, err := tx.Exec(ctx, `
		INSERT INTO {schema}clerk_steps (delivery, step, at) VALUES ($1, $2, $3)
		ON CONFLICT (delivery, step) DO UPDATE SET at = excluded.at`,
		indexKey(c.DeliveryID), encodeText(step), at)
	return err
}

func recordVersion(ctx context.Context, tx engine.Tx, c ledger.Claim, version ledger.Version, at int64) error {
	if c.Entity == "" || version.IsZero() {
		return nil
	}
	deleted := 0
	if version.Deleted {
		deleted = 1
	}
	// The condition is ledger.Version's NewerThan.
	_, err := tx.Exec(ctx, `
		INSERT INTO {schema}clerk_versions AS v (entity, version, deleted, at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (entity) DO UPDATE SET version = excluded.version, deleted = excluded.deleted, at = excluded.at
		WHERE excluded.version > v.version OR (excluded.version = v.version AND excluded.deleted > v.deleted)`,
		indexKey(c.Entity), version.Time.UnixMicro(), deleted, at)
	return err
}
