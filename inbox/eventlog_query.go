package inbox

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/clerk"
	"github.com/clerkknock/clerkknock/eventlog"
)

// selection is a condition on entries, with its arguments.
type selection struct {
	where string
	args  []any
}

// arg adds an argument and returns its place.
func (s *selection) arg(v any) string {
	s.args = append(s.args, v)
	return "$" + strconv.Itoa(len(s.args))
}

// selection returns the condition that a query stands for. What has been counted is written
// first, so that a reader sees it.
func (l *sqlEventLog) selection(ctx context.Context, q eventlog.Query) (*selection, error) {
	if err := l.countRefused(ctx, l.refused.Pending()); err != nil {
		return nil, err
	}
	s := &selection{}
	var ranges []string
	few := true
	if q.Search != "" {
		var err error
		ranges = s.beginningWith(q.Search)
		if few, err = l.few(ctx, ranges, s.args); err != nil {
			return nil, err
		}
	}
	all := []string{"1 = 1"}
	if q.Outcome != "" {
		all = append(all, "outcome = "+s.arg(string(q.Outcome)))
	}
	if !q.From.IsZero() {
		// Rounded up: what is stored has been rounded down.
		all = append(all, "received >= "+s.arg(q.From.Add(999).UnixMicro()))
	}
	if !q.To.IsZero() {
		all = append(all, "received < "+s.arg(q.To.Add(999).UnixMicro()))
	}
	if !q.Before.IsZero() {
		all = append(all, "(received, seq) < ("+s.arg(q.Before.ReceivedAt.UnixMicro())+", "+s.arg(q.Before.Seq)+")")
	}
	where := strings.Join(all, " AND ")
	if q.Type != "" {
		where = s.ofType(where, q)
	}
	if q.ID != "" {
		id := s.arg(indexKey(q.ID))
		where = firstOfEach(where, "received", q.Limit, "key = "+id, "claimed <> '' AND claimed = "+id)
	}
	if q.Entity != "" {
		entity := s.arg(indexKey(q.Entity))
		where = firstOfEach(where, "received", q.Limit, "entity <> '' AND entity = "+entity,
			"person <> '' AND person = "+entity, "organization <> '' AND organization = "+entity)
	}
	switch {
	case q.Search == "":
	case few:
		// Not by the index of the order: PostgreSQL would walk all of it to find the few.
		where = firstOfEach(where, "received + 0", q.Limit, ranges...)
	default:
		// The newest entries have it, so that there is no need to sort all that do.
		where += " AND (" + strings.Join(ranges, " OR ") + ")"
	}
	s.where = where
	return s, nil
}

// ofType adds the type to a condition. The index has it before the outcome: it serves a
// type with one outcome, and a type with each. What selects few needs no index.
func (s *selection) ofType(where string, q eventlog.Query) string {
	eventType := "type = " + s.arg(indexKey(q.Type))
	if q.Outcome != "" || q.ID != "" || q.Entity != "" || q.Search != "" {
		return where + " AND " + eventType
	}
	conditions := make([]string, len(outcomes))
	for i, outcome := range outcomes {
		conditions[i] = eventType + " AND outcome = '" + string(outcome) + "'"
	}
	return firstOfEach(where, "received", q.Limit, conditions...)
}

// outcomes are those of all reports.
var outcomes = []clerkknock.Outcome{
	clerkknock.OutcomeSucceeded, clerkknock.OutcomeSkipped, clerkknock.OutcomeDuplicate, clerkknock.OutcomeIgnored,
	clerkknock.OutcomeStored, clerkknock.OutcomeRetry, clerkknock.OutcomeFailed, clerkknock.OutcomeRefused,
}

// firstOfEach selects from the first rows of each of several conditions, each of which
// has an index: one for all of them has none.
func firstOfEach(where, order string, limit int, conditions ...string) string {
	parts := make([]string, len(conditions))
	for i, condition := range conditions {
		parts[i] = `SELECT seq FROM (SELECT seq FROM {schema}clerk_events WHERE ` + condition + ` AND ` + where + `
			ORDER BY ` + order + ` DESC, seq DESC LIMIT ` + strconv.Itoa(limit) + `) AS part`
	}
	return `seq IN (` + strings.Join(parts, ` UNION ALL `) + `)`
}

// beginningWith returns the conditions for IDs that begin with a text.
func (s *selection) beginningWith(text string) []string {
	within := func(column, prefix string) string {
		// U+10FFFF comes last, and no ID has it.
		from, to := s.arg(prefix), s.arg(prefix+"\U0010FFFF")
		return column + " <> '' AND " + column + " >= " + from + " AND " + column + " < " + to
	}
	escaped := url.PathEscape(text)
	ranges := []string{
		within("key", encodeText(text)), within("claimed", encodeText(text)),
		within("person", "user/"+escaped), within("organization", "organization/"+escaped),
	}
	for _, subject := range subjects {
		ranges = append(ranges, within("entity", subject+"/"+escaped))
	}
	return ranges
}

// subjects are what events are about.
var subjects = func() []string {
	all := []string{"membership"}
	for _, eventType := range clerk.Types() {
		all = append(all, clerk.Subject(eventType))
	}
	slices.Sort(all)
	return slices.Compact(all)
}()

// few reports whether so few rows fulfil one of the conditions that they can be sorted.
func (l *sqlEventLog) few(ctx context.Context, conditions []string, args []any) (bool, error) {
	const limit = 10_000
	parts := make([]string, len(conditions))
	for i, condition := range conditions {
		parts[i] = `SELECT seq FROM {schema}clerk_events WHERE ` + condition
	}
	var n int
	err := l.store.QueryRow(ctx, `SELECT count(*) FROM (`+strings.Join(parts, ` UNION ALL `)+`
		LIMIT `+strconv.Itoa(limit+1)+`) AS found`, args...).Scan(&n)
	return n <= limit, err
}
