package server

import (
	"context"
	"encoding/json"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/clerkknock/clerkknock"
)

// readiness is what /readyz answers. It is for strangers' eyes, too.
type readiness struct {
	Ready    bool   `json:"ready"`
	Database string `json:"database"` // ok or down
	Workers  string `json:"workers"`  // running, behind or stopping
	// LastDelivery is when the last one was accepted by this process.
	LastDelivery time.Time `json:"last_delivery,omitzero"`
}

// behindAfter is the age of the oldest unfinished delivery from which on the workers are
// behind: that is to be looked at, and no reason to send Clerk elsewhere.
const behindAfter = time.Hour

// ready answers 503 if a delivery could not be stored, or is not to be sent here any more.
func (s *server) ready(w http.ResponseWriter, _ *http.Request) {
	answer := readiness{Ready: true, Database: "ok", Workers: "running", LastDelivery: s.last.at()}
	stats, err := s.metrics.stats()
	switch {
	case err != nil:
		answer.Ready, answer.Database = false, "down"
	case !stats.Oldest.IsZero() && time.Since(stats.Oldest) > behindAfter:
		answer.Workers = "behind"
	}
	select {
	case <-s.stopping:
		answer.Ready, answer.Workers = false, "stopping"
	default:
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	if !answer.Ready {
		w.WriteHeader(http.StatusServiceUnavailable)
	}
	_ = json.NewEncoder(w).Encode(answer)
}

// lastDelivery is an observer that knows when the last delivery was accepted.
type lastDelivery struct{ unixMilli atomic.Int64 }

// Observe implements clerkknock.Observer.
func (l *lastDelivery) Observe(_ context.Context, _ clerkknock.Delivery, r clerkknock.Report) error {
	if r.Answer >= 200 && r.Answer < 300 {
		l.unixMilli.Store(r.At.UnixMilli())
	}
	return nil
}

func (l *lastDelivery) at() time.Time {
	if ms := l.unixMilli.Load(); ms > 0 {
		return time.UnixMilli(ms).UTC()
	}
	return time.Time{}
}
