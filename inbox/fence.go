package inbox

import (
	"context"
	"errors"

	"github.com/clerkknock/clerkknock/inbox/internal/engine"
	"github.com/clerkknock/clerkknock/ledger"
)

// fence tells whether a claim is still held, in a transaction.
type fence interface {
	held(ctx context.Context, tx engine.Tx, c ledger.Claim) error
}

var _ ledger.Fence = (*sqlLedger)(nil)

// Held implements ledger.Fence.
func (l *sqlLedger) Held(ctx context.Context, c ledger.Claim) error {
	if l.fence == nil {
		return nil
	}
	return l.store.InTx(ctx, func(tx engine.Tx) error { return l.held(ctx, tx, c) })
}

// held is Held in a transaction. What has no token was never claimed, and is not lost.
func (l *sqlLedger) held(ctx context.Context, tx engine.Tx, c ledger.Claim) error {
	if l.fence == nil || c.Token == "" {
		return nil
	}
	return l.fence.held(ctx, tx, c)
}

// Release implements ledger.Ledger. What the holder of a lost claim sent last may have
// arrived after the work of whoever took over, even if it has seen no answer.
func (l *sqlLedger) Release(ctx context.Context, c ledger.Claim) error {
	ctx, cancel := lasting(ctx)
	defer cancel()
	err := l.claims.Release(ctx, c)
	if errors.Is(err, ledger.ErrLost) {
		return l.overtaken(ctx, c)
	}
	return err
}

// lasting is ctx for what has happened and has to be noted: the time that ctx gave for it
// may have passed while the process was suspended.
func lasting(ctx context.Context) (context.Context, context.CancelFunc) {
	if ctx.Err() == nil {
		return ctx, func() {}
	}
	return context.WithTimeout(context.WithoutCancel(ctx), leaseMargin/2)
}

// overtaken has the newest version of the entity applied again, if another delivery has
// recorded it since the claim was made. Knock ends in the newest state.
func (l *sqlLedger) overtaken(ctx context.Context, c ledger.Claim) error {
	newest := newestOf{entity: indexKey(c.Entity)}
	err := l.store.InTx(ctx, func(tx engine.Tx) error {
		known, err := scanVersion(tx.QueryRow(ctx, selectVersion+` {for_update}`, newest.entity))
		if err != nil || !known.found || !known.NewerThan(c.Newest) {
			return err
		}
		n, err := tx.Exec(ctx, `UPDATE {schema}clerk_versions SET again = 1
			WHERE entity = $1 AND delivery NOT IN ('', $2)`, newest.entity, indexKey(c.DeliveryID))
		if n > 0 {
			newest.delivery = known.delivery
		}
		return err
	})
	if err != nil || newest.delivery == "" {
		return err
	}
	// This one alone: many wake up at once.
	return l.applyAgain(ctx, newest)
}
