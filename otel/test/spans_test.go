package otelclerkknock_test

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/clerk"
	"github.com/clerkknock/clerkknock/clerk/clerktest"
	"github.com/clerkknock/clerkknock/knock/knocktest"
	otelclerkknock "github.com/clerkknock/clerkknock/otel"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
)

func TestARequestIsOneTraceDownToTheCallsOfKnock(t *testing.T) {
	t.Parallel()
	h := serve(t, newTelemetry(t, otelclerkknock.Config{}), clerkknock.Config{Mapper: identifies().With(
		clerkknock.Handle(clerk.UserCreated, func(context.Context, clerk.Event[clerk.User]) error { return nil }),
	)})
	h.api.Fail(knocktest.Fault{Path: "/v1/users/*", Times: 1, Status: 503})
	require.Equal(t, 200, h.post(t, "msg_1", clerktest.Event("user.created")))

	request, delivery := h.one(t, server), h.one(t, "process user.created")
	step, call, handle := h.one(t, "users_identify"), h.one(t, "PUT users_identify"), h.one(t, "handle")
	assert.Len(t, h.exporter.GetSpans(), 5)
	within(t, request, delivery)
	within(t, delivery, step)
	within(t, step, call)
	within(t, delivery, handle)
	assert.Equal(t, trace.SpanKindInternal, delivery.SpanKind)
	assert.Equal(t, trace.SpanKindClient, call.SpanKind)
	// A pause, and then what the second attempt took.
	assert.Greater(t, call.EndTime.Sub(call.StartTime), 100*time.Millisecond)

	assert.Equal(t, map[string]any{
		"clerkknock.delivery.id": "msg_1", "clerkknock.event.type": "user.created",
		"clerkknock.outcome": "succeeded", "http.response.status_code": int64(200),
	}, attributes(delivery.Attributes))
	assert.Equal(t, map[string]any{
		"clerkknock.step.id": "identify", "clerkknock.action": "users_identify", "clerkknock.step.status": "succeeded",
	}, attributes(step.Attributes))
	assert.Equal(t, map[string]any{
		"clerkknock.step.id": "user.created:handle", "clerkknock.action": "handle", "clerkknock.step.status": "succeeded",
	}, attributes(handle.Attributes))
	called := attributes(call.Attributes)
	assert.NotEmpty(t, called["clerkknock.knock.request_id"])
	delete(called, "clerkknock.knock.request_id")
	assert.Equal(t, map[string]any{
		"clerkknock.action": "users_identify", "http.request.method": "PUT",
		"http.response.status_code": int64(200), "http.request.resend_count": int64(1),
	}, called)
}

func TestARequestsSpanBeginsWhenItCameAndAWorkersWhenItBegan(t *testing.T) {
	t.Parallel()
	came := time.Now().Add(-time.Hour)
	began := came.Add(time.Second)
	for name, test := range map[string]struct {
		answer int
		begins time.Time
	}{"request": {200, came}, "worker": {0, began}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tel := newTelemetry(t, otelclerkknock.Config{})
			require.NoError(t, tel.observer.Observe(t.Context(), clerkknock.Delivery{ReceivedAt: came}, clerkknock.Report{
				Type: "user.created", Outcome: clerkknock.OutcomeSucceeded, At: began, Took: time.Second, Answer: test.answer,
			}))
			span := tel.one(t, "process user.created")
			assert.True(t, test.begins.Equal(span.StartTime))
			assert.True(t, began.Add(time.Second).Equal(span.EndTime))
		})
	}
}

func TestASpanOfWhatFailedSaysWhatKindOfFailureItIs(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		fault  int
		fail   error
		answer int
		want   string
	}{
		"Knock's answer": {fault: 422, answer: 422, want: "422"},
		"time":           {fail: context.DeadlineExceeded, answer: 503, want: "timeout"},
		"anything else":  {fail: errors.New("jane@example.com is unknown"), answer: 503, want: "_OTHER"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config := clerkknock.Config{Mapper: identifies()}
			if test.fail != nil {
				config.Executor = executorFunc(func(clerkknock.Invocation) error { return test.fail })
			}
			h := serve(t, newTelemetry(t, otelclerkknock.Config{}), config)
			if test.fault != 0 {
				h.api.Fail(knocktest.Fault{Status: test.fault})
			}
			require.Equal(t, test.answer, h.post(t, "msg_1", clerktest.Event("user.created")))
			failed := h.named("users_identify")
			failed = append(failed, h.named("process user.created")...)
			failed = append(failed, h.named("PUT users_identify")...)
			require.GreaterOrEqual(t, len(failed), 2)
			for _, span := range failed {
				assert.Equal(t, codes.Error, span.Status.Code, span.Name)
				assert.Empty(t, span.Status.Description, "it may be personal")
				assert.Equal(t, test.want, attributes(span.Attributes)["error.type"], span.Name)
			}
		})
	}
}

func TestAStepThatWasNotExecutedIsAnEventWithTheReason(t *testing.T) {
	t.Parallel()
	h := serve(t, newTelemetry(t, otelclerkknock.Config{}), clerkknock.Config{Mapper: clerkknock.NewMapper(
		clerkknock.Mapping{
			ID: "identify", Event: "user.created", Action: clerkknock.UsersIdentify,
			Params: clerkknock.Params{"id": clerkknock.Path("data.nowhere")},
		},
	)})
	require.Equal(t, 200, h.post(t, "msg_1", clerktest.Event("user.created")))
	delivery := h.one(t, "process user.created")
	require.Len(t, delivery.Events, 1)
	told := attributes(delivery.Events[0].Attributes)
	assert.Equal(t, "skipped", told["clerkknock.step.status"])
	assert.Equal(t, `parameter "id" resolves to nothing`, told["clerkknock.step.reason"])
	assert.Equal(t, "skipped", attributes(delivery.Attributes)["clerkknock.outcome"])
	assert.Equal(t, codes.Unset, delivery.Status.Code)
}

func TestARefusedRequestHasASpanWithoutAnythingThatAStrangerSaid(t *testing.T) {
	t.Parallel()
	h := serve(t, newTelemetry(t, otelclerkknock.Config{}), clerkknock.Config{})
	require.Equal(t, 401, h.post(t, "msg_1", clerktest.Event("user.created"), forge))
	refused := h.one(t, "refuse")
	within(t, h.one(t, server), refused)
	assert.Equal(t, map[string]any{
		"clerkknock.outcome": "refused", "error.type": "no_match", "http.response.status_code": int64(401),
	}, attributes(refused.Attributes))
}

func TestWhatAHostsExecutorNotesIsOnTheStepsSpan(t *testing.T) {
	t.Parallel()
	began := time.Now()
	h := serve(t, newTelemetry(t, otelclerkknock.Config{}), clerkknock.Config{
		Mapper: identifies(),
		Executor: executorFunc(func(inv clerkknock.Invocation) error {
			inv.Note(slog.Group("crm", slog.Int("rows", 2), slog.String("path", "/users/"+clerktest.UserID)),
				slog.Bool("new", true), slog.Duration("lag", 1500*time.Millisecond), slog.Float64("share", .5))
			inv.Note(slog.Group("request", slog.String("method", "POST"), slog.Time("at", began)))
			return nil
		}),
	})
	require.Equal(t, 200, h.post(t, "msg_1", clerktest.Event("user.created")))
	assert.Equal(t, map[string]any{
		"clerkknock.step.id": "identify", "clerkknock.action": "users_identify", "clerkknock.step.status": "succeeded",
		"clerkknock.noted.crm.rows": int64(2), "clerkknock.noted.new": true,
		"clerkknock.noted.lag": 1.5, "clerkknock.noted.share": .5,
	}, attributes(h.one(t, "users_identify").Attributes))
	assert.True(t, began.Equal(h.one(t, "POST users_identify").StartTime), "its call has a span of its own")
}
