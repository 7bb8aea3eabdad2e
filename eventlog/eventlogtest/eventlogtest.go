// Package eventlogtest checks that an eventlog.Log keeps its promises.
//
//	func TestMyEventLog(t *testing.T) {
//		eventlogtest.Run(t, func(t *testing.T) eventlog.Log { return openMyEventLog(t) })
//	}
package eventlogtest

import (
	"context"
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/eventlog"
)

// Run runs the suite. open returns an empty log with room for at least 100
// entries each time. If the log has a method Erase(ctx, entity) error, that is checked too.
func Run(t *testing.T, open func(t *testing.T) eventlog.Log) {
	for name, check := range map[string]func(*testing.T, eventlog.Log){
		"an empty log has no entries":                      empty,
		"an entry comes back as it was":                    roundTrip,
		"a repeated delivery is one entry":                 repeated,
		"each report of a delivery is kept, up to a bound": bounded,
		"what was done stays done":                         keepsOutcome,
		"deliveries without an ID are kept":                withoutID,
		"what is no attempt is not counted":                countsAttempts,
		"what is too large is not kept":                    tooLarge,
		"entries come in the order of their arrival":       newestFirst,
		"queries select":                                   selects,
		"queries select by time":                           selectsByTime,
		"an entity has what is about it":                   selectsEntities,
		"searches find the beginnings of IDs":              searches,
		"pages follow each other while entries are added":  pages,
		"counts add up":                                    counts,
		"refused requests are counted":                     countsRefused,
		"refused requests cannot fill the log":             boundsRefused,
		"what is of one person is erased":                  erases,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			check(t, open(t))
		})
	}
}

// at is when the reports of the suite were made.
var at = time.UnixMilli(1_700_000_000_123).UTC()

// delivery is an event about a user, received so many seconds after the first.
func delivery(id, eventType string, second int) clerkknock.Delivery {
	return clerkknock.Delivery{
		ID: id, ReceivedAt: at.Add(time.Duration(second) * time.Second),
		Body: []byte(`{"type":"` + eventType + `","data":{"id":"user_1","updated_at":1700000000000}}`),
	}
}

func record(t *testing.T, l eventlog.Log, id, eventType string, outcome clerkknock.Outcome, second int) {
	t.Helper()
	observe(t, l, delivery(id, eventType, second), clerkknock.Report{
		ID: id, Type: eventType, Outcome: outcome, At: at.Add(time.Duration(second) * time.Second),
	})
}

func observe(t *testing.T, l eventlog.Log, d clerkknock.Delivery, r clerkknock.Report) {
	t.Helper()
	if err := l.Observe(context.WithoutCancel(t.Context()), d, r); err != nil {
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

// only is the only entry.
func only(t *testing.T, l eventlog.Log) eventlog.Entry {
	t.Helper()
	found := entries(t, l, eventlog.Query{})
	equal(t, "entries", len(found), 1)
	return found[0]
}

func count(t *testing.T, l eventlog.Log, q eventlog.Query) eventlog.Counts {
	t.Helper()
	c, err := l.Count(t.Context(), q)
	if err != nil {
		t.Fatalf("Count: %v", err)
	}
	return c
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
	equal(t, "count", count(t, l, eventlog.Query{}).Total(), 0)
}
