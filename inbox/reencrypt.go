package inbox

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/clerkknock/clerkknock/inbox/internal/engine"
)

// reencryptPage bounds what is in memory at once.
const reencryptPage = 100

// Reencrypt encrypts under the first of Config.Keys all that is stored under another key, or
// in plain, and returns how many rows it has changed. It works piece by piece, beside the
// workers, and may be called again after an error or a stop. When it returns nil no other key
// is needed any more, if every machine has the same first key. The error tells of rows whose
// key is missing; they are left as they are.
func (in *Inbox) Reencrypt(ctx context.Context) (int, error) {
	if in.keys == nil {
		return 0, errors.New("inbox: cannot re-encrypt: Config.Keys is empty")
	}
	var total int
	var failed error
	for _, t := range []sealedTable{in.sealedJobs(), in.sealedEvents()} {
		n, err := in.reencrypt(ctx, t)
		total += n
		failed = errors.Join(failed, err)
	}
	n, err := in.reencryptPlanned(ctx)
	total += n
	failed = errors.Join(failed, err)
	if total > 0 {
		failed = errors.Join(failed, in.scrub(ctx))
	}
	if failed != nil {
		return total, fmt.Errorf("inbox: not all is re-encrypted: %w", failed)
	}
	return total, nil
}

// sealedRow is a row with the content that it holds.
type sealedRow struct {
	id    int64
	place string
	content
	job job // of a job
	loggedDelivery
}

// sealedTable is where contents are stored.
type sealedTable struct {
	// page selects rows beyond the id $1 that are not encrypted under the key $2.
	page string
	scan func(*sql.Rows) (sealedRow, error)
	// replace stores another content in place of the row's, unless that was changed
	// meanwhile.
	replace func(ctx context.Context, r sealedRow, c content) (int64, error)
}

func (in *Inbox) reencrypt(ctx context.Context, t sealedTable) (changed int, failed error) {
	unreadable := 0
	for after := int64(0); ; {
		rows, err := engine.Query(ctx, in.store, t.scan, t.page+fmt.Sprint(reencryptPage), after, in.keys.first)
		if err != nil {
			return changed, err
		}
		for _, r := range rows {
			after = r.id
			opened, err := in.keys.open(r.content, r.place)
			if err != nil {
				unreadable, failed = unreadable+1, err
				continue
			}
			sealed, err := in.keys.seal(opened, r.place)
			if err != nil {
				return changed, err
			}
			n, err := t.replace(ctx, r, sealed)
			if err != nil {
				return changed, err
			}
			changed += int(n)
		}
		if len(rows) < reencryptPage {
			break
		}
	}
	if failed != nil {
		failed = fmt.Errorf("%d rows cannot be read, the last because: %w", unreadable, failed)
	}
	return changed, failed
}

func (in *Inbox) sealedJobs() sealedTable {
	const isStored = ` coalesce(args ->> 'key_id', '') `
	return sealedTable{
		page: `SELECT id, {args} FROM {schema}river_job WHERE queue = '` + jobQueue + `' AND id > $1
			AND args ->> 'body' IS NOT NULL AND` + isStored + `<> $2 ORDER BY id LIMIT `,
		scan: func(rows *sql.Rows) (r sealedRow, err error) {
			var args []byte
			if err := rows.Scan(&r.id, &args); err != nil {
				return r, err
			}
			err = json.Unmarshal(args, &r.job)
			r.content, r.place = r.job.content(), r.job.place()
			return r, err
		},
		replace: func(ctx context.Context, r sealedRow, c content) (int64, error) {
			args, err := json.Marshal(r.job.with(c))
			if err != nil {
				return 0, err
			}
			return in.store.Exec(ctx, `UPDATE {schema}river_job SET args = {args_of_2}
				WHERE id = $1 AND args ->> 'body' IS NOT NULL AND`+isStored+`= $3`, r.id, string(args), r.keyID)
		},
	}
}

func (in *Inbox) sealedEvents() sealedTable {
	return sealedTable{
		page: `SELECT seq, coalesce(key, ''), key_id, delivery, body FROM {schema}clerk_events
			WHERE seq > $1 AND key_id <> $2 AND length(body) > 0 ORDER BY seq LIMIT `,
		scan: func(rows *sql.Rows) (r sealedRow, err error) {
			var key string
			var delivery []byte
			if err := rows.Scan(&r.id, &key, &r.keyID, &delivery, &r.body); err != nil {
				return r, err
			}
			err = json.Unmarshal(delivery, &r.loggedDelivery)
			r.header, r.place = r.Header, logPlace(key)
			return r, err
		},
		replace: func(ctx context.Context, r sealedRow, c content) (int64, error) {
			r.Header = c.header
			delivery, err := json.Marshal(r.loggedDelivery)
			if err != nil {
				return 0, err
			}
			return in.store.Exec(ctx, `UPDATE {schema}clerk_events SET delivery = $2, body = $3, key_id = $4
				WHERE seq = $1 AND key_id = $5 AND length(body) > 0`, r.id, string(delivery), c.body, c.keyID, r.keyID)
		},
	}
}
