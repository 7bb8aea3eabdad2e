package otelclerkknock

import (
	"context"
	"errors"

	"github.com/clerkknock/clerkknock"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
)

// metrics are those that reports add to.
type metrics struct {
	deliveries, refusals, retries, steps, resent metric.Int64Counter
	latency, duration, wait                      metric.Float64Histogram
}

// The bounds of the buckets, in seconds: what Knock takes to answer is where both begin; an
// inbox retries for a day, a call within a request's budget.
var (
	upToADay = metric.WithExplicitBucketBoundaries(
		.05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600, 21600, 86400)
	upToABudget = metric.WithExplicitBucketBoundaries(
		.005, .01, .025, .05, .075, .1, .25, .5, .75, 1, 2.5, 5, 7.5, 10)
)

func newMetrics(m metric.Meter) (*metrics, error) {
	var all error
	counter := func(name, unit, text string) metric.Int64Counter {
		c, err := m.Int64Counter(name, metric.WithUnit(unit), metric.WithDescription(text))
		all = errors.Join(all, err)
		return c
	}
	seconds := func(name, text string, buckets metric.HistogramOption) metric.Float64Histogram {
		h, err := m.Float64Histogram(name, metric.WithUnit("s"), metric.WithDescription(text), buckets)
		all = errors.Join(all, err)
		return h
	}
	return &metrics{
		deliveries: counter("clerkknock.deliveries", "{delivery}", "What became of deliveries, each time."),
		refusals:   counter("clerkknock.refusals", "{request}", "Requests that were not accepted."),
		retries:    counter("clerkknock.retries", "{attempt}", "Attempts of an inbox's worker after the first."),
		steps:      counter("clerkknock.steps", "{step}", "What became of steps."),
		latency:    seconds("clerkknock.delivery.latency", "From the receipt of a delivery to its end.", upToADay),
		duration:   seconds("clerkknock.knock.request.duration", "What a call of Knock's API took.", upToABudget),
		wait:       seconds("clerkknock.knock.request.wait", "What a call waited for Knock's rate limit.", upToABudget),
		resent:     counter("clerkknock.knock.retries", "{attempt}", "Further attempts at calls of Knock's API."),
	}, all
}

// count adds a report.
func (m *metrics) count(ctx context.Context, d clerkknock.Delivery, r clerkknock.Report) {
	if r.Outcome == clerkknock.OutcomeRefused {
		m.refusals.Add(ctx, 1, metric.WithAttributes(refusal(r), semconv.HTTPResponseStatusCode(r.Answer)))
		return
	}
	of := []attribute.KeyValue{byWhom(r), eventType.String(r.Type), outcome.String(string(r.Outcome))}
	if r.Err != nil {
		of = append(of, failure(r.Err))
	}
	m.deliveries.Add(ctx, 1, metric.WithAttributes(of...))
	if d.Tries > 0 {
		m.retries.Add(ctx, 1, metric.WithAttributes(eventType.String(r.Type)))
	}
	if isEnd(r.Outcome) && !d.ReceivedAt.IsZero() {
		m.latency.Record(ctx, r.At.Add(r.Took).Sub(d.ReceivedAt).Seconds(),
			metric.WithAttributes(outcome.String(string(r.Outcome))))
	}
	for _, s := range r.Steps {
		m.countStep(ctx, s)
	}
}

// byWhom tells what comes in from what is worked off later: both end in reports.
func byWhom(r clerkknock.Report) attribute.KeyValue {
	if r.Answer == 0 {
		return by.String("worker")
	}
	return by.String("request")
}

// isEnd reports whether a delivery is done, and was not before.
func isEnd(o clerkknock.Outcome) bool {
	return o == clerkknock.OutcomeSucceeded || o == clerkknock.OutcomeSkipped || o == clerkknock.OutcomeFailed
}

func (m *metrics) countStep(ctx context.Context, s clerkknock.StepReport) {
	of := []attribute.KeyValue{actionOf(s), stepStatus.String(string(s.Status))}
	if s.Err != nil {
		of = append(of, failure(s.Err))
	}
	m.steps.Add(ctx, 1, metric.WithAttributes(of...))
	calls := requestsOf(s)
	for i, call := range calls {
		m.wait.Record(ctx, call.waited.Seconds(), metric.WithAttributes(actionOf(s)))
		if call.attempts > 1 {
			m.resent.Add(ctx, int64(call.attempts-1), metric.WithAttributes(actionOf(s)))
		}
		m.duration.Record(ctx, call.took.Seconds(),
			metric.WithAttributes(call.labels(s, endedBy(s, i, len(calls)))...))
	}
}
