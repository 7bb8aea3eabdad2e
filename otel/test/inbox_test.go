package otelclerkknock_test

import (
	"path/filepath"
	"testing"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/clerk/clerktest"
	"github.com/clerkknock/clerkknock/inbox"
	"github.com/clerkknock/clerkknock/inbox/sqlite"
	"github.com/clerkknock/clerkknock/knock/knocktest"
	otelclerkknock "github.com/clerkknock/clerkknock/otel"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/trace"
)

func open(t *testing.T, path string) *sqlite.Inbox {
	t.Helper()
	box, err := sqlite.Open(t.Context(), path, inbox.Config{})
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, box.Close()) })
	return box
}

// The first attempt is a part of the request's trace, over a restart; those that follow
// are traces of their own, with a link to it.
func TestAWorkersFirstAttemptIsAChildOfTheRequestAndARetryALinkedRoot(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "clerk.db")
	before := open(t, file)
	h := serve(t, newTelemetry(t, otelclerkknock.Config{}),
		clerkknock.Config{Mapper: identifies(), Inbox: otelclerkknock.Inbox(before)})
	require.Equal(t, 202, h.post(t, "msg_1", clerktest.Event("user.created")))
	request, stored := h.one(t, server), h.one(t, "store user.created")
	within(t, request, stored)
	assert.Equal(t, trace.SpanKindProducer, stored.SpanKind)
	require.NoError(t, before.Close())

	after := open(t, file)
	h = serve(t, h.telemetry, clerkknock.Config{Mapper: identifies(), Inbox: otelclerkknock.Inbox(after)})
	h.api.Fail(knocktest.Fault{Times: 4, Status: 503}) // two of each attempt
	require.NoError(t, after.Start(t.Context(), h.src.Process))
	require.Eventually(t, func() bool { return len(h.named("process user.created")) == 3 }, soon, often)
	require.NoError(t, after.Stop(t.Context()))

	attempts := h.named("process user.created")
	first := attempts[0]
	assert.Equal(t, request.SpanContext.TraceID(), first.SpanContext.TraceID())
	assert.Equal(t, request.SpanContext.SpanID(), first.Parent.SpanID())
	assert.Empty(t, first.Links)
	assert.NotContains(t, attributes(first.Attributes), "clerkknock.delivery.tries")
	for i, attempt := range attempts {
		assert.Equal(t, trace.SpanKindConsumer, attempt.SpanKind)
		if i == 0 {
			continue
		}
		assert.NotEqual(t, request.SpanContext.TraceID(), attempt.SpanContext.TraceID())
		assert.False(t, attempt.Parent.IsValid(), "it is a root")
		require.Len(t, attempt.Links, 1)
		assert.Equal(t, request.SpanContext.SpanID(), attempt.Links[0].SpanContext.SpanID())
		assert.Equal(t, int64(i), attributes(attempt.Attributes)["clerkknock.delivery.tries"])
	}
	points := h.points(t)
	assert.Contains(t, points, "deliveries{by=request,event.type=user.created,outcome=stored} 1")
	assert.Contains(t, points, "deliveries{by=worker,event.type=user.created,outcome=retry,error.type=503} 2")
	assert.Contains(t, points, "deliveries{by=worker,event.type=user.created,outcome=succeeded} 1")
	assert.Contains(t, points, "retries{event.type=user.created} 2")
	assert.Contains(t, points, "delivery.latency{outcome=succeeded} 1", "only its end counts")
	assert.Contains(t, points, "knock.retries{action=users_identify} 2")
}

func TestAnAttemptInATraceOfTheHostsStaysThere(t *testing.T) {
	t.Parallel()
	tel := newTelemetry(t, otelclerkknock.Config{})
	box := &kept{}
	h := serve(t, tel, clerkknock.Config{Mapper: identifies(), Inbox: otelclerkknock.Inbox(box)})
	require.Equal(t, 202, h.post(t, "msg_1", clerktest.Event("user.created")))

	ctx, span := tel.tracers.Tracer("host").Start(t.Context(), "repair")
	_, err := h.src.Process(ctx, box.got[0])
	require.NoError(t, err)
	span.End()
	attempt := h.one(t, "process user.created")
	within(t, h.one(t, "repair"), attempt)
	require.Len(t, attempt.Links, 1)
	assert.Equal(t, h.one(t, server).SpanContext.SpanID(), attempt.Links[0].SpanContext.SpanID())
}
