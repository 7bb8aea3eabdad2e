package inbox

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/clerkknock/clerkknock"
)

// eventLog is a clerkknock.EventLog in SQL.
type eventLog struct{ store *store }

// maxError bounds what is kept of an error's text.
const maxError = 2000

// loggedDelivery and loggedReport are the columns that are only read as a whole.

type loggedDelivery struct {
	ID         string              `json:"id"`
	Header     map[string][]string `json:"header"`
	ReceivedAt time.Time           `json:"received_at"`
}

type loggedReport struct {
	clerkknock.Report
	Took time.Duration `json:"took"`
}

// Record implements clerkknock.EventLog.
func (l *eventLog) Record(ctx context.Context, e clerkknock.Entry) error {
	delivery, err := json.Marshal(loggedDelivery{encodeText(e.Delivery.ID), mapHeader(e.Delivery.Header, encodeText), e.Delivery.ReceivedAt})
	if err != nil {
		return err
	}
	report, err := json.Marshal(loggedReport{e.Report, e.Report.Took})
	if err != nil {
		return err
	}
	var key sql.NullString
	if e.Delivery.ID != "" {
		key = sql.NullString{String: indexKey(e.Delivery.ID), Valid: true}
	}
	body := e.Delivery.Body
	if body == nil {
		body = []byte{}
	}
	_, err = l.store.exec(ctx, `
		INSERT INTO {schema}clerk_events AS e (key, type, outcome, at, attempts, error, delivery, report, body)
		VALUES ($1, $2, $3, $4, 1, $5, $6, $7, $8)
		ON CONFLICT (key) DO UPDATE SET type = excluded.type, outcome = excluded.outcome, at = excluded.at,
			attempts = e.attempts + 1, error = excluded.error, report = excluded.report`,
		key, indexKey(e.Report.Type), string(e.Report.Outcome), e.At.UnixMicro(), encodeText(clip(e.Error)), string(delivery), string(report), body)
	return err
}

func clip(s string) string {
	if len(s) <= maxError {
		return s
	}
	return strings.ToValidUTF8(s[:maxError], "") + "…"
}

// Entries implements clerkknock.EventLog.
func (l *eventLog) Entries(ctx context.Context, q clerkknock.EntryQuery) ([]clerkknock.Entry, error) {
	var where []string
	var args []any
	add := func(condition string, arg any) {
		args = append(args, arg)
		where = append(where, condition+" $"+strconv.Itoa(len(args)))
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
	query := `SELECT seq, at, attempts, error, delivery, report, body FROM {schema}clerk_events`
	if len(where) > 0 {
		query += " WHERE " + strings.Join(where, " AND ")
	}
	limit := q.Limit
	if limit <= 0 {
		limit = clerkknock.DefaultEntries
	}
	query += " ORDER BY seq DESC LIMIT " + strconv.Itoa(limit)

	rows, err := l.store.read.QueryContext(ctx, l.store.sql(query), args...)
	if err != nil {
		return nil, fmt.Errorf("inbox: event log: %w", err)
	}
	defer rows.Close()
	entries := []clerkknock.Entry{}
	for rows.Next() {
		e, err := scanEntry(rows)
		if err != nil {
			return nil, fmt.Errorf("inbox: event log: %w", err)
		}
		entries = append(entries, e)
	}
	return entries, rows.Err()
}

func scanEntry(rows *sql.Rows) (clerkknock.Entry, error) {
	var e clerkknock.Entry
	var at int64
	var delivery, report string
	if err := rows.Scan(&e.Seq, &at, &e.Attempts, &e.Error, &delivery, &report, &e.Delivery.Body); err != nil {
		return e, err
	}
	var d loggedDelivery
	if err := json.Unmarshal([]byte(delivery), &d); err != nil {
		return e, err
	}
	var r loggedReport
	if err := json.Unmarshal([]byte(report), &r); err != nil {
		return e, err
	}
	e.At = time.UnixMicro(at).UTC()
	e.Error = decodeText(e.Error)
	e.Delivery.ID = decodeText(d.ID)
	e.Delivery.Header = mapHeader(d.Header, decodeText)
	e.Delivery.ReceivedAt = d.ReceivedAt
	e.Report = r.Report
	e.Report.Took = r.Took
	return e, nil
}
