package otelclerkknock

import (
	"context"
	"time"

	"github.com/clerkknock/clerkknock"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"
)

// trace makes the spans of a report, and returns the context of the first.
func (o *Observer) trace(ctx context.Context, d clerkknock.Delivery, r clerkknock.Report) context.Context {
	name, kind := kindOf(r)
	ctx, how := place(ctx, d)
	end := r.At.Add(r.Took)
	ctx, span := o.tracer.Start(ctx, name, append(how,
		trace.WithSpanKind(kind), trace.WithTimestamp(beginning(d, r)), trace.WithAttributes(about(d, r)...))...)
	defer span.End(trace.WithTimestamp(end))
	if !span.IsRecording() {
		return ctx
	}
	if r.Outcome == clerkknock.OutcomeRetry || r.Outcome == clerkknock.OutcomeFailed {
		span.SetStatus(codes.Error, "")
	}
	for _, s := range r.Steps {
		if s.At.IsZero() {
			span.AddEvent("step", trace.WithTimestamp(end), trace.WithAttributes(step(s)...))
			continue
		}
		o.traceStep(ctx, s)
	}
	return ctx
}

// kindOf names a report's span by what was done, and to what type of event.
func kindOf(r clerkknock.Report) (string, trace.SpanKind) {
	name, kind := "process", trace.SpanKindInternal
	switch {
	case r.Outcome == clerkknock.OutcomeRefused:
		return "refuse", kind
	case r.Outcome == clerkknock.OutcomeStored:
		name, kind = "store", trace.SpanKindProducer
	case r.Answer == 0:
		kind = trace.SpanKindConsumer
	}
	if r.Type != "" {
		name += " " + r.Type
	}
	return name, kind
}

// beginning is when a request came, or a worker's attempt began.
func beginning(d clerkknock.Delivery, r clerkknock.Report) time.Time {
	if r.Answer != 0 && !d.ReceivedAt.IsZero() && d.ReceivedAt.Before(r.At) {
		return d.ReceivedAt
	}
	return r.At
}

// about says what a delivery is and what became of it.
func about(d clerkknock.Delivery, r clerkknock.Report) []attribute.KeyValue {
	all := []attribute.KeyValue{outcome.String(string(r.Outcome))}
	if r.Answer != 0 {
		all = append(all, semconv.HTTPResponseStatusCode(r.Answer))
	}
	if r.Outcome == clerkknock.OutcomeRefused {
		return append(all, refusal(r)) // the rest is a stranger's text
	}
	all = append(all, deliveryID.String(r.ID), eventType.String(r.Type))
	if d.Tries > 0 {
		all = append(all, deliveryTries.Int(d.Tries))
	}
	if r.Err != nil {
		all = append(all, failure(r.Err))
	}
	return all
}

// step says what a step was and what became of it.
func step(s clerkknock.StepReport) []attribute.KeyValue {
	all := []attribute.KeyValue{stepID.String(s.ID), actionOf(s), stepStatus.String(string(s.Status))}
	if s.Reason != "" {
		all = append(all, stepReason.String(s.Reason))
	}
	if len(s.LeftOut) > 0 {
		all = append(all, stepLeftOut.StringSlice(s.LeftOut))
	}
	if s.Err != nil {
		all = append(all, failure(s.Err))
	}
	return append(all, noted(s.Attrs)...)
}

// traceStep makes the span of a step that was executed, and those of its calls.
func (o *Observer) traceStep(ctx context.Context, s clerkknock.StepReport) {
	ctx, span := o.tracer.Start(ctx, actionOf(s).Value.AsString(),
		trace.WithTimestamp(s.At), trace.WithAttributes(step(s)...))
	defer span.End(trace.WithTimestamp(s.At.Add(s.Took)))
	if s.Err != nil {
		span.SetStatus(codes.Error, "")
	}
	calls := requestsOf(s)
	for i, call := range calls {
		failed := endedBy(s, i, len(calls))
		_, span := o.tracer.Start(ctx, call.method+" "+actionOf(s).Value.AsString(), trace.WithTimestamp(call.at),
			trace.WithSpanKind(trace.SpanKindClient),
			trace.WithAttributes(append(call.labels(s, failed), call.details()...)...))
		if failed != nil {
			span.SetStatus(codes.Error, "")
		}
		span.End(trace.WithTimestamp(call.at.Add(call.took)))
	}
}
