package inbox

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/eventlog"
	"github.com/clerkknock/clerkknock/inbox/internal/engine"
)

// Entries implements eventlog.Log.
func (l *sqlEventLog) Entries(ctx context.Context, q eventlog.Query) ([]eventlog.Entry, error) {
	q.Limit = cmp.Or(max(q.Limit, 0), eventlog.DefaultLimit)
	s, err := l.selection(ctx, q)
	if err != nil {
		return nil, fmt.Errorf("inbox: event log: %w", err)
	}
	entries, err := engine.Query(ctx, l.store, l.scanEntry, `
		SELECT seq, type, outcome, attempts, waits, refusals, told, received, changed, delivery, report, history,
			planned, planned_history, body, key_id, coalesce(key, ''), entity, person, organization
		FROM {schema}clerk_events WHERE `+s.where+`
		ORDER BY received DESC, seq DESC LIMIT `+strconv.Itoa(q.Limit), s.args...)
	if err != nil {
		return nil, fmt.Errorf("inbox: event log: %w", err)
	}
	return entries, nil
}

// Count implements eventlog.Log.
func (l *sqlEventLog) Count(ctx context.Context, q eventlog.Query) (eventlog.Counts, error) {
	limit := cmp.Or(max(q.Limit, 0), eventlog.DefaultCountLimit)
	q.Limit = limit + 1
	s, err := l.selection(ctx, q)
	if err != nil {
		return eventlog.Counts{}, fmt.Errorf("inbox: event log: %w", err)
	}
	var c eventlog.Counts
	c.Tallies, err = engine.Query(ctx, l.store, func(r *sql.Rows) (t eventlog.Tally, err error) {
		var minute, last int64
		var outcome string
		err = r.Scan(&minute, &outcome, &t.Entries, &last)
		t.Minute, t.Outcome = time.Unix(minute*60, 0).UTC(), clerkknock.Outcome(outcome)
		c.Capped = c.Capped || last > int64(limit)
		return t, err
	}, `SELECT minute, outcome, CAST(sum(CASE WHEN place > `+strconv.Itoa(limit)+` THEN 0 ELSE requests END) AS bigint),
			max(place)
		FROM (
			SELECT received / 60000000 AS minute, outcome, CASE WHEN refusals > 0 THEN refusals ELSE 1 END AS requests,
				row_number() OVER (ORDER BY received DESC, seq DESC) AS place
			FROM {schema}clerk_events WHERE `+s.where+`
			ORDER BY received DESC, seq DESC LIMIT `+strconv.Itoa(q.Limit)+`) AS newest
		GROUP BY minute, outcome ORDER BY minute DESC, outcome`, s.args...)
	if err != nil {
		return eventlog.Counts{}, fmt.Errorf("inbox: event log: %w", err)
	}
	c.Tallies = slices.DeleteFunc(c.Tallies, func(t eventlog.Tally) bool { return t.Entries == 0 })
	return c, nil
}

func (l *sqlEventLog) scanEntry(rows *sql.Rows) (eventlog.Entry, error) {
	var e eventlog.Entry
	var received, changed int64
	var eventType, outcome, report, history, planned, plannedHistory, key string
	var told int
	var delivery []byte
	var c content
	var a about
	err := rows.Scan(&e.Seq, &eventType, &outcome, &e.Attempts, &e.Waits, &e.Refusals, &told, &received, &changed,
		&delivery, &report, &history, &planned, &plannedHistory, &c.body, &c.keyID, &key,
		&a.Entity, &a.Person, &a.Organization)
	if err != nil {
		return e, err
	}
	var d loggedDelivery
	if err := json.Unmarshal(delivery, &d); err != nil {
		return e, err
	}
	c.header = d.Header
	// Without its key an entry has no content.
	c, _ = l.keys.open(c, logPlace(key))
	e.Type, e.Outcome = decodeText(eventType), clerkknock.Outcome(outcome)
	e.ChangedAt = time.UnixMicro(changed).UTC()
	for _, entity := range []string{a.Entity, a.Person, a.Organization} {
		if entity != "" {
			e.Entities = append(e.Entities, decodeText(entity))
		}
	}
	e.Delivery.ID = decodeText(d.ID)
	e.Delivery.Header, e.Delivery.Body = mapHeader(c.header, decodeText), c.body
	e.Delivery.ReceivedAt = time.UnixMicro(received).UTC()
	e.Reports, err = l.reports(history+report, plannedHistory+planned, key)
	e.LeftOut = told - len(e.Reports)
	e.At = e.Latest().At.Add(e.Latest().Took)
	return e, err
}

// reports reads the lines of reports, and of what was planned in each.
func (l *sqlEventLog) reports(reports, planned, key string) ([]clerkknock.Report, error) {
	actions := strings.Split(planned, "\n")
	var all []clerkknock.Report
	for i, line := range strings.Split(reports, "\n") {
		r, err := eventlog.DecodeReport([]byte(line))
		if err != nil {
			return nil, err
		}
		if i < len(actions) {
			// Without its key it says what became of it, not what was planned.
			if plain, err := l.keys.openLine(actions[i], plannedPlace(key)); err == nil {
				if err := eventlog.DecodePlanned(plain, &r); err != nil {
					return nil, err
				}
			}
		}
		all = append(all, r)
	}
	return all, nil
}
