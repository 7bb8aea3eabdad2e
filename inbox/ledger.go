package inbox

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"

	"github.com/clerkknock/clerkknock/inbox/internal/engine"
	"github.com/clerkknock/clerkknock/ledger"
)

// sqlLedger is a ledger.Ledger in SQL.
type sqlLedger struct {
	store  *engine.Store
	logger *slog.Logger
	claims
	// fence is nil if claims cannot end before they are released.
	fence fence
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

func (l *sqlLedger) readNewest(ctx context.Context, c *ledger.Claim) error {
	if c.Entity == "" {
		return nil
	}
	known, err := scanVersion(l.store.QueryRow(ctx, selectVersion, indexKey(c.Entity)))
	c.Newest, c.NewestOf = known.Version, decodeText(known.delivery)
	return err
}

// Record implements ledger.Ledger. A step is recorded also for a claim that was lost: it
// has been executed, whoever holds the claim by now. A version alone is not, since
// nothing has been sent yet.
func (l *sqlLedger) Record(ctx context.Context, c ledger.Claim, step string, version ledger.Version) error {
	if step != "" {
		var cancel context.CancelFunc
		ctx, cancel = lasting(ctx)
		defer cancel()
	}
	late := false
	err := l.store.InTx(ctx, func(tx engine.Tx) error {
		if err := l.held(ctx, tx, c); errors.Is(err, ledger.ErrLost) && step != "" {
			late = !version.IsZero()
		} else if err != nil {
			return err
		}
		if err := recordStep(ctx, tx, c, step, version); err != nil {
			return err
		}
		return recordVersion(ctx, tx, c, version)
	})
	if err == nil && late {
		err = l.overtaken(ctx, c)
	}
	if err != nil {
		return fmt.Errorf("cannot record: %w", err)
	}
	return nil
}

// recordStep and recordVersion take the time from the database, by which they are swept.
func recordStep(ctx context.Context, tx engine.Tx, c ledger.Claim, step string, version ledger.Version) error {
	if c.DeliveryID == "" || step == "" {
		return nil
	}
	_, err := tx.Exec(ctx, `
		INSERT INTO {schema}clerk_steps (delivery, step, at, state) VALUES ($1, $2, {now}, $3)
		ON CONFLICT (delivery, step) DO UPDATE SET at = excluded.at, state = excluded.state`,
		indexKey(c.DeliveryID), encodeText(step), number(!version.IsZero()))
	return err
}

// number is a truth as both databases keep it.
func number(is bool) int {
	if is {
		return 1
	}
	return 0
}
