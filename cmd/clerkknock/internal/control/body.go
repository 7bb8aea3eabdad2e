package control

import (
	"context"
	"fmt"

	"github.com/clerkknock/clerkknock/eventlog"
)

// Body implements Box.
func (l Local) Body(ctx context.Context, id string) ([]byte, error) {
	entries, err := l.EventLog().Entries(ctx, eventlog.Query{ID: id})
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		if len(e.Delivery.Body) > 0 { // a refused request may claim to have the ID
			return e.Delivery.Body, nil
		}
	}
	return nil, fmt.Errorf("the event log has no payload of %q: it does not know it, or it was not mapped, "+
		"or was erased, or its key is missing", id)
}

// Body implements Box.
func (c *Client) Body(ctx context.Context, id string) ([]byte, error) {
	r, err := c.ask(ctx, "/body", order{Key: id})
	return r.Body, err
}
