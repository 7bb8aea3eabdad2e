package whatif

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/clerk"
)

// Config says which tables are compared, and what is shown of the difference.
type Config struct {
	// InForce is the table that the deliveries were planned by, or would be. Required.
	InForce *clerkknock.Mapper
	// Changed is the table to try. Required.
	Changed *clerkknock.Mapper
	// Executor is asked what it would do, and does nothing: the examples then show the
	// requests, and a call that it would refuse counts as failing. It has to be able to
	// rehearse, as the one of package knock does; see [clerkknock.Executor]. Defaults to
	// none.
	Executor clerkknock.Executor
	// Examples is how many examples each Change keeps, the first ones. Negative keeps
	// none. Defaults to 3.
	Examples int
	// HideValues leaves the values out of the examples: parameters, requests and the
	// texts of errors, which are personal data or may be. Defaults to false.
	HideValues bool
}

// Compare plans each delivery by both tables and counts what differs. A delivery needs
// its Body, and its Header only for mappings that read headers. One that is no event
// is counted as unreadable. The same deliveries give the same Result, if the code in the
// tables does.
//
// An error that comes with the deliveries, or ctx, ends it; the Result then tells of the
// deliveries before. What is kept in memory does not grow with their number.
func Compare(ctx context.Context, c Config, past iter.Seq2[clerkknock.Delivery, error]) (Result, error) {
	if err := c.check(); err != nil {
		return Result{}, fmt.Errorf("whatif: %w", err)
	}
	c.Examples = cmp.Or(c.Examples, 3)
	t := newTally(c)
	for d, err := range past {
		if err == nil {
			err = t.deliver(ctx, d)
		}
		if err != nil {
			return t.finish(), fmt.Errorf("whatif: after %d events: %w", t.result.Events, err)
		}
	}
	return t.finish(), nil
}

func (c Config) check() error {
	if c.InForce == nil || c.Changed == nil {
		return errors.New("Config.InForce and Config.Changed are required; give the table in force and the one to try")
	}
	if err := c.InForce.Err(); err != nil {
		return fmt.Errorf("Config.InForce: %w", err)
	}
	if err := c.Changed.Err(); err != nil {
		return fmt.Errorf("Config.Changed: %w", err)
	}
	if _, ok := c.Executor.(rehearser); !ok && c.Executor != nil {
		return fmt.Errorf("Config.Executor: %T cannot rehearse; give one that can, as knock.New makes it, or none",
			c.Executor)
	}
	return nil
}

// deliver compares what is planned for one delivery. Its error is ctx's.
func (t *tally) deliver(ctx context.Context, d clerkknock.Delivery) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if len(d.Body) == 0 {
		t.unreadable("the body is missing")
		return nil
	}
	e, err := clerk.Parse(d.Body)
	if err != nil {
		t.unreadable(err.Error())
		return nil
	}
	e.ID, e.Header = d.ID, d.Header
	r, _ := t.config.Executor.(rehearser)
	before := newPlan(ctx, t.config.InForce, r, d, e)
	after := newPlan(ctx, t.config.Changed, r, d, e)
	if err := ctx.Err(); err != nil {
		return err // what failed may have failed by that
	}
	t.compare(e, before, after)
	return nil
}
