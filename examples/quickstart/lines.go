package main

import (
	"context"
	"fmt"
	"io"
	"sync"

	"github.com/clerkknock/clerkknock"
)

// line is the format of what is printed for a step.
const line = "%-30s  %-19s  %-9s  %s\n"

// lines prints what becomes of each delivery.
type lines struct {
	mu    sync.Mutex
	out   io.Writer
	knock *emulator
}

// Observe implements clerkknock.Observer.
func (l *lines) Observe(_ context.Context, _ clerkknock.Delivery, r clerkknock.Report) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch r.Outcome {
	case clerkknock.OutcomeStored, clerkknock.OutcomeRefused:
		return nil // a line comes when it is done; what is refused is in the log
	case clerkknock.OutcomeIgnored:
		_, err := fmt.Fprintf(l.out, line, r.Type, "none", r.Outcome, "nothing is mapped to it")
		return err
	}
	for _, step := range r.Steps {
		if _, err := fmt.Fprintf(l.out, line, r.Type, step.Action, step.Status, l.result(step)); err != nil {
			return err
		}
	}
	return nil
}

func (l *lines) result(step clerkknock.StepReport) string {
	path := calledPath(step)
	switch {
	case step.Err != nil:
		return step.Err.Error()
	case step.Status == clerkknock.StepSucceeded && path != "":
		return l.knock.holds(path)
	}
	return step.Reason
}

// calledPath is the path of the call to Knock that a step has led to.
func calledPath(step clerkknock.StepReport) string {
	for _, noted := range step.Attrs {
		if noted.Key != "request" {
			continue
		}
		for _, attr := range noted.Value.Group() {
			if attr.Key == "path" {
				return attr.Value.String()
			}
		}
	}
	return ""
}
