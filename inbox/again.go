package inbox

import (
	"context"
	"database/sql"
	"errors"

	"github.com/clerkknock/clerkknock/inbox/internal/engine"
	"github.com/clerkknock/clerkknock/internal/logkey"
)

// newestOf says which delivery has the newest version of an entity.
type newestOf struct{ entity, delivery string }

// again lets the deliveries that are marked set their state once more. One that is
// running is left for the next time: what it has done may lie before what was late.
func (l *sqlLedger) again(ctx context.Context) error {
	marked, err := engine.Query(ctx, l.store, scanNewest,
		`SELECT entity, delivery FROM {schema}clerk_versions WHERE again = 1`)
	for _, m := range marked {
		err = errors.Join(err, l.applyAgain(ctx, m))
	}
	return err
}

func scanNewest(rows *sql.Rows) (m newestOf, err error) {
	err = rows.Scan(&m.entity, &m.delivery)
	return m, err
}

// errRunning ends a transaction that comes too early.
var errRunning = errors.New("the delivery is running")

func (l *sqlLedger) applyAgain(ctx context.Context, m newestOf) error {
	var marked, revived int64
	err := l.store.InTx(ctx, func(tx engine.Tx) (err error) {
		marked, err = tx.Exec(ctx, `UPDATE {schema}clerk_versions SET again = 0
			WHERE entity = $1 AND delivery = $2 AND again = 1`, m.entity, m.delivery)
		if err != nil || marked == 0 {
			return err // somebody else was faster, or a newer version has come
		}
		_, err = tx.Exec(ctx, `DELETE FROM {schema}clerk_steps WHERE delivery = $1 AND state = 1`, m.delivery)
		if err != nil {
			return err
		}
		revived, err = revive(ctx, tx, m.delivery)
		return err
	})
	switch {
	case errors.Is(err, errRunning):
		return nil
	case err != nil || marked == 0:
		return err
	}
	then := "the newest is applied again"
	if revived == 0 {
		then = "have Clerk send the newest again"
	}
	l.logger.ErrorContext(ctx, "clerkknock: an older event may have been sent after a newer one, "+
		"by a process that was suspended; "+then, logkey.EventID, decodeText(m.delivery))
	return nil
}

// revive gives a delivery all its attempts again, and returns how many of them there are:
// none, if it was not put into the inbox or has been thrown away, with its body.
func revive(ctx context.Context, tx engine.Tx, delivery string) (revived int64, err error) {
	const (
		running = `queue = '` + jobQueue + `' AND ` + hasKey + ` AND state = 'running'`
		atRest  = `queue = '` + jobQueue + `' AND ` + hasKey + ` AND state <> 'running' AND args ->> 'body' IS NOT NULL`
	)
	revived, err = tx.Exec(ctx, replay.statement(atRest), delivery)
	if err != nil || revived > 0 {
		return revived, err
	}
	var n int
	err = tx.QueryRow(ctx, `SELECT count(*) FROM {schema}river_job WHERE `+running, delivery).Scan(&n)
	if err == nil && n > 0 {
		err = errRunning
	}
	return 0, err
}
