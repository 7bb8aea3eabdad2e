package otelclerkknock_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/clerk/clerktest"
	"github.com/clerkknock/clerkknock/knock"
	"github.com/clerkknock/clerkknock/knock/knocktest"
	otelclerkknock "github.com/clerkknock/clerkknock/otel"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	"go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
)

const (
	// soon is more than anything takes that is not slow on purpose.
	soon  = 30 * time.Second
	often = 5 * time.Millisecond
)

// telemetry is what a host's SDK has got.
type telemetry struct {
	exporter *tracetest.InMemoryExporter
	tracers  *trace.TracerProvider
	reader   *metric.ManualReader
	observer *otelclerkknock.Observer
}

func newTelemetry(t *testing.T, c otelclerkknock.Config) *telemetry {
	t.Helper()
	tel := &telemetry{exporter: tracetest.NewInMemoryExporter(), reader: metric.NewManualReader()}
	tel.tracers = trace.NewTracerProvider(trace.WithSyncer(tel.exporter))
	c.TracerProvider, c.MeterProvider = tel.tracers, metric.NewMeterProvider(metric.WithReader(tel.reader))
	var err error
	tel.observer, err = otelclerkknock.New(c)
	require.NoError(t, err)
	return tel
}

// named returns the spans with a name, in the order in which they ended.
func (tel *telemetry) named(name string) (found tracetest.SpanStubs) {
	for _, s := range tel.exporter.GetSpans() {
		if s.Name == name {
			found = append(found, s)
		}
	}
	return found
}

// one is the span of that name. That of the server ends after the answer.
func (tel *telemetry) one(t *testing.T, name string) tracetest.SpanStub {
	t.Helper()
	require.Eventually(t, func() bool { return len(tel.named(name)) > 0 }, soon, often, name)
	found := tel.named(name)
	require.Len(t, found, 1, name)
	return found[0]
}

// server is the name of the span that otelhttp has for a request.
const server = "POST"

// points are all metrics, each as "name{attributes} value": the sum of a counter, the
// count of a histogram.
func (tel *telemetry) points(t *testing.T) []string {
	t.Helper()
	var all metricdata.ResourceMetrics
	require.NoError(t, tel.reader.Collect(t.Context(), &all))
	var points []string
	add := func(name string, of attribute.Set, value any) {
		labels := strings.ReplaceAll(of.Encoded(attribute.DefaultEncoder()), "clerkknock.", "")
		points = append(points, fmt.Sprintf("%s{%s} %v", strings.TrimPrefix(name, "clerkknock."), labels, value))
	}
	for _, scope := range all.ScopeMetrics {
		for _, m := range scope.Metrics {
			switch data := m.Data.(type) {
			case metricdata.Sum[int64]:
				for _, p := range data.DataPoints {
					add(m.Name, p.Attributes, p.Value)
				}
			case metricdata.Gauge[int64]:
				for _, p := range data.DataPoints {
					add(m.Name, p.Attributes, p.Value)
				}
			case metricdata.Gauge[float64]:
				for _, p := range data.DataPoints {
					add(m.Name, p.Attributes, p.Value)
				}
			case metricdata.Histogram[float64]:
				for _, p := range data.DataPoints {
					add(m.Name, p.Attributes, p.Count)
				}
			default:
				require.Fail(t, "unexpected data", "%s: %T", m.Name, data)
			}
		}
	}
	slices.Sort(points)
	return points
}

// host is a server with a Source behind otelhttp, and an emulated Knock.
type host struct {
	*telemetry
	api *knocktest.API
	src *clerkknock.Source
	url string
}

// serve starts a host. What of the Config is missing it fills in.
func serve(t *testing.T, tel *telemetry, c clerkknock.Config) *host {
	t.Helper()
	h := &host{telemetry: tel, api: knocktest.New(knocktest.Config{})}
	api := httptest.NewServer(h.api)
	t.Cleanup(api.Close)
	var err error
	if c.Executor == nil {
		c.Executor, err = knock.New(knock.Config{APIKey: "sk_test", BaseURL: api.URL, MaxAttempts: 2})
		require.NoError(t, err)
	}
	c.SigningSecrets = []string{clerktest.Secret}
	c.Observers = append([]clerkknock.Observer{tel.observer}, c.Observers...)
	c.Logger = slog.New(slog.DiscardHandler)
	h.src, err = clerkknock.New(c)
	require.NoError(t, err)
	server := httptest.NewServer(otelhttp.NewHandler(h.src, "", otelhttp.WithTracerProvider(tel.tracers)))
	t.Cleanup(server.Close)
	h.url = server.URL
	return h
}

// post delivers an event as Clerk does, after the edits.
func (h *host) post(t *testing.T, id string, body []byte, edits ...func(*http.Request)) int {
	t.Helper()
	request := clerktest.NewRequest(h.url+"/webhooks/clerk", clerktest.Secret, id, time.Now(), body)
	request.RequestURI = ""
	for _, edit := range edits {
		edit(request)
	}
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	return response.StatusCode
}

// identifies is a mapper of one step for a new user.
func identifies() *clerkknock.Mapper {
	return clerkknock.NewMapper(clerkknock.Mapping{
		ID: "identify", Event: "user.created", Action: clerkknock.UsersIdentify,
		Params: clerkknock.Params{"id": clerkknock.Path("data.id")},
	})
}

func attributes(of []attribute.KeyValue) map[string]any {
	all := map[string]any{}
	for _, a := range of {
		all[string(a.Key)] = a.Value.AsInterface()
	}
	return all
}

// within asserts that a span is a child of another, and no longer.
func within(t *testing.T, parent, child tracetest.SpanStub) {
	t.Helper()
	assert.Equal(t, parent.SpanContext.TraceID(), child.SpanContext.TraceID(), child.Name)
	assert.Equal(t, parent.SpanContext.SpanID(), child.Parent.SpanID(), child.Name)
	assert.False(t, child.StartTime.Before(parent.StartTime), "%s began before %s", child.Name, parent.Name)
	assert.False(t, child.EndTime.After(parent.EndTime), "%s ended after %s", child.Name, parent.Name)
}

// executorFunc fails as it is told.
func executorFunc(fail func(inv clerkknock.Invocation) error) clerkknock.Executor {
	return clerkknock.ExecutorFunc(func(_ context.Context, inv clerkknock.Invocation) error { return fail(inv) })
}
