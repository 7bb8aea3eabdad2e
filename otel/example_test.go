package otelclerkknock_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/clerk/clerktest"
	otelclerkknock "github.com/clerkknock/clerkknock/otel"
	"go.opentelemetry.io/otel/trace"
)

// A host whose deliveries are spans and metrics, wherever OpenTelemetry's SDK sends them:
// to nowhere, here, for there is none.
func Example() {
	telemetry, err := otelclerkknock.New(otelclerkknock.Config{})
	if err != nil {
		panic(err)
	}
	src, err := clerkknock.New(clerkknock.Config{
		SigningSecrets: []string{clerktest.Secret},
		Executor:       clerkknock.DryRun(slog.New(slog.DiscardHandler)),
		Observers:      []clerkknock.Observer{telemetry},
		Logger:         slog.New(slog.DiscardHandler),
	})
	if err != nil {
		panic(err)
	}
	body := clerktest.Event("user.created")
	answer := httptest.NewRecorder()
	src.ServeHTTP(answer, clerktest.NewRequest("/webhooks/clerk", clerktest.Secret, "msg_1", time.Now(), body))
	fmt.Println(answer.Code, http.StatusText(answer.Code))
	// Output: 200 OK
}

// box is an inbox that shows what trace a delivery belongs to.
type box struct{}

func (box) Put(_ context.Context, d clerkknock.Delivery) error {
	fmt.Println(d.ID, d.Header.Get("traceparent"))
	return nil
}

// A delivery takes the trace of its request along into the inbox.
func ExampleInbox() {
	// What middleware such as otelhttp does for each request.
	request := trace.ContextWithSpanContext(context.Background(), trace.NewSpanContext(trace.SpanContextConfig{
		TraceID: trace.TraceID{1}, SpanID: trace.SpanID{2}, TraceFlags: trace.FlagsSampled,
	}))
	inbox := otelclerkknock.Inbox(box{})
	if err := inbox.Put(request, clerkknock.Delivery{ID: "msg_1"}); err != nil {
		panic(err)
	}
	// Output: msg_1 00-01000000000000000000000000000000-0200000000000000-01
}
