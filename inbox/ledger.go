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
	if err := errors.Join(l.readSteps(ctx, &c), l.readNewest(ctx, &c)); err != nil {
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

func (l *sqlLedger) readNewest(ctx context.Context, c *ledger.Claim) (err error) {
	if c.Entity == "" {
		return nil
	}
	c.Newest, _, err = scanVersion(l.store.QueryRow(ctx, selectVersion, indexKey(c.Entity)))
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
