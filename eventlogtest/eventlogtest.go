// Package eventlogtest checks that a clerkknock.EventLog keeps its promises.
//
//	func TestMyEventLog(t *testing.T) {
//		eventlogtest.Run(t, func(t *testing.T) clerkknock.EventLog { return openMyEventLog(t) })
//	}
package eventlogtest

import (
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"testing"
	"time"

	"github.com/clerkknock/clerkknock"
)

// Run runs the suite. open returns an empty log with room for at least 100
// entries each time.
func Run(t *testing.T, open func(t *testing.T) clerkknock.EventLog) {
	for name, check := range map[string]func(*testing.T, clerkknock.EventLog){
		"an empty log has no entries":       empty,
		"an entry comes back as it was":     roundTrip,
		"entries come newest first":         newestFirst,
		"a repeated delivery is one entry":  repeated,
		"deliveries without an ID are kept": withoutID,
		"queries select":                    selects,
		"pages follow each other":           pages,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			check(t, open(t))
		})
	}
}

func entry(id, eventType string, outcome clerkknock.Outcome) clerkknock.Entry {
	return clerkknock.Entry{
		Delivery: clerkknock.Delivery{ID: id, Body: []byte(`{"type":"` + eventType + `"}`)},
		Report:   clerkknock.Report{ID: id, Type: eventType, Outcome: outcome},
		At:       time.UnixMilli(1_700_000_000_123).UTC(),
	}
}

func record(t *testing.T, l clerkknock.EventLog, e clerkknock.Entry) {
	t.Helper()
	if err := l.Record(t.Context(), e); err != nil {
		t.Fatalf("Record: %v", err)
	}
}

func entries(t *testing.T, l clerkknock.EventLog, q clerkknock.EntryQuery) []clerkknock.Entry {
	t.Helper()
	found, err := l.Entries(t.Context(), q)
	if err != nil {
		t.Fatalf("Entries: %v", err)
	}
	return found
}

func ids(found []clerkknock.Entry) string {
	all := []string{}
	for _, e := range found {
		all = append(all, e.Delivery.ID)
	}
	return fmt.Sprint(all)
}

func equal(t *testing.T, what string, got, want any) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("%s: got %v, want %v", what, got, want)
	}
}

func empty(t *testing.T, l clerkknock.EventLog) {
	equal(t, "entries", len(entries(t, l, clerkknock.EntryQuery{})), 0)
}

func roundTrip(t *testing.T, l clerkknock.EventLog) {
	e := entry("msg_1", "user.created", clerkknock.OutcomeRetry)
	e.Delivery.Header = http.Header{"Svix-Id": {"msg_1"}, "X-Two": {"a", "b"}}
	e.Delivery.Body = []byte("{ \"a\":1.0,\t\"b\":\"\xc3\xa9\\u0000<>\" }\n")
	e.Delivery.ReceivedAt = e.At.Add(-time.Second)
	e.Report.Took = 1500 * time.Microsecond
	e.Report.Steps = []clerkknock.StepReport{{ID: "a", Action: clerkknock.UsersIdentify, Status: clerkknock.StepRetry, Reason: "failed for now", Err: errors.New("boom")}}
	e.Error = "step a: boom"
	record(t, l, e)
	found := entries(t, l, clerkknock.EntryQuery{})
	equal(t, "entries", len(found), 1)
	got := found[0]
	equal(t, "ID", got.Delivery.ID, "msg_1")
	equal(t, "header", got.Delivery.Header, e.Delivery.Header)
	equal(t, "body", string(got.Delivery.Body), string(e.Delivery.Body))
	equal(t, "received", got.Delivery.ReceivedAt.Equal(e.Delivery.ReceivedAt), true)
	equal(t, "at", got.At.Equal(e.At), true)
	equal(t, "error", got.Error, e.Error)
	equal(t, "attempts", got.Attempts, 1)
	e.Report.Steps[0].Err = nil
	equal(t, "report", got.Report, e.Report)
}

func newestFirst(t *testing.T, l clerkknock.EventLog) {
	for _, id := range []string{"a", "b", "c"} {
		record(t, l, entry(id, "user.created", clerkknock.OutcomeSucceeded))
	}
	found := entries(t, l, clerkknock.EntryQuery{})
	equal(t, "order", ids(found), "[c b a]")
	equal(t, "sequence", found[0].Seq > found[1].Seq && found[1].Seq > found[2].Seq, true)
	equal(t, "limit", ids(entries(t, l, clerkknock.EntryQuery{Limit: 2})), "[c b]")
}

func repeated(t *testing.T, l clerkknock.EventLog) {
	record(t, l, entry("a", "user.created", clerkknock.OutcomeRetry))
	record(t, l, entry("b", "user.created", clerkknock.OutcomeSucceeded))
	again := entry("a", "user.created", clerkknock.OutcomeSucceeded)
	again.At = again.At.Add(time.Minute)
	record(t, l, again)
	found := entries(t, l, clerkknock.EntryQuery{})
	equal(t, "order", ids(found), "[b a]")
	equal(t, "attempts", found[1].Attempts, 2)
	equal(t, "outcome", found[1].Report.Outcome, clerkknock.OutcomeSucceeded)
	equal(t, "at", found[1].At.Equal(again.At), true)
}

func withoutID(t *testing.T, l clerkknock.EventLog) {
	record(t, l, entry("", "user.created", clerkknock.OutcomeSucceeded))
	record(t, l, entry("", "user.created", clerkknock.OutcomeSucceeded))
	equal(t, "entries", len(entries(t, l, clerkknock.EntryQuery{})), 2)
}

func selects(t *testing.T, l clerkknock.EventLog) {
	record(t, l, entry("a", "user.created", clerkknock.OutcomeSucceeded))
	record(t, l, entry("b", "user.created", clerkknock.OutcomeFailed))
	record(t, l, entry("c", "user.deleted", clerkknock.OutcomeFailed))
	for want, q := range map[string]clerkknock.EntryQuery{
		"[a]":   {ID: "a"},
		"[b a]": {Type: "user.created"},
		"[c b]": {Outcome: clerkknock.OutcomeFailed},
		"[b]":   {Type: "user.created", Outcome: clerkknock.OutcomeFailed},
		"[]":    {ID: "a", Outcome: clerkknock.OutcomeFailed},
	} {
		equal(t, "selected", ids(entries(t, l, q)), want)
	}
}

func pages(t *testing.T, l clerkknock.EventLog) {
	for i := range clerkknock.DefaultEntries + 10 {
		record(t, l, entry(fmt.Sprint(i), "user.created", clerkknock.OutcomeSucceeded))
	}
	page := entries(t, l, clerkknock.EntryQuery{})
	equal(t, "first page", len(page), clerkknock.DefaultEntries)
	rest := entries(t, l, clerkknock.EntryQuery{Before: page[len(page)-1].Seq})
	equal(t, "second page", ids(rest), "[9 8 7 6 5 4 3 2 1 0]")
}
