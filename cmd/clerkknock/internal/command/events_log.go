package command

import (
	"fmt"
	"slices"
	"time"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/cmd/clerkknock/internal/control"
	"github.com/clerkknock/clerkknock/eventlog"
	"github.com/spf13/cobra"
)

// logQuery is what is asked of the event log.
type logQuery struct {
	database
	eventType, outcome, entity, search string
	since, until                       string
	limit                              int
	json                               bool
}

func (q *logQuery) flags(c *cobra.Command) {
	q.database.flags(c)
	f := c.Flags()
	f.StringVar(&q.eventType, "type", "", "events of this type alone")
	f.StringVar(&q.outcome, "outcome", "", "succeeded, skipped, duplicate, ignored, stored, retry, failed or refused")
	f.StringVar(&q.entity, "entity", "", "about this one, such as user/user_2b7…")
	f.StringVar(&q.search, "search", "", "with an ID that begins so: a delivery's, a user's, an organization's")
	f.StringVar(&q.since, "since", "", "received since a time (2026-05-01T12:00:00Z) or for 24h")
	f.StringVar(&q.until, "until", "", "received before a time, or longer ago than 24h")
	_ = c.RegisterFlagCompletionFunc("type", completeTypes)
	jsonFlag(c, &q.json)
}

func (q *logQuery) query() (eventlog.Query, error) {
	query := eventlog.Query{
		Type: q.eventType, Outcome: clerkknock.Outcome(q.outcome), Entity: q.entity, Search: q.search, Limit: q.limit,
	}
	var err error
	if query.From, err = moment("--since", q.since); err != nil {
		return query, err
	}
	query.To, err = moment("--until", q.until)
	return query, err
}

func logCommand() *cobra.Command {
	var q logQuery
	c := &cobra.Command{
		Use: "list", Short: "List what came, and what became of it", Args: cobra.NoArgs,
		Long: `List shows the event log, the latest delivery first, and requests that were refused. The bodies
are not shown.`,
		Example: `  clerkknock events list --outcome failed --since 24h
  clerkknock events list --search user_2b7`,
		RunE: func(c *cobra.Command, _ []string) error {
			query, err := q.query()
			if err != nil {
				return err
			}
			if q.limit < 1 || q.limit > 1000 {
				return usagef("--limit is %d; take from 1 to 1000", q.limit)
			}
			return q.withBox(c, func(box control.Box) error {
				entries, err := box.Entries(c.Context(), query)
				if err != nil {
					return trimmed(err, "inbox: ")
				}
				if q.json {
					return printJSON(c.OutOrStdout(), append([]control.Entry{}, entries...))
				}
				t := newTable(c.OutOrStdout(), "RECEIVED", "TYPE", "OUTCOME", "TRIES", "ID", "WHY")
				for _, e := range entries {
					t.row(e.ReceivedAt.Format(time.RFC3339), e.Type, string(e.Outcome), fmt.Sprint(e.Attempts), e.ID, why(e))
				}
				return t.flush()
			})
		},
	}
	q.flags(c)
	c.Flags().IntVar(&q.limit, "limit", eventlog.DefaultLimit, "the most that is listed")
	return c
}

func tailCommand() *cobra.Command {
	var q logQuery
	c := &cobra.Command{
		Use: "tail", Short: "Print what comes, until Ctrl-C", Args: cobra.NoArgs,
		Long: `Tail looks at the event log once a second and prints a line for each delivery that has come, and
another one when something else has become of it.`,
		Example: `  clerkknock events tail
  clerkknock events tail --outcome failed --json`,
		RunE: func(c *cobra.Command, _ []string) error {
			query, err := q.query()
			if err != nil {
				return err
			}
			return q.withBox(c, func(box control.Box) error { return q.tail(c, box, query) })
		},
	}
	q.flags(c)
	return c
}

// tailed is how far back tail looks for what has changed, and how much of it.
const (
	tailedFor  = 10 * time.Minute
	tailedMost = 500
)

func (q *logQuery) tail(c *cobra.Command, box control.Box, query eventlog.Query) error {
	query.Limit = tailedMost
	begun := time.Now()
	if query.From.IsZero() {
		query.From = begun
	}
	from := query.From
	seen := map[int64]string{}
	for tick := time.NewTicker(time.Second); ; {
		if back := time.Now().Add(-tailedFor); back.After(from) {
			query.From = back
		}
		entries, err := box.Entries(c.Context(), query)
		if err != nil && c.Context().Err() == nil {
			return trimmed(err, "inbox: ")
		}
		now := map[int64]string{}
		for _, e := range slices.Backward(entries) {
			state := fmt.Sprint(e.Outcome, e.Attempts, e.Refusals)
			now[e.Seq] = state
			if seen[e.Seq] == state {
				continue
			}
			if q.json {
				err = printLine(c.OutOrStdout(), e)
			} else {
				_, err = fmt.Fprintf(c.OutOrStdout(), "%s  %-30s  %-9s  %s  %s\n", e.At.Format(time.TimeOnly),
					oneLine(e.Type), e.Outcome, oneLine(e.ID), oneLine(why(e)))
			}
			if err != nil {
				return err
			}
		}
		seen = now
		select {
		case <-c.Context().Done():
			return c.Context().Err()
		case <-tick.C:
		}
	}
}
