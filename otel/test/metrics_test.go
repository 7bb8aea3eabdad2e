package otelclerkknock_test

import (
	"context"
	"errors"
	"net/http"
	"path/filepath"
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
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
)

func forge(r *http.Request) { r.Header.Set("svix-signature", "v1,Zm9yZ2Vk") }

func TestDeliveriesStepsAndCallsAreCounted(t *testing.T) {
	t.Parallel()
	h := serve(t, newTelemetry(t, otelclerkknock.Config{}), clerkknock.Config{Mapper: identifies()})
	body := clerktest.Event("user.created")
	require.Equal(t, 200, h.post(t, "msg_1", body))
	require.Equal(t, 200, h.post(t, "msg_1", body))
	require.Equal(t, 200, h.post(t, "msg_2", clerktest.Event("waitlistEntry.created")))
	h.api.Fail(knocktest.Fault{Times: 1, Status: 422})
	require.Equal(t, 422, h.post(t, "msg_3", clerktest.Event("user.created", clerktest.Set("data.id", "user_3"))))
	require.Equal(t, 401, h.post(t, "msg_4", body, forge))

	assert.Equal(t, []string{
		"deliveries{by=request,event.type=user.created,outcome=duplicate} 1",
		"deliveries{by=request,event.type=user.created,outcome=failed,error.type=422} 1",
		"deliveries{by=request,event.type=user.created,outcome=succeeded} 1",
		"deliveries{by=request,event.type=waitlistEntry.created,outcome=ignored} 1",
		"delivery.latency{outcome=failed} 1",
		"delivery.latency{outcome=succeeded} 1",
		"knock.request.duration{action=users_identify,error.type=422,http.request.method=PUT," +
			"http.response.status_code=422} 1",
		"knock.request.duration{action=users_identify,http.request.method=PUT,http.response.status_code=200} 1",
		"knock.request.wait{action=users_identify} 2",
		"refusals{error.type=no_match,http.response.status_code=401} 1",
		"steps{action=users_identify,step.status=duplicate} 1",
		"steps{action=users_identify,step.status=failed,error.type=422} 1",
		"steps{action=users_identify,step.status=succeeded} 1",
	}, h.points(t))
}

func TestRefusalsAreToldApartByTheirReason(t *testing.T) {
	t.Parallel()
	ago := func(d time.Duration) func(*http.Request) {
		return func(r *http.Request) {
			body := clerktest.Event("user.created")
			r.Header = clerktest.Sign(clerktest.Secret, "msg_1", time.Now().Add(-d), body)
		}
	}
	for class, edit := range map[string]func(*http.Request){
		"no_match,http.response.status_code=401":        forge,
		"too_old,http.response.status_code=401":         ago(time.Hour),
		"too_new,http.response.status_code=401":         ago(-time.Hour),
		"bad_timestamp,http.response.status_code=401":   func(r *http.Request) { r.Header.Set("svix-timestamp", "noon") },
		"missing_headers,http.response.status_code=400": func(r *http.Request) { r.Header.Del("svix-id") },
		"method,http.response.status_code=405":          func(r *http.Request) { r.Method = http.MethodPut },
		"too_large,http.response.status_code=413":       func(r *http.Request) { r.ContentLength = 1 << 30 },
		"malformed,http.response.status_code=400": func(r *http.Request) {
			*r = *clerktest.NewRequest(r.URL.String(), clerktest.Secret, "msg_1", time.Now(), []byte("no JSON"))
			r.RequestURI = ""
		},
		"other_instance,http.response.status_code=403": func(*http.Request) {},
	} {
		name, _, _ := strings.Cut(class, ",")
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := serve(t, newTelemetry(t, otelclerkknock.Config{}), clerkknock.Config{InstanceIDs: []string{"ins_of_mine"}})
			body := clerktest.Event("user.created")
			r := clerktest.NewRequest(h.url, clerktest.Secret, "msg_1", time.Now(), body)
			r.RequestURI = ""
			edit(r)
			if r.ContentLength == 1<<30 { // the client sends no more than there is
				h.src.ServeHTTP(discard{}, r)
			} else {
				response, err := http.DefaultClient.Do(r)
				require.NoError(t, err)
				require.NoError(t, response.Body.Close())
			}
			assert.Equal(t, []string{"refusals{error.type=" + class + "} 1"}, h.points(t))
		})
	}
}

// discard is nobody who waits for an answer.
type discard struct{}

func (discard) Header() http.Header         { return http.Header{} }
func (discard) Write(p []byte) (int, error) { return len(p), nil }
func (discard) WriteHeader(int)             {}

func TestTheBacklogIsMeasuredWhenTheMetricsAreRead(t *testing.T) {
	t.Parallel()
	box := open(t, filepath.Join(t.TempDir(), "clerk.db"))
	tel := newTelemetry(t, otelclerkknock.Config{Backlog: func(ctx context.Context) (otelclerkknock.Backlog, error) {
		stats, err := box.Stats(ctx)
		return otelclerkknock.Backlog(stats), err
	}})
	h := serve(t, tel, clerkknock.Config{Mapper: identifies(), Inbox: otelclerkknock.Inbox(box)})
	assert.Contains(t, h.points(t), "inbox.oldest.age{} 0")
	require.Equal(t, 202, h.post(t, "msg_1", clerktest.Event("user.created")))
	time.Sleep(2 * time.Millisecond) // the database counts in milliseconds
	points := h.points(t)
	for _, want := range []string{
		"inbox.backlog{inbox.state=retrying} 0", "inbox.backlog{inbox.state=running} 0",
		"inbox.backlog{inbox.state=waiting} 1", "inbox.dead{} 0",
	} {
		assert.Contains(t, points, want)
	}
	assert.NotContains(t, points, "inbox.oldest.age{} 0")

	h.api.Fail(knocktest.Fault{Status: 422})
	require.NoError(t, box.Start(t.Context(), h.src.Process))
	dead := func() bool {
		stats, err := box.Stats(t.Context())
		return err == nil && stats.Dead == 1
	}
	require.Eventually(t, dead, soon, often)
	points = h.points(t)
	assert.Contains(t, points, "inbox.dead{} 1")
	assert.Contains(t, points, "inbox.backlog{inbox.state=waiting} 0")
}

func TestABacklogThatCannotBeCountedHidesNoOtherMetric(t *testing.T) {
	t.Parallel()
	tel := newTelemetry(t, otelclerkknock.Config{
		Backlog: func(context.Context) (otelclerkknock.Backlog, error) {
			return otelclerkknock.Backlog{}, errors.New("database is gone")
		},
	})
	h := serve(t, tel, clerkknock.Config{Mapper: identifies()})
	require.Equal(t, 200, h.post(t, "msg_1", clerktest.Event("user.created")))
	var all metricdata.ResourceMetrics
	err := tel.reader.Collect(t.Context(), &all)
	require.ErrorContains(t, err, "otelclerkknock: cannot count the backlog: database is gone")
	require.NotEmpty(t, all.ScopeMetrics[0].Metrics)
}

func TestTheLimitsOfKnockAreMeasured(t *testing.T) {
	t.Parallel()
	executor, err := knock.New(knock.Config{APIKey: "sk_test"})
	require.NoError(t, err)
	assert.Equal(t, []string{
		"knock.limit.used{knock.tier=2} 0", "knock.limit.used{knock.tier=3} 0", "knock.limit.used{knock.tier=5} 0",
		"knock.limit.waiting{knock.tier=2} 0", "knock.limit.waiting{knock.tier=3} 0", "knock.limit.waiting{knock.tier=5} 0",
	}, newTelemetry(t, otelclerkknock.Config{Limits: executor.Limits}).points(t))
}
