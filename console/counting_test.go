package console_test

import (
	"context"
	"sync/atomic"

	"github.com/clerkknock/clerkknock/eventlog"
)

// counting is an event log that counts what it is asked.
type counting struct {
	eventlog.Log
	counts, lists atomic.Int64
}

func (c *counting) Count(ctx context.Context, q eventlog.Query) (eventlog.Counts, error) {
	c.counts.Add(1)
	return c.Log.Count(ctx, q)
}

func (c *counting) Entries(ctx context.Context, q eventlog.Query) ([]eventlog.Entry, error) {
	c.lists.Add(1)
	return c.Log.Entries(ctx, q)
}
