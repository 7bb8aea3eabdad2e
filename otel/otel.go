package otelclerkknock

import (
	"context"
	"time"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/knock"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/trace"
)

// scope is the name under which OpenTelemetry knows this package.
const scope = "github.com/clerkknock/clerkknock/otel"

// Config configures an Observer. The zero value is ready to use.
type Config struct {
	// TracerProvider takes the spans. Defaults to OpenTelemetry's global one.
	TracerProvider trace.TracerProvider
	// MeterProvider takes the metrics. Defaults to OpenTelemetry's global one.
	MeterProvider metric.MeterProvider
	// Backlog counts what is in the inbox. It is called each time that the metrics are
	// read. Defaults to none: there are no metrics of the inbox.
	Backlog func(ctx context.Context) (Backlog, error)
	// Limits tells how much of Knock's rate limits is in use, as the method of a
	// knock.Executor does. Defaults to none: there are no metrics of the limits.
	Limits func() []knock.Limit
}

// Backlog counts the deliveries in an inbox that are not done. It has the fields of
// inbox.Stats, which can be converted to it:
//
//	Backlog: func(ctx context.Context) (otelclerkknock.Backlog, error) {
//	    stats, err := box.Stats(ctx)
//	    return otelclerkknock.Backlog(stats), err
//	},
type Backlog struct {
	// Waiting are due, Running are being worked on, Retrying wait for their next
	// attempt, and Dead have been given up.
	Waiting, Running, Retrying, Dead int
	// Oldest is when the oldest that is not done or dead was put, zero if there is none.
	Oldest time.Time
}

// Observer makes spans and metrics of what it is told. It is safe for concurrent use.
type Observer struct {
	tracer  trace.Tracer
	metrics *metrics
}

var _ clerkknock.Observer = (*Observer)(nil)

// New returns an Observer for the Observers of a clerkknock.Config. The error is the
// MeterProvider's, about a metric that it does not take.
func New(c Config) (*Observer, error) {
	if c.TracerProvider == nil {
		c.TracerProvider = otel.GetTracerProvider()
	}
	if c.MeterProvider == nil {
		c.MeterProvider = otel.GetMeterProvider()
	}
	meter := c.MeterProvider.Meter(scope)
	m, err := newMetrics(meter)
	if err == nil {
		err = watchBacklog(meter, c.Backlog)
	}
	if err == nil {
		err = watchLimits(meter, c.Limits)
	}
	if err != nil {
		return nil, err
	}
	return &Observer{tracer: c.TracerProvider.Tracer(scope), metrics: m}, nil
}

// Observe implements clerkknock.Observer. It returns nil.
func (o *Observer) Observe(ctx context.Context, d clerkknock.Delivery, r clerkknock.Report) error {
	ctx = o.trace(ctx, d, r)
	o.metrics.count(ctx, d, r)
	return nil
}
