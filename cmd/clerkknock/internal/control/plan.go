package control

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/eventlog"
	"github.com/clerkknock/clerkknock/whatif"
)

// Comparison asks what two tables, in Knock's JSON, would do differently with the latest
// events of the log.
type Comparison struct {
	Before json.RawMessage `json:"before"`
	After  json.RawMessage `json:"after"`
	Events int             `json:"events"`
}

// Plan implements Box. The examples hold no values: they would be personal data.
func (l Local) Plan(ctx context.Context, c Comparison) (whatif.Result, error) {
	before, err := clerkknock.ReadMappings(c.Before, "")
	if err != nil {
		return whatif.Result{}, err
	}
	after, err := clerkknock.ReadMappings(c.After, "")
	if err != nil {
		return whatif.Result{}, err
	}
	return whatif.Compare(ctx, whatif.Config{
		InForce: clerkknock.NewMapper(before...), Changed: clerkknock.NewMapper(after...), HideValues: true,
	}, l.past(ctx, c.Events))
}

// past are so many of the latest deliveries, the newest first.
func (l Local) past(ctx context.Context, events int) iter.Seq2[clerkknock.Delivery, error] {
	return func(yield func(clerkknock.Delivery, error) bool) {
		for q := (eventlog.Query{}); events > 0; {
			q.Limit = min(events, 100)
			entries, err := l.EventLog().Entries(ctx, q)
			if err != nil {
				yield(clerkknock.Delivery{}, fmt.Errorf("cannot read the event log: %w", err))
				return
			}
			for _, e := range entries {
				q.Before = e.Position()
				events--
				if e.Outcome != clerkknock.OutcomeRefused && !yield(e.Delivery, nil) {
					return
				}
			}
			if len(entries) < q.Limit {
				return
			}
		}
	}
}

// Plan implements Box.
func (c *Client) Plan(ctx context.Context, p Comparison) (whatif.Result, error) {
	r, err := c.ask(ctx, "/plan", order{Plan: &p})
	if err != nil || r.Plan == nil {
		return whatif.Result{}, err
	}
	return *r.Plan, nil
}
