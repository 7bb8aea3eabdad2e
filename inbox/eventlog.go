package inbox

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/eventlog"
	"github.com/clerkknock/clerkknock/inbox/internal/engine"
	"github.com/clerkknock/clerkknock/internal/refusals"
)

// sqlEventLog is an eventlog.Log in SQL.
type sqlEventLog struct {
	store   *engine.Store
	keys    *keyring
	refused refusals.Counter
}

func newEventLog(store *engine.Store, keys *keyring) *sqlEventLog {
	return &sqlEventLog{store: store, keys: keys,
		refused: refusals.Counter{Every: time.Second, Apart: eventlog.MaxRefused}}
}

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
		return l.countRefused(ctx, l.refused.Add(d, r))
	}
	key := sql.NullString{String: indexKey(d.ID), Valid: d.ID != ""}
	return l.write(ctx, key, eventlog.NewEntry(d, r), aboutOf(d.Body))
}

// countRefused adds requests that were refused to their entries.
func (l *sqlEventLog) countRefused(ctx context.Context, counts []refusals.Count) error {
	var failed []error
	for _, c := range counts {
		e := eventlog.NewEntry(c.Observed())
		e.Refusals = c.Requests
		sum := sha256.Sum256(fmt.Appendf(nil, "%q %q", c.Reason, c.ID))
		// No key of a delivery begins like this: a quote would be escaped.
		key := `"refused:` + strconv.FormatInt(c.Minute.Unix(), 10) + ":" + strconv.Itoa(c.Status) + ":" +
			hex.EncodeToString(sum[:16])
		failed = append(failed, l.write(ctx, sql.NullString{String: key, Valid: true}, e, about{}))
	}
	return errors.Join(failed...)
}

// write adds the entry of one report, or adds the report to the entry that is there.
func (l *sqlEventLog) write(ctx context.Context, key sql.NullString, e eventlog.Entry, a about) error {
	d, r := e.Delivery, e.Reports[0]
	var c content
	if e.Outcome != clerkknock.OutcomeIgnored { // otherwise nobody has read it
		c = content{header: mapHeader(d.Header, encodeText), body: d.Body}
	}
	c, err := l.keys.seal(c, logPlace(key.String))
	if err != nil {
		return err
	}
	if c.body == nil {
		c.body = []byte{}
	}
	delivery, err := json.Marshal(loggedDelivery{encodeText(d.ID), c.header, d.ReceivedAt})
	if err != nil {
		return err
	}
	report, err := eventlog.EncodeReport(r)
	if err != nil {
		return err
	}
	planned, err := eventlog.EncodePlanned(r)
	if err != nil {
		return err
	}
	line, err := l.keys.sealLine(planned, plannedPlace(key.String))
	if err != nil {
		return err
	}
	told := 1
	if e.Waits > 0 || e.Refusals > 0 {
		told = 0 // if there is an entry already
	}
	claimed := ""
	if e.Refusals > 0 {
		claimed = indexKey(d.ID)
	}
	_, err = l.store.Exec(ctx, upsertEntry, key, indexKey(e.Type), string(e.Outcome), e.Attempts,
		string(delivery), string(report), c.body, c.keyID, a.Entity, a.Person, a.Organization, claimed,
		d.ReceivedAt.UnixMicro(), e.ChangedAt.UnixMicro(), e.Waits, e.Refusals, line, told)
	return err
}

// upsertEntry says in SQL what eventlog.Entry's Add says. An entry that was erased stays so.
// When it was last written, by which it is swept, is by the database's clock.
var upsertEntry = `
	INSERT INTO {schema}clerk_events AS e (key, type, outcome, at, attempts, delivery, report, body, key_id,
		entity, person, organization, claimed, received, changed, waits, refusals, planned)
	VALUES ($1, $2, $3, {now} * 1000, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
	ON CONFLICT (key) DO UPDATE SET
		at = excluded.at,
		attempts = e.attempts + excluded.attempts,
		waits = e.waits + excluded.waits,
		refusals = e.refusals + excluded.refusals,
		told = e.told + $18,
		outcome = CASE WHEN $18 = 0 OR excluded.outcome = 'stored' OR excluded.outcome = 'duplicate'
			AND e.outcome IN ('succeeded', 'skipped', 'ignored') THEN e.outcome ELSE excluded.outcome END,
		body = CASE WHEN ` + fillsIn + ` THEN excluded.body ELSE e.body END,
		delivery = CASE WHEN ` + fillsIn + ` THEN excluded.delivery ELSE e.delivery END,
		key_id = CASE WHEN ` + fillsIn + ` THEN excluded.key_id ELSE e.key_id END,
		history = CASE WHEN ` + pushes + ` THEN e.history || e.report || '` + "\n" + `' ELSE e.history END,
		planned_history = CASE WHEN ` + pushes + ` THEN e.planned_history || e.planned || '` + "\n" + `'
			ELSE e.planned_history END,
		report = CASE WHEN $18 = 0 THEN e.report ELSE excluded.report END,
		planned = CASE WHEN $18 = 0 THEN e.planned WHEN ` + erased + ` THEN '' ELSE excluded.planned END`

const (
	erased  = `e.entity = '' AND excluded.entity <> ''`
	fillsIn = `e.outcome = 'ignored' AND length(e.body) = 0 AND e.entity = excluded.entity`
)

// pushes says whether the latest report becomes one of those before the latest.
var pushes = `$18 = 1 AND e.told < ` + strconv.Itoa(eventlog.MaxReports)

// logPlace is what ties an encrypted content to its entry.
func logPlace(key string) string { return "event " + key }
