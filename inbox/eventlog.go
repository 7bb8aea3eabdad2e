package inbox

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/eventlog"
	"github.com/clerkknock/clerkknock/inbox/internal/engine"
)

// sqlEventLog is an eventlog.Log in SQL.
type sqlEventLog struct{ store *engine.Store }

// maxError bounds what is kept of an error's text.
const maxError = 2000

// loggedDelivery is a delivery without its body, in a column that is only read as
// a whole.
type loggedDelivery struct {
	ID         string              `json:"id"`
	Header     map[string][]string `json:"header"`
	ReceivedAt time.Time           `json:"received_at"`
}

// Observe implements eventlog.Log.
func (l *sqlEventLog) Observe(ctx context.Context, d clerkknock.Delivery, r clerkknock.Report) error {
	if r.Outcome == clerkknock.OutcomeRefused {
		return nil
	}
	e := eventlog.NewEntry(d, r)
	delivery, err := json.Marshal(loggedDelivery{encodeText(d.ID), mapHeader(d.Header, encodeText), d.ReceivedAt})
	if err != nil {
		return err
	}
	report, err := eventlog.EncodeReport(e.Report)
	if err != nil {
		return err
	}
	key := sql.NullString{String: indexKey(d.ID), Valid: d.ID != ""}
	body := d.Body
	if body == nil {
		body = []byte{}
	}
	_, err = l.store.Exec(ctx, `
		INSERT INTO {schema}clerk_events AS e (key, type, outcome, at, attempts, error, delivery, report, body)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
		ON CONFLICT (key) DO UPDATE SET type = excluded.type, outcome = excluded.outcome, at = excluded.at,
			attempts = e.attempts + excluded.attempts, error = excluded.error, report = excluded.report`,
		key, indexKey(r.Type), string(r.Outcome), e.At.UnixMicro(), eventlog.Tries(r), encodeText(clip(e.Error)),
		string(delivery), string(report), body)
	return err
}

func clip(s string) string {
	if len(s) <= maxError {
		return s
	}
	return strings.ToValidUTF8(s[:maxError], "") + "…"
}

// Entries implements eventlog.Log.
func (l *sqlEventLog) Entries(ctx context.Context, q eventlog.Query) ([]eventlog.Entry, error) {
	where, args := conditions(q)
	entries, err := engine.Query(ctx, l.store, scanEntry, `
		SELECT seq, at, attempts, error, delivery, report, body FROM {schema}clerk_events`+where+`
		ORDER BY seq DESC LIMIT `+strconv.Itoa(cmp.Or(max(q.Limit, 0), eventlog.DefaultLimit)), args...)
	if err != nil {
		return nil, fmt.Errorf("inbox: event log: %w", err)
	}
	return entries, nil
}

// conditions returns a WHERE clause, empty if the query selects all, and its
// arguments.
func conditions(q eventlog.Query) (where string, args []any) {
	var all []string
	add := func(condition string, arg any) {
		args = append(args, arg)
		all = append(all, condition+" $"+strconv.Itoa(len(args)))
	}
	if q.ID != "" {
		add("key =", indexKey(q.ID))
	}
	if q.Type != "" {
		add("type =", indexKey(q.Type))
	}
	if q.Outcome != "" {
		add("outcome =", string(q.Outcome))
	}
	if q.Before > 0 {
		add("seq <", q.Before)
	}
	if len(all) == 0 {
		return "", nil
	}
	return " WHERE " + strings.Join(all, " AND "), args
}

func scanEntry(rows *sql.Rows) (eventlog.Entry, error) {
	var e eventlog.Entry
	var at int64
	var delivery, report []byte
	if err := rows.Scan(&e.Seq, &at, &e.Attempts, &e.Error, &delivery, &report, &e.Delivery.Body); err != nil {
		return e, err
	}
	var d loggedDelivery
	if err := json.Unmarshal(delivery, &d); err != nil {
		return e, err
	}
	r, err := eventlog.DecodeReport(report)
	if err != nil {
		return e, err
	}
	e.At = time.UnixMicro(at).UTC()
	e.Error = decodeText(e.Error)
	e.Delivery.ID = decodeText(d.ID)
	e.Delivery.Header = mapHeader(d.Header, decodeText)
	e.Delivery.ReceivedAt = d.ReceivedAt
	e.Report = r
	return e, nil
}
