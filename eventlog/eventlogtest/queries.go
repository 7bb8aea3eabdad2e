package eventlogtest

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/eventlog"
)

func newestFirst(t *testing.T, l eventlog.Log) {
	for i, second := range []int{0, 2, 1, 2} {
		record(t, l, string(rune('a'+i)), "user.created", clerkknock.OutcomeSucceeded, second)
	}
	equal(t, "order", ids(entries(t, l, eventlog.Query{})), "[d b c a]")
	equal(t, "limit", ids(entries(t, l, eventlog.Query{Limit: 2})), "[d b]")
}

func selects(t *testing.T, l eventlog.Log) {
	record(t, l, "a", "user.created", clerkknock.OutcomeSucceeded, 0)
	record(t, l, "b", "user.created", clerkknock.OutcomeFailed, 1)
	record(t, l, "c", "user.deleted", clerkknock.OutcomeFailed, 2)
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

func selectsByTime(t *testing.T, l eventlog.Log) {
	for i := range 4 {
		record(t, l, fmt.Sprint(i), "user.created", clerkknock.OutcomeSucceeded, i)
	}
	second := func(i int) time.Time { return at.Add(time.Duration(i) * time.Second) }
	for want, q := range map[string]eventlog.Query{
		"[3 2]": {From: second(2)},
		"[1 0]": {To: second(2)},
		"[2 1]": {From: second(1), To: second(3)},
		"[]":    {From: second(2), To: second(2)},
	} {
		equal(t, "selected", ids(entries(t, l, q)), want)
	}
}

// about observes an event whose payload is data.
func about(t *testing.T, l eventlog.Log, id, eventType, data string, second int) {
	t.Helper()
	observe(t, l, clerkknock.Delivery{
		ID: id, ReceivedAt: at.Add(time.Duration(second) * time.Second),
		Body: []byte(`{"type":"` + eventType + `","data":` + data + `}`),
	}, clerkknock.Report{ID: id, Type: eventType, Outcome: clerkknock.OutcomeSucceeded, At: at})
}

// acquainted fills a log with what is about a few people and organizations.
func acquainted(t *testing.T, l eventlog.Log) {
	about(t, l, "user", "user.created", `{"id":"user_1"}`, 0)
	about(t, l, "other", "user.created", `{"id":"user_12"}`, 1)
	about(t, l, "session", "session.created", `{"id":"sess_1","user_id":"user_1"}`, 2)
	about(t, l, "org", "organization.created", `{"id":"org_1"}`, 3)
	about(t, l, "member", "organizationMembership.created",
		`{"organization":{"id":"org_1"},"public_user_data":{"user_id":"user_1"}}`, 4)
	about(t, l, "nobody", "user.created", `{}`, 5)
}

func selectsEntities(t *testing.T, l eventlog.Log) {
	acquainted(t, l)
	for entity, want := range map[string]string{
		"user/user_1":             "[member session user]",
		"user/user_12":            "[other]",
		"organization/org_1":      "[member org]",
		"membership/org_1/user_1": "[member]",
		"session/sess_1":          "[session]",
		"user/user_2":             "[]",
	} {
		equal(t, entity, ids(entries(t, l, eventlog.Query{Entity: entity})), want)
	}
	q := eventlog.Query{Entity: "user/user_1", Type: "session.created"}
	equal(t, "and a type", ids(entries(t, l, q)), "[session]")
	q = eventlog.Query{Entity: "user/user_1", Limit: 2}
	page := entries(t, l, q)
	equal(t, "first page", ids(page), "[member session]")
	q.Before = page[1].Position()
	equal(t, "second page", ids(entries(t, l, q)), "[user]")
	equal(t, "count", count(t, l, eventlog.Query{Entity: "user/user_1"}).Total(), 3)
}

func searches(t *testing.T, l eventlog.Log) {
	acquainted(t, l)
	for text, want := range map[string]string{
		"user_1": "[member session other user]",
		"org_1":  "[member org]",
		"sess":   "[session]",
		"mem":    "[member]",
		"%":      "[]",
		"_":      "[]",
		"ser_1":  "[]",
	} {
		equal(t, "search for "+text, ids(entries(t, l, eventlog.Query{Search: text})), want)
	}
}

func pages(t *testing.T, l eventlog.Log) {
	const all = eventlog.DefaultLimit + 10
	for i := range all {
		record(t, l, fmt.Sprint(i), "user.created", clerkknock.OutcomeSucceeded, i/20)
	}
	page := entries(t, l, eventlog.Query{})
	equal(t, "first page", len(page), eventlog.DefaultLimit)
	record(t, l, "late", "user.created", clerkknock.OutcomeSucceeded, all)
	rest := entries(t, l, eventlog.Query{Before: page[len(page)-1].Position()})
	equal(t, "second page", ids(rest), "[9 8 7 6 5 4 3 2 1 0]")
}

func counts(t *testing.T, l eventlog.Log) {
	for i := range 5 {
		record(t, l, fmt.Sprint(i), "user.created", clerkknock.OutcomeSucceeded, 10*i)
	}
	record(t, l, "failed", "user.created", clerkknock.OutcomeFailed, 41)
	minute := at.Truncate(time.Minute)
	c := count(t, l, eventlog.Query{})
	equal(t, "total", c.Total(), 6)
	equal(t, "by outcome", c.ByOutcome(),
		map[clerkknock.Outcome]int{clerkknock.OutcomeSucceeded: 5, clerkknock.OutcomeFailed: 1})
	equal(t, "capped", c.Capped, false)
	byMinute := map[time.Time]int{}
	for _, tally := range c.Tallies {
		byMinute[tally.Minute] += tally.Entries
	}
	// The first is 20 seconds into its minute.
	equal(t, "by minute", byMinute, map[time.Time]int{minute: 4, minute.Add(time.Minute): 2})
	c = count(t, l, eventlog.Query{Limit: 4, Outcome: clerkknock.OutcomeSucceeded})
	equal(t, "newest four", c.Total(), 4)
	equal(t, "are not all", c.Capped, true)
	equal(t, "all five", count(t, l, eventlog.Query{Limit: 5, Outcome: clerkknock.OutcomeSucceeded}).Capped, false)
}

func refuse(t *testing.T, l eventlog.Log, id, reason string, second int) {
	t.Helper()
	received := at.Add(time.Duration(second) * time.Second)
	observe(t, l, clerkknock.Delivery{ID: id, ReceivedAt: received}, clerkknock.Report{
		ID: id, Outcome: clerkknock.OutcomeRefused, Answer: 401, At: received, Err: errors.New(reason),
	})
}

func countsRefused(t *testing.T, l eventlog.Log) {
	record(t, l, "a", "user.created", clerkknock.OutcomeSucceeded, 0)
	for range 3 {
		refuse(t, l, "a", "no signature matches", 1)
	}
	refuse(t, l, "b", "too old", 2)
	found := entries(t, l, eventlog.Query{})
	equal(t, "entries", ids(found), "[b a a]")
	equal(t, "refusals", []int{found[0].Refusals, found[1].Refusals, found[2].Refusals}, []int{1, 3, 0})
	equal(t, "outcomes", []clerkknock.Outcome{found[1].Outcome, found[2].Outcome},
		[]clerkknock.Outcome{clerkknock.OutcomeRefused, clerkknock.OutcomeSucceeded})
	equal(t, "status", found[1].Latest().Answer, 401)
	equal(t, "reason", found[1].Latest().Err.Error(), "no signature matches")
	equal(t, "of that ID", len(entries(t, l, eventlog.Query{ID: "a"})), 2)
	equal(t, "found", len(entries(t, l, eventlog.Query{Search: "a"})), 2)
	equal(t, "count", count(t, l, eventlog.Query{Outcome: clerkknock.OutcomeRefused}).Total(), 4)
}

func boundsRefused(t *testing.T, l eventlog.Log) {
	record(t, l, "a", "user.created", clerkknock.OutcomeSucceeded, 0)
	const many = 500
	for i := range many {
		refuse(t, l, fmt.Sprint("msg_", i), fmt.Sprint("reason ", i), 1)
	}
	q := eventlog.Query{Outcome: clerkknock.OutcomeRefused, Limit: many}
	equal(t, "count", count(t, l, q).Total(), many)
	if n := len(entries(t, l, q)); n > 2*eventlog.MaxRefused+1 {
		t.Fatalf("%d entries of refused requests in a minute, want at most %d", n, 2*eventlog.MaxRefused+1)
	}
	equal(t, "the delivery stays", len(entries(t, l, eventlog.Query{ID: "a"})), 1)
}

func erases(t *testing.T, l eventlog.Log) {
	eraser, ok := l.(interface {
		Erase(ctx context.Context, entity string) error
	})
	if !ok {
		t.Skip("the log has no method Erase")
	}
	planned := clerkknock.NewAction(clerkknock.UsersIdentify, map[string]any{"id": "user_1"})
	for _, id := range []string{"user_1", "user_2"} {
		for range 2 {
			observe(t, l, clerkknock.Delivery{ID: "msg_" + id, ReceivedAt: at, Body: []byte(
				`{"type":"user.created","data":{"id":"` + id + `"}}`)},
				clerkknock.Report{Outcome: clerkknock.OutcomeSucceeded, At: at,
					Steps: []clerkknock.StepReport{{ID: "a", Status: clerkknock.StepSucceeded, Planned: planned}}})
		}
	}
	if err := eraser.Erase(t.Context(), "user/user_1"); err != nil {
		t.Fatalf("Erase: %v", err)
	}
	for id, kept := range map[string]bool{"user_1": false, "user_2": true} {
		e := entries(t, l, eventlog.Query{ID: "msg_" + id})[0]
		equal(t, id+"'s body is kept", len(e.Delivery.Body) > 0, kept)
		equal(t, "reports", len(e.Reports), 2)
		for _, r := range e.Reports {
			equal(t, id+"'s action is kept", r.Steps[0].Planned.Type != "", kept)
		}
	}
}
