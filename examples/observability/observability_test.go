package main

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/clerkknock/clerkknock/clerk/clerktest"
	"github.com/clerkknock/clerkknock/knock/knocktest"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

// What the dashboard and the alerts ask for is there, and what is there is on the
// dashboard.
func TestTheDashboardAndTheAlertsAskForWhatTheHostExports(t *testing.T) {
	t.Parallel()
	exported := scrape(t)
	exists := func(where, expr string) {
		for _, name := range names.FindAllString(literals.ReplaceAllString(expr, ""), -1) {
			assert.Contains(t, exported.all, name, "%s: %s", where, expr)
		}
	}
	onDashboard := map[string]bool{}
	for title, exprs := range dashboard(t) {
		for _, expr := range exprs {
			exists(title, expr)
			for _, name := range names.FindAllString(expr, -1) {
				onDashboard[exported.family(name)] = true
			}
		}
	}
	for family := range exported.families {
		assert.True(t, onDashboard[family], "no panel shows %s", family)
	}
	for alert, expr := range alerts(t) {
		exists(alert, expr)
	}
}

var (
	// names are those of metrics and their labels.
	names = regexp.MustCompile(`\b(clerkknock|error|http)_[a-z_]+`)
	// literals are what labels are compared with.
	literals = regexp.MustCompile(`"[^"]*"`)
)

// metrics are what a host exports of clerkknock.
type metrics struct {
	// families are the metrics, all the names of samples and labels.
	families, all map[string]bool
}

// family is the metric that a sample belongs to.
func (m metrics) family(sample string) string {
	for _, suffix := range []string{"", "_bucket", "_count", "_sum"} {
		if name, ok := strings.CutSuffix(sample, suffix); ok && m.families[name] {
			return name
		}
	}
	return ""
}

var (
	familyLine = regexp.MustCompile(`(?m)^# TYPE (clerkknock_\w+) `)
	sampleLine = regexp.MustCompile(`(?m)^(clerkknock_\w+)\{(.*)\} `)
	label      = regexp.MustCompile(`(\w+)="`)
)

// scrape runs a host, has everything happen to it that a metric counts, and reads its
// metrics as Prometheus does.
func scrape(t *testing.T) metrics {
	t.Helper()
	api := knocktest.New(knocktest.Config{})
	knock := httptest.NewServer(api)
	t.Cleanup(knock.Close)
	// The three tries of the first attempt, and the first one of the second.
	api.Fail(knocktest.Fault{Times: 4, Status: http.StatusServiceUnavailable})
	url := host(t, knock.URL)
	post(t, url, "msg_1", "user.created", clerktest.Secret)
	post(t, url, "msg_2", "user.created", "whsec_"+"c29tZWJvZHkgZWxzZSdzIHNlY3JldCwgMzIgYnl0ZXM=")

	var text string
	require.Eventually(t, func() bool {
		response, err := http.Get(url + "/metrics")
		require.NoError(t, err)
		defer response.Body.Close()
		body, err := io.ReadAll(response.Body)
		require.NoError(t, err)
		text = string(body)
		return strings.Contains(text, `clerkknock_outcome="succeeded"`)
	}, 30*time.Second, 50*time.Millisecond)

	m := metrics{families: map[string]bool{}, all: map[string]bool{}}
	for _, line := range familyLine.FindAllStringSubmatch(text, -1) {
		m.families[line[1]] = true
	}
	for _, line := range sampleLine.FindAllStringSubmatch(text, -1) {
		m.all[line[1]] = true
		for _, l := range label.FindAllStringSubmatch(line[2], -1) {
			m.all[l[1]] = true
		}
	}
	t.Log(strings.Join(slices.Sorted(maps.Keys(m.families)), "\n"))
	require.Len(t, m.families, 13)
	return m
}

// host starts the program and returns where it listens.
func host(t *testing.T, knock string) string {
	t.Helper()
	env := map[string]string{
		"ADDR": "127.0.0.1:0", "CLERK_WEBHOOK_SIGNING_SECRET": clerktest.Secret,
		"DATABASE": filepath.Join(t.TempDir(), "clerk.db"), "KNOCK_API_KEY": "sk_test", "KNOCK_BASE_URL": knock,
	}
	ctx, stop := context.WithCancel(t.Context())
	addrs, ended := make(chan net.Addr, 1), make(chan error, 1)
	go func() {
		ended <- run(ctx, func(name string) string { return env[name] }, slog.New(slog.DiscardHandler),
			func(a net.Addr) { addrs <- a })
	}()
	t.Cleanup(func() {
		stop()
		assert.NoError(t, <-ended)
	})
	return "http://" + (<-addrs).String()
}

func post(t *testing.T, url, id, event, secret string) {
	t.Helper()
	request := clerktest.NewRequest(url+"/webhooks/clerk", secret, id, time.Now(), clerktest.Event(event))
	request.RequestURI = ""
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
}

// dashboard returns the expressions of each panel.
func dashboard(t *testing.T) map[string][]string {
	t.Helper()
	data, err := os.ReadFile("dashboard.json")
	require.NoError(t, err)
	var board struct {
		Panels []struct {
			Title   string
			Targets []struct{ Expr string }
		}
	}
	require.NoError(t, json.Unmarshal(data, &board))
	panels := map[string][]string{}
	for _, p := range board.Panels {
		require.NotEmpty(t, p.Targets, p.Title)
		for _, target := range p.Targets {
			panels[p.Title] = append(panels[p.Title], target.Expr)
		}
	}
	require.Len(t, panels, len(board.Panels), "two panels have one title")
	return panels
}

// alerts returns the expression of each alert.
func alerts(t *testing.T) map[string]string {
	t.Helper()
	data, err := os.ReadFile("alerts.yml")
	require.NoError(t, err)
	var rules struct {
		Groups []struct {
			Rules []struct{ Alert, Expr string }
		}
	}
	require.NoError(t, yaml.Unmarshal(data, &rules))
	all := map[string]string{}
	for _, rule := range rules.Groups[0].Rules {
		require.NotEmpty(t, rule.Expr, rule.Alert)
		all[rule.Alert] = rule.Expr
	}
	for _, wanted := range []string{
		"ClerkEventsGoneQuiet", "ClerkBacklogOld", "ClerkDeliveriesDead", "ClerkRequestsRefused",
	} {
		require.Contains(t, all, wanted)
	}
	return all
}
