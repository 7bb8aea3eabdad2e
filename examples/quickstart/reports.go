package main

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/clerkknock/clerkknock"
)

// reports lets the one who has posted an event wait for what became of it.
type reports struct {
	mu      sync.Mutex
	waiting map[string]chan clerkknock.Report
}

func newReports() *reports { return &reports{waiting: map[string]chan clerkknock.Report{}} }

// Observe implements clerkknock.Observer.
func (r *reports) Observe(_ context.Context, _ clerkknock.Delivery, report clerkknock.Report) error {
	if report.Outcome == clerkknock.OutcomeStored || report.Outcome == clerkknock.OutcomeRetry {
		return nil // not the last word
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if c, ok := r.waiting[report.ID]; ok {
		c <- report
		delete(r.waiting, report.ID)
	}
	return nil
}

// expect announces that somebody will wait for a delivery.
func (r *reports) expect(id string) <-chan clerkknock.Report {
	r.mu.Lock()
	defer r.mu.Unlock()
	c := make(chan clerkknock.Report, 1)
	r.waiting[id] = c
	return c
}

// await waits for the report of a delivery that was expected.
func await(ctx context.Context, c <-chan clerkknock.Report) (clerkknock.Report, error) {
	timeout := time.NewTimer(30 * time.Second)
	defer timeout.Stop()
	select {
	case report := <-c:
		return report, nil
	case <-ctx.Done():
		return clerkknock.Report{}, ctx.Err()
	case <-timeout.C:
		return clerkknock.Report{}, errors.New("not done after 30 seconds")
	}
}
