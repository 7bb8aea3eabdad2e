package otelclerkknock

import (
	"context"
	"net/http"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/ledger"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
)

// Inbox returns box, for the Inbox of a clerkknock.Config, so that what its workers do
// belongs to the request's trace. The first attempt becomes a child of the span that the
// host has for the request, such as that of otelhttp; every further one is a trace of its
// own with a link to it, since a trace that goes on for a day is one that nobody can read.
//
// To that end the header of the stored delivery gets the span's traceparent and
// tracestate. A request without a span is stored as it is.
func Inbox(box clerkknock.Inbox) clerkknock.Inbox {
	if box == nil {
		return nil
	}
	if l, ok := box.(ledgered); ok { // a Source takes its inbox's ledger by itself
		return struct {
			carrier
			ledgered
		}{carrier{box}, l}
	}
	return carrier{box}
}

type ledgered interface{ Ledger() ledger.Ledger }

// carrier is an inbox whose deliveries carry the context of a trace.
type carrier struct{ box clerkknock.Inbox }

// Put implements clerkknock.Inbox.
func (c carrier) Put(ctx context.Context, d clerkknock.Delivery) error {
	if trace.SpanContextFromContext(ctx).IsValid() {
		// The Observers are shown the same delivery: its header is not ours to change.
		header := d.Header.Clone()
		if header == nil {
			header = http.Header{}
		}
		format.Inject(ctx, propagation.HeaderCarrier(header))
		d.Header = header
	}
	return c.box.Put(ctx, d)
}

// format is how the context of a trace is written. Baggage stays out: who knows what it
// holds.
var format = propagation.TraceContext{}

// place returns the context below which the span of an attempt belongs, and how the span
// begins.
func place(ctx context.Context, d clerkknock.Delivery) (context.Context, []trace.SpanStartOption) {
	request := trace.SpanContextFromContext(format.Extract(context.Background(), propagation.HeaderCarrier(d.Header)))
	here := trace.SpanContextFromContext(ctx)
	switch {
	case !request.IsValid() || request.TraceID() == here.TraceID():
		return ctx, nil
	case !here.IsValid() && d.Tries == 0:
		return trace.ContextWithRemoteSpanContext(ctx, request), nil
	}
	return ctx, []trace.SpanStartOption{trace.WithLinks(trace.Link{SpanContext: request})}
}
