package inbox

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	mathrand "math/rand/v2"
	"time"

	"github.com/clerkknock/clerkknock/inbox/internal/engine"
	"github.com/clerkknock/clerkknock/ledger"
)

const (
	// A lease outlasts the deadline of whoever takes it by leaseMargin, which is
	// the time to notice the deadline, to record and to release. One without a
	// deadline gets openLease. What a lost machine held is free after that.
	leaseMargin = 10 * time.Second
	openLease   = time.Minute

	// What is taken is asked for again after a pause that doubles.
	minPoll = 2 * time.Millisecond
	maxPoll = 100 * time.Millisecond
)

// leases are claims for several machines: rows in a table, which expire.
type leases struct{ store *engine.Store }

// Claim implements claims.
func (l leases) Claim(ctx context.Context, deliveryID, entity string) (ledger.Claim, error) {
	c := ledger.Claim{DeliveryID: deliveryID, Entity: entity, Token: rand.Text()}
	// Nil, and never ready, for a caller who is patient.
	var impatient <-chan time.Time
	if patience, ok := ledger.Patience(ctx); ok {
		timer := time.NewTimer(patience)
		defer timer.Stop()
		impatient = timer.C
	}
	for poll := minPoll; ; poll = min(2*poll, maxPoll) {
		err := l.try(ctx, c)
		if !errors.Is(err, ledger.ErrBusy) {
			return c, err
		}
		pause := time.NewTimer(poll/2 + mathrand.N(poll))
		select {
		case <-pause.C:
		case <-impatient:
			pause.Stop()
			return c, ledger.ErrBusy
		case <-ctx.Done():
			pause.Stop()
			return c, ctx.Err()
		}
	}
}

// try takes the delivery and the entity, or neither.
func (l leases) try(ctx context.Context, c ledger.Claim) error {
	lease := openLease
	if deadline, ok := ctx.Deadline(); ok {
		lease = time.Until(deadline) + leaseMargin
	}
	return l.store.InTx(ctx, func(tx engine.Tx) error {
		if c.DeliveryID != "" {
			if err := takeDelivery(ctx, tx, c, lease.Milliseconds()); err != nil {
				return err
			}
		}
		if c.Entity == "" {
			return nil
		}
		return takeEntity(ctx, tx, c, lease.Milliseconds())
	})
}

func deliveryLease(c ledger.Claim) string { return "delivery/" + indexKey(c.DeliveryID) }
func entityLease(c ledger.Claim) string   { return "entity/" + indexKey(c.Entity) }

// takeFree takes a name that is free or whose lease has expired. The database's
// clock decides, since the machines' own may differ.
const takeFree = `
	INSERT INTO {schema}clerk_claims AS c (name, token, expires_at, delivery) VALUES ($1, $2, {now} + $3, $4)
	ON CONFLICT (name) DO UPDATE
		SET token = excluded.token, expires_at = excluded.expires_at, delivery = excluded.delivery
		WHERE c.expires_at <= {now}`

func takeDelivery(ctx context.Context, tx engine.Tx, c ledger.Claim, lease int64) error {
	n, err := tx.Exec(ctx, takeFree, deliveryLease(c), c.Token, lease, indexKey(c.DeliveryID))
	if err == nil && n == 0 {
		return ledger.ErrInFlight
	}
	return err
}

// held returns ledger.ErrLost unless the claim is its holder's by the database's clock,
// and sees to it that nobody takes it before tx ends. The delivery and the entity are
// taken together: one tells of both.
func (leases) held(ctx context.Context, tx engine.Tx, c ledger.Claim) error {
	name := entityLease(c)
	if c.Entity == "" {
		name = deliveryLease(c)
	}
	var n int
	err := tx.QueryRow(ctx, `SELECT 1 FROM {schema}clerk_claims
		WHERE name = $1 AND token = $2 AND expires_at > {now} {for_update}`, name, c.Token).Scan(&n)
	if errors.Is(err, sql.ErrNoRows) {
		return ledger.ErrLost
	}
	return err
}

// Release implements claims. It returns ledger.ErrLost if somebody else has taken over.
func (l leases) Release(ctx context.Context, c ledger.Claim) error {
	taken := int64(number(c.DeliveryID != "") + number(c.Entity != ""))
	n, err := l.store.Exec(ctx, `DELETE FROM {schema}clerk_claims WHERE name IN ($1, $2) AND token = $3`,
		deliveryLease(c), entityLease(c), c.Token)
	if err != nil {
		return fmt.Errorf("cannot release: %w", err)
	}
	if n < taken {
		return ledger.ErrLost
	}
	return nil
}
