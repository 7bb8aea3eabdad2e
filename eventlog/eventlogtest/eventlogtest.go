// Package eventlogtest checks that an eventlog.Log keeps its promises.
//
//	func TestMyEventLog(t *testing.T) {
//		eventlogtest.Run(t, func(t *testing.T) eventlog.Log { return openMyEventLog(t) })
//	}
package eventlogtest

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"reflect"
	"testing"
	"time"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/eventlog"
	"github.com/clerkknock/clerkknock/ledger"
)

// Run runs the suite. open returns an empty log with room for at least 100
// entries each time.
func Run(t *testing.T, open func(t *testing.T) eventlog.Log) {
	for name, check := range map[string]func(*testing.T, eventlog.Log){
		"an empty log has no entries":       empty,
		"an entry comes back as it was":     roundTrip,
		"entries come newest first":         newestFirst,
		"a repeated delivery is one entry":  repeated,
		"deliveries without an ID are kept": withoutID,
		"queries select":                    selects,
		"pages follow each other":           pages,
		"refused requests are not kept":     leavesOutRefused,
		"what is no attempt is not counted": countsAttempts,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			check(t, open(t))
		})
	}
}

// at is when the reports of the suite were made.
var at = time.UnixMilli(1_700_000_000_123).UTC()

func record(t *testing.T, l eventlog.Log, id, eventType string, outcome clerkknock.Outcome) {
	t.Helper()
	observe(t, l, clerkknock.Delivery{ID: id, Body: []byte(`{"type":"` + eventType + `"}`)},
		clerkknock.Report{ID: id, Type: eventType, Outcome: outcome, At: at})
}

func observe(t *testing.T, l eventlog.Log, d clerkknock.Delivery, r clerkknock.Report) {
	t.Helper()
	if err := l.Observe(t.Context(), d, r); err != nil {
		t.Fatalf("Observe: %v", err)
	}
}

func entries(t *testing.T, l eventlog.Log, q eventlog.Query) []eventlog.Entry {
	t.Helper()
	found, err := l.Entries(t.Context(), q)
	if err != nil {
		t.Fatalf("Entries: %v", err)
	}
	return found
}

func ids(found []eventlog.Entry) string {
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

func empty(t *testing.T, l eventlog.Log) {
	equal(t, "entries", len(entries(t, l, eventlog.Query{})), 0)
}

func roundTrip(t *testing.T, l eventlog.Log) {
	d := clerkknock.Delivery{
		ID:         "msg_1",
		Header:     http.Header{"Svix-Id": {"msg_1"}, "X-Two": {"a", "b"}},
		Body:       []byte("{ \"a\":1.0,\t\"b\":\"\xc3\xa9\\u0000<>\" }\n"),
		ReceivedAt: at.Add(-time.Second),
	}
	r := clerkknock.Report{
		ID: "msg_1", Type: "user.created", Outcome: clerkknock.OutcomeRetry,
		At: at, Took: 1500 * time.Microsecond, Err: errors.New("step a: boom"),
		Steps: []clerkknock.StepReport{{
			ID: "a", Action: clerkknock.UsersIdentify, Status: clerkknock.StepRetry, Reason: "failed for now",
			At: at, Took: time.Millisecond, Err: errors.New("boom"),
			Attrs: []slog.Attr{slog.String("path", "/v1/users/1"), slog.Int("status", 503)},
		}},
	}
	observe(t, l, d, r)
	found := entries(t, l, eventlog.Query{})
	equal(t, "entries", len(found), 1)
	got := found[0]
	equal(t, "ID", got.Delivery.ID, "msg_1")
	equal(t, "header", got.Delivery.Header, d.Header)
	equal(t, "body", string(got.Delivery.Body), string(d.Body))
	equal(t, "received", got.Delivery.ReceivedAt.Equal(d.ReceivedAt), true)
	equal(t, "at", got.At.Equal(at.Add(r.Took)), true)
	equal(t, "error", got.Error, "step a: boom")
	equal(t, "attempts", got.Attempts, 1)
	equal(t, "began", got.Report.At.Equal(at), true)
	equal(t, "took", got.Report.Took, r.Took)
	equal(t, "outcome", got.Report.Outcome, r.Outcome)
	equal(t, "steps", len(got.Report.Steps), 1)
	step := got.Report.Steps[0]
	equal(t, "step", fmt.Sprint(step.ID, step.Action, step.Status, step.Reason, step.Took),
		"ausers_identifyretryfailed for now1ms")
	equal(t, "step began", step.At.Equal(at), true)
	equal(t, "attributes", fmt.Sprint(step.Attrs), "[path=/v1/users/1 status=503]")
	equal(t, "errors", errors.Join(got.Report.Err, step.Err), error(nil))
}

func newestFirst(t *testing.T, l eventlog.Log) {
	for _, id := range []string{"a", "b", "c"} {
		record(t, l, id, "user.created", clerkknock.OutcomeSucceeded)
	}
	found := entries(t, l, eventlog.Query{})
	equal(t, "order", ids(found), "[c b a]")
	equal(t, "sequence", found[0].Seq > found[1].Seq && found[1].Seq > found[2].Seq, true)
	equal(t, "limit", ids(entries(t, l, eventlog.Query{Limit: 2})), "[c b]")
}

func repeated(t *testing.T, l eventlog.Log) {
	record(t, l, "a", "user.created", clerkknock.OutcomeRetry)
	record(t, l, "b", "user.created", clerkknock.OutcomeSucceeded)
	again := at.Add(time.Minute)
	observe(t, l, clerkknock.Delivery{ID: "a"},
		clerkknock.Report{ID: "a", Type: "user.created", Outcome: clerkknock.OutcomeSucceeded, At: again})
	found := entries(t, l, eventlog.Query{})
	equal(t, "order", ids(found), "[b a]")
	equal(t, "attempts", found[1].Attempts, 2)
	equal(t, "outcome", found[1].Report.Outcome, clerkknock.OutcomeSucceeded)
	equal(t, "at", found[1].At.Equal(again), true)
}

func withoutID(t *testing.T, l eventlog.Log) {
	record(t, l, "", "user.created", clerkknock.OutcomeSucceeded)
	record(t, l, "", "user.created", clerkknock.OutcomeSucceeded)
	equal(t, "entries", len(entries(t, l, eventlog.Query{})), 2)
}

func selects(t *testing.T, l eventlog.Log) {
	record(t, l, "a", "user.created", clerkknock.OutcomeSucceeded)
	record(t, l, "b", "user.created", clerkknock.OutcomeFailed)
	record(t, l, "c", "user.deleted", clerkknock.OutcomeFailed)
	for want, q := range map[string]eventlog.Query{
		"[a]":   {ID: "a"},
		"[b a]": {Type: "user.created"},
		"[c b]": {Outcome: clerkknock.OutcomeFailed},
		"[b]":   {Type: "user.created", Outcome: clerkknock.OutcomeFailed},
		"[]":    {ID: "a", Outcome: clerkknock.OutcomeFailed},
	} {
		equal(t, "selected", ids(entries(t, l, q)), want)
	}
}

func pages(t *testing.T, l eventlog.Log) {
	for i := range eventlog.DefaultLimit + 10 {
		record(t, l, fmt.Sprint(i), "user.created", clerkknock.OutcomeSucceeded)
	}
	page := entries(t, l, eventlog.Query{})
	equal(t, "first page", len(page), eventlog.DefaultLimit)
	rest := entries(t, l, eventlog.Query{Before: page[len(page)-1].Seq})
	equal(t, "second page", ids(rest), "[9 8 7 6 5 4 3 2 1 0]")
}

func leavesOutRefused(t *testing.T, l eventlog.Log) {
	record(t, l, "a", "", clerkknock.OutcomeRefused)
	equal(t, "entries", len(entries(t, l, eventlog.Query{})), 0)
}

func countsAttempts(t *testing.T, l eventlog.Log) {
	record(t, l, "a", "user.created", clerkknock.OutcomeStored)
	equal(t, "stored", entries(t, l, eventlog.Query{})[0].Attempts, 0)
	for i, test := range []struct {
		err      error
		attempts int
	}{{ledger.ErrBusy, 0}, {errors.New("boom"), 1}, {ledger.ErrInFlight, 1}, {nil, 2}} {
		observe(t, l, clerkknock.Delivery{ID: "a"}, clerkknock.Report{ID: "a", Type: "user.created",
			Outcome: clerkknock.OutcomeRetry, At: at, Err: test.err})
		equal(t, fmt.Sprint("attempts after ", i), entries(t, l, eventlog.Query{})[0].Attempts, test.attempts)
	}
}
