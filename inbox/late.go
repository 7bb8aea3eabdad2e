package inbox

import (
	"context"

	"github.com/clerkknock/clerkknock/inbox/internal/engine"
	"github.com/clerkknock/clerkknock/ledger"
)

// Whoever takes over an entity from a claim that has ended knows that its holder is gone or
// sleeps. One that sleeps may still send what it was about to, and be killed before it can
// say so. Nothing tells the two apart, so the newest version is applied again, if it is not
// the holder's own: a minute after the claim was taken over, and then ever later, for a
// sleep may last.
const noteLate = `
	INSERT INTO {schema}clerk_late (entity, delivery, due)
	SELECT $5, c.delivery, {now} + 60000 * minutes
	FROM {schema}clerk_claims c, (VALUES (1), (10), (60), (1440)) AS later (minutes)
	WHERE c.name = $1 AND c.expires_at <= {now} AND position('#' IN $5) = 0`

// takeEntity is take for the entity of a claim.
func takeEntity(ctx context.Context, tx engine.Tx, c ledger.Claim, lease int64) error {
	n, err := tx.Exec(ctx, `WITH noted AS (`+noteLate+`)`+takeFree,
		entityLease(c), c.Token, lease, indexKey(c.DeliveryID), indexKey(c.Entity))
	if err == nil && n == 0 {
		return ledger.ErrBusy
	}
	return err
}

// late marks what is to be applied again because a claim on it was lost for some time.
func (l *sqlLedger) late(ctx context.Context) error {
	if l.fence == nil {
		return nil
	}
	_, err := l.store.Exec(ctx, `
		WITH due AS (DELETE FROM {schema}clerk_late WHERE due <= {now} RETURNING entity, delivery)
		UPDATE {schema}clerk_versions v SET again = 1 FROM due
		WHERE v.entity = due.entity AND v.delivery NOT IN ('', due.delivery)`)
	return err
}
