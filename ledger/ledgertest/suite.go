package ledgertest

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/clerkknock/clerkknock/ledger"
)

type suite struct {
	*testing.T
	ledger ledger.Ledger
	mu     sync.Mutex
	now    time.Time
}

func (s *suite) clock() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now
}

func (s *suite) advance(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now = s.now.Add(d)
}

func (s *suite) claim(id, entity string) ledger.Claim {
	s.Helper()
	ctx, cancel := context.WithTimeout(s.Context(), 10*time.Second)
	defer cancel()
	c, err := s.ledger.Claim(ctx, id, entity)
	if err != nil {
		s.Fatalf("Claim(%q, %q): %v", id, entity, err)
	}
	return c
}

func (s *suite) record(c ledger.Claim, step string, v ledger.Version) {
	s.Helper()
	if err := s.ledger.Record(s.Context(), c, step, v); err != nil {
		s.Fatalf("Record(%q): %v", step, err)
	}
}

func (s *suite) release(c ledger.Claim) {
	s.Helper()
	if err := s.ledger.Release(s.Context(), c); err != nil {
		s.Fatalf("Release: %v", err)
	}
}

// done claims and releases a delivery, to see what is recorded.
func (s *suite) done(id string) []string {
	s.Helper()
	c := s.claim(id, "")
	s.release(c)
	return c.Done
}

func (s *suite) newest(entity string) ledger.Version {
	s.Helper()
	c := s.claim("", entity)
	s.release(c)
	return c.Newest
}

func (s *suite) equal(what string, got, want any) {
	s.Helper()
	if fmt.Sprint(got) != fmt.Sprint(want) {
		s.Fatalf("%s: got %v, want %v", what, got, want)
	}
}

func (s *suite) sameVersion(what string, got, want ledger.Version) {
	s.Helper()
	if !got.Time.Equal(want.Time) || !got.Event.Equal(want.Event) || got.Deleted != want.Deleted {
		s.Fatalf("%s: got %v, want %v", what, got, want)
	}
}

func version(seconds int, deleted bool) ledger.Version {
	at := time.UnixMilli(1_700_000_000_123).Add(time.Duration(seconds) * time.Second)
	return ledger.Version{Time: at.UTC(), Deleted: deleted}
}
