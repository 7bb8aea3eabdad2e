package inbox

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/clerkknock/clerkknock/inbox/internal/engine"
)

// What was planned in an attempt is a line of text in the event log: a JSON object in
// plain, or a list of the key's ID and what is encrypted under it. A report without any
// has an empty line.

// plannedPlace is what ties encrypted actions to their entry.
func plannedPlace(key string) string { return "planned " + key }

// sealLine makes a line of a text.
func (r *keyring) sealLine(plain []byte, place string) (string, error) {
	if r == nil || len(plain) == 0 {
		return string(plain), nil
	}
	c, err := r.seal(content{body: plain}, place)
	if err != nil {
		return "", err
	}
	line, err := json.Marshal([2]any{c.keyID, c.body})
	return string(line), err
}

// openLine is the reverse of sealLine.
func (r *keyring) openLine(line, place string) ([]byte, error) {
	if !strings.HasPrefix(line, "[") {
		return []byte(line), nil
	}
	var c content
	if err := json.Unmarshal([]byte(line), &[2]any{&c.keyID, &c.body}); err != nil {
		return nil, fmt.Errorf("stored actions cannot be read: %w", err)
	}
	c, err := r.open(c, place)
	return c.body, err
}

// plannedRow is what was planned in the attempts at a delivery.
type plannedRow struct {
	seq              int64
	key              string
	planned, history string
}

// reencryptPlanned encrypts under the first key what was planned.
func (in *Inbox) reencryptPlanned(ctx context.Context) (changed int, failed error) {
	unreadable := 0
	current := `["` + in.keys.first + `",`
	for after := int64(0); ; {
		rows, err := engine.Query(ctx, in.store, func(rows *sql.Rows) (r plannedRow, err error) {
			err = rows.Scan(&r.seq, &r.key, &r.planned, &r.history)
			return r, err
		}, `SELECT seq, coalesce(key, ''), planned, planned_history FROM {schema}clerk_events
			WHERE seq > $1 AND (planned <> '' AND substr(planned, 1, `+fmt.Sprint(len(current))+`) <> $2
				OR planned_history <> '')
			ORDER BY seq LIMIT `+fmt.Sprint(reencryptPage), after, current)
		if err != nil {
			return changed, err
		}
		for _, r := range rows {
			after = r.seq
			resealed, err := in.resealPlanned(r)
			if err != nil {
				unreadable, failed = unreadable+1, err
				continue
			}
			if resealed == r {
				continue
			}
			n, err := in.store.Exec(ctx, `UPDATE {schema}clerk_events SET planned = $2, planned_history = $3
				WHERE seq = $1 AND planned = $4 AND planned_history = $5`,
				r.seq, resealed.planned, resealed.history, r.planned, r.history)
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
		failed = fmt.Errorf("what was planned of %d rows cannot be read, the last because: %w", unreadable, failed)
	}
	return changed, failed
}

// resealPlanned returns the row with all lines under the first key.
func (in *Inbox) resealPlanned(r plannedRow) (plannedRow, error) {
	lines := strings.Split(r.history+r.planned, "\n")
	for i, line := range lines {
		if line == "" || strings.HasPrefix(line, `["`+in.keys.first+`",`) {
			continue
		}
		plain, err := in.keys.openLine(line, plannedPlace(r.key))
		if err != nil {
			return r, err
		}
		if lines[i], err = in.keys.sealLine(plain, plannedPlace(r.key)); err != nil {
			return r, err
		}
	}
	last := len(lines) - 1
	r.planned, r.history = lines[last], strings.Join(append(lines[:last:last], ""), "\n")
	return r, nil
}
