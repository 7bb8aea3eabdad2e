package otelclerkknock

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/clerkknock/clerkknock/knock"
	"go.opentelemetry.io/otel/metric"
)

// watchBacklog measures the inbox, each time that the metrics are read.
func watchBacklog(m metric.Meter, stats func(context.Context) (Backlog, error)) error {
	if stats == nil {
		return nil
	}
	backlog, err1 := m.Int64ObservableGauge("clerkknock.inbox.backlog", metric.WithUnit("{delivery}"),
		metric.WithDescription("Deliveries in the inbox that are not done."))
	dead, err2 := m.Int64ObservableGauge("clerkknock.inbox.dead", metric.WithUnit("{delivery}"),
		metric.WithDescription("Deliveries in the inbox that have been given up."))
	age, err3 := m.Float64ObservableGauge("clerkknock.inbox.oldest.age", metric.WithUnit("s"),
		metric.WithDescription("Since when the oldest delivery that is not done is in the inbox."))
	if err := errors.Join(err1, err2, err3); err != nil {
		return err
	}
	_, err := m.RegisterCallback(func(ctx context.Context, o metric.Observer) error {
		b, err := stats(ctx)
		if err != nil {
			return fmt.Errorf("otelclerkknock: cannot count the backlog: %w", err)
		}
		in := func(state string) metric.ObserveOption { return metric.WithAttributes(inboxState.String(state)) }
		o.ObserveInt64(backlog, int64(b.Waiting), in("waiting"))
		o.ObserveInt64(backlog, int64(b.Running), in("running"))
		o.ObserveInt64(backlog, int64(b.Retrying), in("retrying"))
		o.ObserveInt64(dead, int64(b.Dead))
		o.ObserveFloat64(age, since(b.Oldest))
		return nil
	}, backlog, dead, age)
	return err
}

// since is how many seconds ago something was, 0 if it was not.
func since(t time.Time) float64 {
	if t.IsZero() {
		return 0
	}
	return max(0, time.Since(t).Seconds())
}

// watchLimits measures Knock's rate limits, each time that the metrics are read.
func watchLimits(m metric.Meter, limits func() []knock.Limit) error {
	if limits == nil {
		return nil
	}
	used, err1 := m.Float64ObservableGauge("clerkknock.knock.limit.used", metric.WithUnit("1"),
		metric.WithDescription("The part of a rate limit of Knock's that is in use."))
	waiting, err2 := m.Int64ObservableGauge("clerkknock.knock.limit.waiting", metric.WithUnit("{request}"),
		metric.WithDescription("Calls that wait for their turn under a rate limit of Knock's."))
	if err := errors.Join(err1, err2); err != nil {
		return err
	}
	_, err := m.RegisterCallback(func(_ context.Context, o metric.Observer) error {
		for _, l := range limits() {
			tier := metric.WithAttributes(limitTier.Int(l.Tier))
			o.ObserveFloat64(used, l.Used, tier)
			o.ObserveInt64(waiting, int64(l.Waiting), tier)
		}
		return nil
	}, used, waiting)
	return err
}
