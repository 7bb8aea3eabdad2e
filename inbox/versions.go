package inbox

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/clerkknock/clerkknock/inbox/internal/engine"
	"github.com/clerkknock/clerkknock/ledger"
)

const selectVersion = `SELECT version, event, deleted, delivery FROM {schema}clerk_versions WHERE entity = $1`

// known is what is recorded of an entity: nothing, if it is not found.
type known struct {
	ledger.Version
	delivery string // whose version it is, as it is stored
	found    bool
}

// scanVersion returns what is in a row of selectVersion.
func scanVersion(row *sql.Row) (known, error) {
	var k known
	var at, event int64
	err := row.Scan(&at, &event, &k.Deleted, &k.delivery)
	if errors.Is(err, sql.ErrNoRows) {
		return known{}, nil
	}
	k.Time, k.Event, k.found = time.UnixMicro(at).UTC(), time.UnixMicro(event).UTC(), true
	return k, err
}

// recordVersion notes the version if it is newer than the one known. What is newer
// is for ledger.Version alone to say, so it is read under a lock, compared and written.
func recordVersion(ctx context.Context, tx engine.Tx, c ledger.Claim, v ledger.Version) error {
	if c.Entity == "" || v.IsZero() {
		return nil
	}
	// The columns hold microseconds: a rest would be newer than itself.
	v.Time, v.Event = v.Time.Truncate(time.Microsecond), v.Event.Truncate(time.Microsecond)
	// The delivery is kept, to be applied again should an older one land after it.
	row := []any{
		indexKey(c.Entity), v.Time.UnixMicro(), v.Event.UnixMicro(), number(v.Deleted), indexKey(c.DeliveryID),
	}
	// The claim tells which is likely, a row or none; either may have changed.
	for insert := c.Newest.IsZero(); ; insert = true {
		if insert {
			n, err := tx.Exec(ctx, `INSERT INTO {schema}clerk_versions (entity, version, event, deleted, at, delivery)
				VALUES ($1, $2, $3, $4, {now}, $5) ON CONFLICT DO NOTHING`, row...)
			if err != nil || n > 0 {
				return err
			}
		}
		known, err := scanVersion(tx.QueryRow(ctx, selectVersion+` {for_update}`, row[0]))
		if err != nil || known.found && !v.NewerThan(known.Version) {
			return err
		}
		if known.found {
			_, err = tx.Exec(ctx, `UPDATE {schema}clerk_versions
				SET version = $2, event = $3, deleted = $4, at = {now}, delivery = $5 WHERE entity = $1`, row...)
			return err
		}
	}
}
