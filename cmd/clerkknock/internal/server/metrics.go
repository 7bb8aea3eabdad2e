package server

import (
	"context"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/inbox"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// metrics are what Prometheus reads. IDs and event types are no labels: strangers could
// make as many as they like.
type metrics struct {
	registry *prometheus.Registry
	box      *inbox.Inbox

	answers  *prometheus.CounterVec
	outcomes *prometheus.CounterVec
	steps    *prometheus.CounterVec
	reloads  *prometheus.CounterVec
	took     prometheus.Histogram
	last     prometheus.Gauge

	mu      sync.Mutex
	counted time.Time
	count   inbox.Stats
	err     error
}

func newMetrics(box *inbox.Inbox) *metrics {
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, labels)
	}
	m := &metrics{
		registry: prometheus.NewRegistry(), box: box,
		answers:  counter("clerkknock_answers_total", "Requests, by the HTTP status of the answer.", "status"),
		outcomes: counter("clerkknock_deliveries_total", "Attempts at deliveries, by what became of them.", "outcome"),
		steps:    counter("clerkknock_steps_total", "Steps of attempts, by action and status.", "action", "status"),
		reloads:  counter("clerkknock_reloads_total", "Reloads while running, by what and result.", "what", "result"),
		took: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "clerkknock_attempt_seconds", Help: "How long attempts at deliveries took.",
			Buckets: []float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 20},
		}),
		last: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "clerkknock_last_delivery_timestamp_seconds",
			Help: "When this process last accepted a delivery, 0 if it has not.",
		}),
	}
	m.registry.MustRegister(m.answers, m.outcomes, m.steps, m.reloads, m.took, m.last, inboxCollector{m},
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

func (m *metrics) handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{}))
	return mux
}

// Observe implements clerkknock.Observer.
func (m *metrics) Observe(_ context.Context, _ clerkknock.Delivery, r clerkknock.Report) error {
	if r.Answer > 0 {
		m.answers.WithLabelValues(strconv.Itoa(r.Answer)).Inc()
		if r.Answer < 300 {
			m.last.Set(float64(r.At.UnixMilli()) / 1000)
		}
	}
	if r.Outcome == clerkknock.OutcomeStored || r.Outcome == clerkknock.OutcomeRefused {
		return nil // no attempt at it
	}
	m.outcomes.WithLabelValues(string(r.Outcome)).Inc()
	m.took.Observe(r.Took.Seconds())
	for _, step := range r.Steps {
		m.steps.WithLabelValues(string(step.Action), string(step.Status)).Inc()
	}
	return nil
}

const (
	// statsTimeout is how long a probe waits for the database.
	statsTimeout = 3 * time.Second
	// recount is how long a count of the inbox is trusted: it looks at every delivery
	// that is not done, and anybody may ask.
	recount = 2 * time.Second
)

// stats counts the inbox, at most every so often.
func (m *metrics) stats() (inbox.Stats, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if time.Since(m.counted) > recount {
		// Who asks may hang up: the answer is for the next one, too.
		ctx, cancel := context.WithTimeout(context.Background(), statsTimeout)
		defer cancel()
		m.count, m.err = m.box.Stats(ctx)
		m.counted = time.Now()
	}
	return m.count, m.err
}
