package server

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

var (
	inboxUp = prometheus.NewDesc("clerkknock_inbox_up",
		"1 if the inbox's database answers, else 0.", nil, nil)
	inboxDeliveries = prometheus.NewDesc("clerkknock_inbox_deliveries",
		"Deliveries that are not done, by state, over all processes.", []string{"state"}, nil)
	inboxOldest = prometheus.NewDesc("clerkknock_inbox_oldest_seconds",
		"Age of the oldest delivery that is neither done nor dead, 0 if there is none.", nil, nil)
)

// inboxCollector counts the inbox when Prometheus asks.
type inboxCollector struct{ *metrics }

// Describe implements prometheus.Collector.
func (c inboxCollector) Describe(descs chan<- *prometheus.Desc) {
	descs <- inboxUp
	descs <- inboxDeliveries
	descs <- inboxOldest
}

// Collect implements prometheus.Collector. A database that does not answer has no counts:
// a zero would look like all is done.
func (c inboxCollector) Collect(found chan<- prometheus.Metric) {
	gauge := func(desc *prometheus.Desc, v float64, labels ...string) {
		found <- prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, v, labels...)
	}
	stats, err := c.stats()
	if err != nil {
		gauge(inboxUp, 0)
		return
	}
	gauge(inboxUp, 1)
	gauge(inboxDeliveries, float64(stats.Waiting), "waiting")
	gauge(inboxDeliveries, float64(stats.Running), "running")
	gauge(inboxDeliveries, float64(stats.Retrying), "retrying")
	gauge(inboxDeliveries, float64(stats.Dead), "dead")
	age := 0.0
	if !stats.Oldest.IsZero() {
		age = max(0, time.Since(stats.Oldest).Seconds())
	}
	gauge(inboxOldest, age)
}
