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
type sqlEventLog struct {
	store *engine.Store
	keys  *keyring
}

// maxError bounds what is kept of an error's text.
const maxError = 2000

// loggedDelivery is a delivery without its body, in a column that is only read as
// a whole. An encrypted header is in the body.
type loggedDelivery struct {
	ID         string              `json:"id"`
	Header     map[string][]string `json:"header,omitempty"`
	ReceivedAt time.Time           `json:"received_at"`
}

// Observe implements eventlog.Log.
func (l *sqlEventLog) Observe(ctx context.Context, d clerkknock.Delivery, r clerkknock.Report) error {
	if r.Outcome == clerkknock.OutcomeRefused {
		return nil
	}
	e := eventlog.NewEntry(d, r)
	key := sql.NullString{String: indexKey(d.ID), Valid: d.ID != ""}
	var c content
	if r.Outcome != clerkknock.OutcomeIgnored { // otherwise nobody has read it
		c = content{header: mapHeader(d.Header, encodeText), body: d.Body}
	}
	c, err := l.keys.seal(c, logPlace(key.String))
	if err != nil {
		return err
	}
	delivery, err := json.Marshal(loggedDelivery{encodeText(d.ID), c.header, d.ReceivedAt})
	if err != nil {
		return err
	}
	report, err := eventlog.EncodeReport(e.Report)
	if err != nil {
		return err
	}
	if c.body == nil {
		c.body = []byte{}
	}
	about := aboutOf(d.Body)
	_, err = l.store.Exec(ctx, `
		INSERT INTO {schema}clerk_events AS e (key, type, outcome, at, attempts, error, delivery, report, body, key_id,
			entity, person)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
		ON CONFLICT (key) DO UPDATE SET type = excluded.type, outcome = excluded.outcome, at = excluded.at,
			attempts = e.attempts + excluded.attempts, error = excluded.error, report = excluded.report`,
		key, indexKey(r.Type), string(r.Outcome), e.At.UnixMicro(), eventlog.Tries(r), encodeText(clip(e.Error)),
		string(delivery), string(report), c.body, c.keyID, about.Entity, about.Person)
	return err
}

// logPlace is what ties an encrypted content to its entry.
func logPlace(key string) string { return "event " + key }

func clip(s string) string {
	if len(s) <= maxError {
		return s
	}
	return strings.ToValidUTF8(s[:maxError], "") + "…"
}

// Entries implements eventlog.Log.
func (l *sqlEventLog) Entries(ctx context.Context, q eventlog.Query) ([]eventlog.Entry, error) {
	where, args := conditions(q)
	entries, err := engine.Query(ctx, l.store, l.scanEntry, `
		SELECT seq, at, attempts, error, delivery, report, body, key_id, coalesce(key, '') FROM {schema}clerk_events`+where+`
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

func (l *sqlEventLog) scanEntry(rows *sql.Rows) (eventlog.Entry, error) {
	var e eventlog.Entry
	var at int64
	var delivery, report []byte
	var c content
	var key string
	err := rows.Scan(&e.Seq, &at, &e.Attempts, &e.Error, &delivery, &report, &c.body, &c.keyID, &key)
	if err != nil {
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
	c.header = d.Header
	// Without its key an entry has no content.
	c, _ = l.keys.open(c, logPlace(key))
	e.At = time.UnixMicro(at).UTC()
	e.Error = decodeText(e.Error)
	e.Delivery.ID = decodeText(d.ID)
	e.Delivery.Header, e.Delivery.Body = mapHeader(c.header, decodeText), c.body
	e.Delivery.ReceivedAt = d.ReceivedAt
	e.Report = r
	return e, nil
}
