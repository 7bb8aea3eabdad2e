// Package ledgertest checks that a ledger.Ledger keeps its promises.
//
//	func TestMyLedger(t *testing.T) {
//		ledgertest.Run(t, func(t *testing.T, now func() time.Time) ledger.Ledger {
//			return openMyLedger(t, now)
//		})
//	}
package ledgertest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/clerkknock/clerkknock/ledger"
)

// Run runs the suite. open returns an empty ledger each time, which reads the
// time from now and keeps records for the default of 7 days.
func Run(t *testing.T, open func(t *testing.T, now func() time.Time) ledger.Ledger) {
	for name, check := range map[string]func(*suite){
		"a new delivery has nothing done":             (*suite).nothingDone,
		"recorded steps are in later claims":          (*suite).remembersSteps,
		"deliveries are told apart":                   (*suite).tellsDeliveriesApart,
		"what was not recorded is not remembered":     (*suite).forgetsTheUnrecorded,
		"a claimed delivery is in flight":             (*suite).reportsInFlight,
		"a delivery without an ID is not reserved":    (*suite).ignoresEmptyIDs,
		"an entity is handed from claim to claim":     (*suite).serializesEntities,
		"waiting for an entity ends with the context": (*suite).givesUpWaiting,
		"waiting for an entity ends with patience":    (*suite).losesPatience,
		"an abandoned wait leaves no trace":           (*suite).leavesNoTrace,
		"entities do not wait for each other":         (*suite).separatesEntities,
		"the newest version stays":                    (*suite).keepsTheNewest,
		"a tombstone wins a tie":                      (*suite).keepsTombstones,
		"the event decides between equal times":       (*suite).breaksTies,
		"a version may come without a step":           (*suite).recordsVersionsAlone,
		"a second release does nothing":               (*suite).releasesOnce,
		"records outlast the sender's retries":        (*suite).retains,
		"one of many concurrent claims wins":          (*suite).electsOne,
		"any text is an ID":                           (*suite).takesAnyText,
		"aliases are remembered, if there are any":    (*suite).remembersAliases,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := &suite{T: t, now: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}
			s.ledger = open(t, s.clock)
			check(s)
		})
	}
}

func (s *suite) nothingDone() {
	c := s.claim("msg_1", "user/1")
	s.equal("delivery", c.DeliveryID, "msg_1")
	s.equal("entity", c.Entity, "user/1")
	s.equal("done", len(c.Done), 0)
	s.equal("no version", c.Newest.IsZero(), true)
	s.release(c)
}

func (s *suite) remembersSteps() {
	c := s.claim("msg_1", "user/1")
	s.record(c, "a", ledger.Version{})
	s.record(c, "b#1", ledger.Version{})
	s.record(c, "a", ledger.Version{})
	s.release(c)
	c = s.claim("msg_1", "user/1")
	if len(c.Done) != 2 {
		s.Fatalf("done: got %v, want a and b#1 once each", c.Done)
	}
	s.record(c, "c", ledger.Version{})
	s.release(c)
	s.equal("after a third step", len(s.done("msg_1")), 3)
}

func (s *suite) tellsDeliveriesApart() {
	c := s.claim("msg_1", "user/1")
	s.record(c, "a", ledger.Version{})
	s.release(c)
	s.equal("another delivery", len(s.done("msg_2")), 0)
	s.equal("one that differs in case", len(s.done("MSG_1")), 0)
}

func (s *suite) forgetsTheUnrecorded() {
	s.release(s.claim("msg_1", "user/1"))
	s.equal("done", len(s.done("msg_1")), 0)
	s.equal("no version", s.newest("user/1").IsZero(), true)
}

func (s *suite) reportsInFlight() {
	c := s.claim("msg_1", "user/1")
	for _, entity := range []string{"user/1", "user/2", ""} {
		if _, err := s.ledger.Claim(s.Context(), "msg_1", entity); !errors.Is(err, ledger.ErrInFlight) {
			s.Fatalf("a second claim: got %v, want ErrInFlight", err)
		}
	}
	s.release(c)
	s.release(s.claim("msg_1", "user/1"))
}

func (s *suite) ignoresEmptyIDs() {
	a, b := s.claim("", ""), s.claim("", "")
	s.record(a, "a", version(1, false))
	s.release(a)
	s.equal("done", len(b.Done), 0)
	s.release(b)
	s.equal("done", len(s.done("")), 0)
}

func (s *suite) serializesEntities() {
	first := s.claim("msg_1", "user/1")
	second := make(chan ledger.Claim)
	go func() {
		ctx, cancel := context.WithTimeout(s.Context(), 10*time.Second)
		defer cancel()
		c, _ := s.ledger.Claim(ctx, "msg_2", "user/1")
		second <- c
	}()
	select {
	case <-second:
		s.Fatal("the entity was claimed twice at once")
	case <-time.After(50 * time.Millisecond):
	}
	s.record(first, "a", version(1, false))
	s.release(first)
	c := <-second
	s.equal("second claim", c.DeliveryID, "msg_2")
	s.sameVersion("what the first recorded", c.Newest, version(1, false))
	s.release(c)
}

func (s *suite) givesUpWaiting() {
	c := s.claim("msg_1", "user/1")
	defer s.release(c)
	ctx, cancel := context.WithTimeout(s.Context(), 20*time.Millisecond)
	defer cancel()
	_, err := s.ledger.Claim(ctx, "msg_2", "user/1")
	if err == nil || errors.Is(err, ledger.ErrInFlight) {
		s.Fatalf("got %v, want the context's error", err)
	}
}

func (s *suite) losesPatience() {
	c := s.claim("msg_1", "user/1")
	ctx, cancel := context.WithTimeout(s.Context(), 10*time.Second)
	defer cancel()
	_, err := s.ledger.Claim(ledger.WithPatience(ctx, 20*time.Millisecond), "msg_2", "user/1")
	if !errors.Is(err, ledger.ErrBusy) {
		s.Fatalf("got %v, want ErrBusy", err)
	}
	s.release(c)
	free, err := s.ledger.Claim(ledger.WithPatience(ctx, 5*time.Second), "msg_2", "user/1")
	if err != nil {
		s.Fatalf("a free entity: %v", err)
	}
	s.release(free)
}

func (s *suite) leavesNoTrace() {
	c := s.claim("msg_1", "user/1")
	ctx, cancel := context.WithTimeout(s.Context(), 20*time.Millisecond)
	defer cancel()
	_, _ = s.ledger.Claim(ctx, "msg_2", "user/1")
	s.release(c)
	s.release(s.claim("msg_2", "user/1"))
}

func (s *suite) separatesEntities() {
	a, b := s.claim("msg_1", "user/1"), s.claim("msg_2", "user/2")
	s.record(a, "a", version(1, false))
	s.release(a)
	s.release(b)
	s.equal("no version", s.newest("user/2").IsZero(), true)
}

func (s *suite) releasesOnce() {
	old := s.claim("msg_1", "user/1")
	s.release(old)
	current := s.claim("msg_1", "user/1")
	s.release(old)
	if _, err := s.ledger.Claim(s.Context(), "msg_1", ""); !errors.Is(err, ledger.ErrInFlight) {
		s.Fatalf("an old claim's release freed the delivery: %v", err)
	}
	ctx, cancel := context.WithTimeout(s.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := s.ledger.Claim(ctx, "msg_2", "user/1"); err == nil {
		s.Fatal("an old claim's release freed the entity")
	}
	s.release(current)
}

func (s *suite) retains() {
	c := s.claim("msg_1", "user/1")
	s.record(c, "a", version(1, true))
	s.release(c)
	s.advance(7*24*time.Hour - time.Minute)
	s.equal("done", s.done("msg_1"), []string{"a"})
	s.sameVersion("newest", s.newest("user/1"), version(1, true))
}

func (s *suite) electsOne() {
	const many = 20
	var won sync.Map
	var all sync.WaitGroup
	start := make(chan struct{})
	for i := range many {
		all.Go(func() {
			<-start
			ctx, cancel := context.WithTimeout(s.Context(), 20*time.Second)
			defer cancel()
			c, err := s.ledger.Claim(ctx, "msg_1", "user/1")
			switch {
			case err == nil:
				won.Store(i, c)
			case !errors.Is(err, ledger.ErrInFlight):
				s.Errorf("Claim: %v", err)
			}
		})
	}
	close(start)
	all.Wait()
	winners := 0
	won.Range(func(_, c any) bool {
		winners++
		s.release(c.(ledger.Claim))
		return true
	})
	s.equal("winners", winners, 1)
}

func (s *suite) takesAnyText() {
	for _, text := range []string{"a'b", `a"b\`, "a%b_", "emoji 😀", "line\nbreak", "; DROP TABLE x; --"} {
		c := s.claim(text, "user/"+text)
		s.record(c, text, version(1, false))
		s.release(c)
		s.equal("done", s.done(text), []string{text})
	}
}

func (s *suite) remembersAliases() {
	aliases, ok := s.ledger.(ledger.Aliases)
	if !ok {
		return
	}
	alias := func(entity string) string {
		name, known, err := aliases.Alias(s.Context(), entity)
		if err != nil {
			s.Fatalf("Alias: %v", err)
		}
		return fmt.Sprint(name, known)
	}
	s.equal("an unknown entity", alias("user/1"), "false")
	const last = "its \x00 any text"
	for _, name := range []string{"customer-1", "", last} {
		if err := aliases.SetAlias(s.Context(), "user/1", name); err != nil {
			s.Fatalf("SetAlias: %v", err)
		}
		s.equal("the last alias", alias("user/1"), name+"true")
	}
	s.equal("another entity", alias("user/2"), "false")
	s.advance(30 * 24 * time.Hour)
	s.release(s.claim("msg_1", "user/1"))
	s.equal("a month later", alias("user/1"), last+"true")
}
