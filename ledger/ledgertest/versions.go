package ledgertest

import (
	"fmt"
	"time"

	"github.com/clerkknock/clerkknock/ledger"
)

func (s *suite) keepsTheNewest() {
	c := s.claim("msg_1", "user/1")
	s.record(c, "a", version(2, false))
	s.record(c, "b", version(1, false))
	s.record(c, "c", ledger.Version{})
	s.release(c)
	s.sameVersion("newest", s.newest("user/1"), version(2, false))
}

func (s *suite) keepsTombstones() {
	c := s.claim("msg_1", "user/1")
	s.record(c, "a", version(2, false))
	s.record(c, "b", version(2, true))
	s.record(c, "c", version(2, false))
	s.sameVersionAfter(c, version(2, true))
	c = s.claim("msg_2", "user/1")
	s.record(c, "a", version(3, false))
	s.sameVersionAfter(c, version(3, false))
}

func (s *suite) breaksTies() {
	at := version(1, false)
	first, second := at.Time.Add(time.Second), at.Time.Add(2*time.Second)
	timed := func(event time.Time) ledger.Version { return ledger.Version{Time: at.Time, Event: event} }
	untimed := func(event time.Time) ledger.Version { return ledger.Version{Event: event} }
	for i, test := range []struct{ old, new ledger.Version }{
		{timed(first), timed(second)},
		{untimed(first), untimed(second)},
		{timed(first), untimed(second)},
		{untimed(first), timed(second)},
		{timed(second), ledger.Version{Time: at.Time, Event: first, Deleted: true}},
	} {
		entity := fmt.Sprint("user/", i)
		for _, order := range [][]ledger.Version{{test.old, test.new}, {test.new, test.old}} {
			c := s.claim("", entity)
			s.record(c, "", order[0])
			s.record(c, "", order[1])
			s.release(c)
			s.sameVersion(fmt.Sprint("newest of ", test), s.newest(entity), test.new)
			entity += "/reversed"
		}
	}
}

func (s *suite) sameVersionAfter(c ledger.Claim, want ledger.Version) {
	s.Helper()
	s.release(c)
	s.sameVersion("newest", s.newest(c.Entity), want)
}

func (s *suite) recordsVersionsAlone() {
	c := s.claim("msg_1", "user/1")
	s.record(c, "", version(1, true))
	s.release(c)
	s.equal("done", len(s.done("msg_1")), 0)
	s.sameVersion("newest", s.newest("user/1"), version(1, true))
}
