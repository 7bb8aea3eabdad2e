package otelclerkknock_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"time"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/clerk/clerktest"
	"github.com/clerkknock/clerkknock/knock"
	"github.com/clerkknock/clerkknock/knock/knocktest"
	otelclerkknock "github.com/clerkknock/clerkknock/otel"
	"go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	"go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
)

// What an SDK gets of one event: the spans in the order in which they ended, and the
// metrics.
func Example() {
	spans, metrics := tracetest.NewInMemoryExporter(), metric.NewManualReader()
	api := httptest.NewServer(knocktest.New(knocktest.Config{}))
	defer api.Close()
	executor, err := knock.New(knock.Config{APIKey: "sk_test", BaseURL: api.URL})
	if err != nil {
		panic(err)
	}
	telemetry, err := otelclerkknock.New(otelclerkknock.Config{
		TracerProvider: trace.NewTracerProvider(trace.WithSyncer(spans)),
		MeterProvider:  metric.NewMeterProvider(metric.WithReader(metrics)),
		Limits:         executor.Limits,
	})
	if err != nil {
		panic(err)
	}
	src, err := clerkknock.New(clerkknock.Config{
		SigningSecrets: []string{clerktest.Secret},
		Executor:       executor,
		Observers:      []clerkknock.Observer{telemetry},
		Logger:         slog.New(slog.DiscardHandler),
	})
	if err != nil {
		panic(err)
	}
	body := clerktest.Event("user.created")
	src.ServeHTTP(httptest.NewRecorder(), clerktest.NewRequest("/", clerktest.Secret, "msg_1", time.Now(), body))

	for _, span := range spans.GetSpans() {
		fmt.Println(span.Name)
	}
	var all metricdata.ResourceMetrics
	if err := metrics.Collect(context.Background(), &all); err != nil {
		panic(err)
	}
	for _, m := range all.ScopeMetrics[0].Metrics {
		fmt.Println(m.Name)
	}
	// Output:
	// PUT users_identify
	// users_identify
	// process user.created
	// clerkknock.deliveries
	// clerkknock.steps
	// clerkknock.delivery.latency
	// clerkknock.knock.request.duration
	// clerkknock.knock.request.wait
	// clerkknock.knock.limit.used
	// clerkknock.knock.limit.waiting
}
