// Package checkpointtest checks an implementation of backfill.Checkpoint:
//
//	func TestMyCheckpoint(t *testing.T) {
//		checkpointtest.Run(t, func(t *testing.T) func() backfill.Checkpoint {
//			db := newDatabase(t)
//			return func() backfill.Checkpoint { return mine.New(db) }
//		})
//	}
package checkpointtest

import (
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/clerkknock/clerkknock/backfill"
)

// Run runs the suite. fresh makes an empty place to store in, and returns what opens it:
// each call stands for another process that comes after the last.
func Run(t *testing.T, fresh func(t *testing.T) (open func() backfill.Checkpoint)) {
	t.Helper()
	for name, check := range map[string]func(s *suite){
		"nothing is the zero state":        nothing,
		"the last state is kept":           last,
		"the zero state removes":           removed,
		"a state is kept in all its parts": whole,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			check(&suite{t, fresh(t)})
		})
	}
}

type suite struct {
	*testing.T
	open func() backfill.Checkpoint
}

func (s *suite) save(state backfill.State) {
	s.Helper()
	if err := s.open().Save(s.Context(), state); err != nil {
		s.Fatalf("Save: %v", err)
	}
}

func (s *suite) holds(want backfill.State) {
	s.Helper()
	got, err := s.open().Load(s.Context())
	if err != nil {
		s.Fatalf("Load: %v", err)
	}
	if !reflect.DeepEqual(got, want) {
		s.Fatalf("Load: got %+v, want %+v", got, want)
	}
}

func nothing(s *suite) { s.holds(backfill.State{}) }

func last(s *suite) {
	for i := range 100 {
		s.save(state(i))
	}
	s.holds(state(99))
	s.save(state(3)) // it is the caller's to know what is later
	s.holds(state(3))
}

func removed(s *suite) {
	s.save(backfill.State{})
	s.save(state(1))
	s.save(backfill.State{})
	s.holds(backfill.State{})
}

func whole(s *suite) {
	odd := state(1)
	odd.Position = "user 0 \"ä\" \x7f\n%"
	odd.Report.Kinds[backfill.Membership] = backfill.Counts{
		Read: 7, Sent: 1, Unchanged: 2, Skipped: 3, Failed: 1, LeftOut: 1, Reasons: map[string]int{"a step's reason": 4},
	}
	odd.Report.Examples = []backfill.Result{{
		Kind: backfill.User, ID: "user_1", Outcome: backfill.Failed, Reason: "refused", LeftOut: []string{"a: b"},
	}}
	s.save(odd)
	s.holds(odd)
}

func state(i int) backfill.State {
	return backfill.State{Position: fmt.Sprint("position ", i), Report: backfill.Report{
		Run: "run", Began: time.Date(2026, 3, 1, 12, 0, 0, 123456789, time.UTC), Took: time.Duration(i) * time.Second,
		Kinds:    map[backfill.Kind]backfill.Counts{backfill.User: {Read: i, Sent: i}},
		NotAsked: []string{"user.created:handle"},
	}}
}
