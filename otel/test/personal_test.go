package otelclerkknock_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/clerk/clerktest"
	"github.com/clerkknock/clerkknock/knock"
	"github.com/clerkknock/clerkknock/knock/knocktest"
	otelclerkknock "github.com/clerkknock/clerkknock/otel"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
)

// everything enables all of the default table, and lets Knock fail now and then.
func everything(t *testing.T, tel *telemetry) *host {
	t.Helper()
	var ids []string
	for _, m := range clerkknock.DefaultMapper().Mappings() {
		ids = append(ids, m.ID)
	}
	mapper := clerkknock.DefaultMapper().
		Set("user.deleted:workflows_trigger", clerkknock.Params{"recipients": clerkknock.Literal([]string{"ops"})}).
		Enable(ids...)
	h := serve(t, tel, clerkknock.Config{Mapper: mapper})
	h.api.AddWorkflow("session-created")
	h.api.Fail(knocktest.Fault{Path: "/v1/tenants/*", Times: 1, Status: 422})
	h.api.Fail(knocktest.Fault{Path: "/v1/users/*", Times: 1, Status: 503})
	h.api.Fail(knocktest.Fault{Path: "/v1/objects/**", Times: 1, Status: 404})
	return h
}

var story = []string{
	"user.created", "organization.created", "organizationMembership.created", "session.created", "email.created",
	"user.updated", "organizationMembership.updated", "organizationMembership.deleted", "organization.deleted",
	"user.deleted", "waitlistEntry.created",
}

// personal is whatever names somebody: an id of Clerk's, or an address.
var personal = regexp.MustCompile(`(user|org|orgmem|sess|idn|wle|ema|ins)_[0-9A-Za-z]{10,}|@|Ada|\+1|/v1/`)

func TestNoSpanAndNoMetricNamesAnybody(t *testing.T) {
	t.Parallel()
	tel := newTelemetry(t, otelclerkknock.Config{})
	h := everything(t, tel)
	for i, event := range story {
		h.post(t, fmt.Sprint("msg_", i), clerktest.Event(event))
		h.post(t, fmt.Sprint("msg_", i), clerktest.Event(event))
	}
	h.post(t, "msg_"+clerktest.UserID, clerktest.Event("user.created"), forge)

	spans := 0
	for _, s := range h.exporter.GetSpans() {
		if s.InstrumentationScope.Name != "github.com/clerkknock/clerkknock/otel" {
			continue
		}
		spans++
		shown, err := json.Marshal(s)
		require.NoError(t, err)
		assert.NotRegexp(t, personal, string(shown))
	}
	assert.Greater(t, spans, 4*len(story))
	for _, point := range h.points(t) {
		assert.NotRegexp(t, personal, point)
		assert.NotContains(t, point, "msg_", "no metric has an ID")
	}
}

func TestTheDocumentedMetricsAreThoseThatThereAre(t *testing.T) {
	t.Parallel()
	executor, err := knock.New(knock.Config{APIKey: "sk_test"})
	require.NoError(t, err)
	tel := newTelemetry(t, otelclerkknock.Config{
		Backlog: func(context.Context) (otelclerkknock.Backlog, error) { return otelclerkknock.Backlog{}, nil },
		Limits:  executor.Limits,
	})
	h := everything(t, tel)
	for i, event := range story {
		h.post(t, fmt.Sprint("msg_", i), clerktest.Event(event))
	}
	h.post(t, "msg_x", clerktest.Event("user.created"), forge)
	_, err = h.src.Process(t.Context(), clerkknock.Delivery{ID: "msg_y", Body: clerktest.Event("user.created"), Tries: 1})
	require.NoError(t, err)

	var all metricdata.ResourceMetrics
	require.NoError(t, tel.reader.Collect(t.Context(), &all))
	var emitted []string
	for _, m := range all.ScopeMetrics[0].Metrics {
		emitted = append(emitted, m.Name)
		assert.NotEmpty(t, m.Description, m.Name)
		assert.NotEmpty(t, m.Unit, m.Name)
	}
	slices.Sort(emitted)
	text, err := os.ReadFile(filepath.Join("..", "doc.go"))
	require.NoError(t, err)
	var documented []string
	for _, line := range regexp.MustCompile(`(?m)^//\tclerkknock\.[a-z._]+ `).FindAllString(string(text), -1) {
		documented = append(documented, strings.TrimSpace(strings.TrimPrefix(line, "//")))
	}
	slices.Sort(documented)
	assert.Equal(t, documented, emitted)
}
