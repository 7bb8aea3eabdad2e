package command

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"strings"
	"sync"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/cmd/clerkknock/internal/control"
)

// steps prints a line for each step of each delivery.
type steps struct {
	mu  sync.Mutex
	out io.Writer
}

// Observe implements clerkknock.Observer.
func (s *steps) Observe(_ context.Context, _ clerkknock.Delivery, r clerkknock.Report) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case r.Outcome == clerkknock.OutcomeStored:
		return nil // its lines come when it is done
	case r.Outcome == clerkknock.OutcomeRefused:
		return s.line("(refused)", "", "refused", r.Err.Error())
	case len(r.Steps) == 0 && r.Err != nil:
		return s.line(r.Type, "", string(r.Outcome), r.Err.Error())
	case len(r.Steps) == 0:
		return s.line(r.Type, "", string(r.Outcome), "nothing is mapped to it")
	}
	for _, step := range r.Steps {
		why := append([]string{cmp.Or(step.Reason, strings.Join(control.Calls(step), ", "))}, step.LeftOut...)
		if step.Err != nil {
			why = []string{step.Err.Error()}
		}
		if err := s.line(r.Type, string(step.Action), string(step.Status), strings.Join(why, "; left out: ")); err != nil {
			return err
		}
	}
	return nil
}

func (s *steps) line(event, action, status, why string) error {
	c := yellow
	switch status {
	case "succeeded", "duplicate":
		c = green
	case "failed", "refused", "retry":
		c = red
	}
	_, err := fmt.Fprintf(s.out, "%-30s  %-19s  %s  %s\n",
		oneLine(event), action, paint(s.out, c, fmt.Sprintf("%-9s", status)), oneLine(why))
	return err
}
