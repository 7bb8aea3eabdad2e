package eventlogtest

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/eventlog"
	"github.com/clerkknock/clerkknock/ledger"
)

func roundTrip(t *testing.T, l eventlog.Log) {
	d := clerkknock.Delivery{
		ID:     "msg_1",
		Header: http.Header{"Svix-Id": {"msg_1"}, "X-Two": {"a", "b"}},
		Body: []byte("{ \"type\":\"session.created\",\t\"data\":{\"id\":\"sess_1\",\"user_id\":\"user_1\"," +
			"\"updated_at\":1.7e12}, \"b\":\"\xc3\xa9\\u0000<>\" }\n"),
		ReceivedAt: at.Add(-time.Second),
	}
	boom := "boom \n\x00\xff"
	r := clerkknock.Report{
		ID: "msg_1", Type: "session.created", Outcome: clerkknock.OutcomeRetry,
		At: at, Took: 1500 * time.Microsecond, Answer: 503, Err: fmt.Errorf("step a: %s", boom),
		Steps: []clerkknock.StepReport{{
			ID: "a", Action: clerkknock.UsersIdentify, Status: clerkknock.StepRetry, Reason: "failed for now",
			At: at, Took: time.Millisecond, Revision: "r1", Err: errors.New(boom), LeftOut: []string{"name: nothing there"},
			Planned: clerkknock.NewAction(clerkknock.UsersIdentify, map[string]any{"id": "user_1", "n": 1e15}),
			Attrs:   []slog.Attr{slog.String("path", "/v1/users/1"), slog.Int("status", 503)},
		}, {ID: "b", Status: clerkknock.StepPending}},
	}
	observe(t, l, d, r)
	got := only(t, l)
	equal(t, "ID", got.Delivery.ID, "msg_1")
	equal(t, "type", got.Type, "session.created")
	equal(t, "outcome", got.Outcome, r.Outcome)
	equal(t, "entities", fmt.Sprint(got.Entities), "[session/sess_1 user/user_1]")
	equal(t, "changed", got.ChangedAt.Equal(time.UnixMilli(1_700_000_000_000)), true)
	equal(t, "header", got.Delivery.Header, d.Header)
	equal(t, "body", string(got.Delivery.Body), string(d.Body))
	equal(t, "received", got.Delivery.ReceivedAt.Equal(d.ReceivedAt), true)
	equal(t, "at", got.At.Equal(at.Add(r.Took)), true)
	equal(t, "attempts", got.Attempts, 1)
	equal(t, "reports", len(got.Reports), 1)
	report := got.Latest()
	equal(t, "error", report.Err.Error(), "step a: "+boom)
	equal(t, "began", report.At.Equal(at), true)
	equal(t, "took", report.Took, r.Took)
	equal(t, "answer", report.Answer, 503)
	equal(t, "steps", len(report.Steps), 2)
	step := report.Steps[0]
	equal(t, "step", fmt.Sprint(step.ID, step.Action, step.Status, step.Reason, step.Took, step.LeftOut, step.Revision),
		"ausers_identifyretryfailed for now1ms [name: nothing there]r1")
	equal(t, "step began", step.At.Equal(at), true)
	equal(t, "step's error", step.Err.Error(), boom)
	equal(t, "attributes", fmt.Sprint(step.Attrs), "[path=/v1/users/1 status=503]")
	planned, err := json.Marshal(step.Planned)
	equal(t, "planned", string(planned)+fmt.Sprint(err),
		`{"type":"users_identify","params":{"id":"user_1","n":1000000000000000}}<nil>`)
	equal(t, "planned, not executed", report.Steps[1].Planned.Type, clerkknock.ActionType(""))
}

func repeated(t *testing.T, l eventlog.Log) {
	record(t, l, "a", "user.created", clerkknock.OutcomeStored, 0)
	record(t, l, "b", "user.created", clerkknock.OutcomeSucceeded, 1)
	again := at.Add(time.Minute)
	for _, r := range []clerkknock.Report{
		{ID: "a", Type: "user.created", Outcome: clerkknock.OutcomeRetry, At: at, Err: errors.New("boom")},
		{ID: "a", Type: "user.created", Outcome: clerkknock.OutcomeSucceeded, At: again},
	} {
		observe(t, l, delivery("a", "user.created", 90), r)
	}
	found := entries(t, l, eventlog.Query{})
	equal(t, "order", ids(found), "[b a]")
	e := found[1]
	equal(t, "attempts", e.Attempts, 2)
	equal(t, "outcome", e.Outcome, clerkknock.OutcomeSucceeded)
	equal(t, "at", e.At.Equal(again), true)
	equal(t, "received", e.Delivery.ReceivedAt.Equal(at), true)
	equal(t, "reports", outcomes(e), "[stored retry succeeded]")
	equal(t, "error of the second", e.Reports[1].Err.Error(), "boom")
	equal(t, "left out", e.LeftOut, 0)
}

func outcomes(e eventlog.Entry) string {
	all := []clerkknock.Outcome{}
	for _, r := range e.Reports {
		all = append(all, r.Outcome)
	}
	return fmt.Sprint(all)
}

func bounded(t *testing.T, l eventlog.Log) {
	const many = eventlog.MaxReports + 5
	for i := range many {
		observe(t, l, delivery("a", "user.created", 0), clerkknock.Report{
			ID: "a", Type: "user.created", Outcome: clerkknock.OutcomeRetry, At: at, Err: fmt.Errorf("%d", i),
		})
	}
	e := only(t, l)
	equal(t, "reports", len(e.Reports), eventlog.MaxReports)
	equal(t, "left out", e.LeftOut, 5)
	equal(t, "attempts", e.Attempts, many)
	equal(t, "first", e.Reports[0].Err.Error(), "0")
	equal(t, "last of the first", e.Reports[eventlog.MaxReports-2].Err.Error(), fmt.Sprint(eventlog.MaxReports-2))
	equal(t, "latest", e.Latest().Err.Error(), fmt.Sprint(many-1))
}

func keepsOutcome(t *testing.T, l eventlog.Log) {
	for _, test := range []struct{ earlier, later, want clerkknock.Outcome }{
		{clerkknock.OutcomeStored, clerkknock.OutcomeSucceeded, clerkknock.OutcomeSucceeded},
		{clerkknock.OutcomeSucceeded, clerkknock.OutcomeStored, clerkknock.OutcomeSucceeded},
		{clerkknock.OutcomeSucceeded, clerkknock.OutcomeDuplicate, clerkknock.OutcomeSucceeded},
		{clerkknock.OutcomeSkipped, clerkknock.OutcomeDuplicate, clerkknock.OutcomeSkipped},
		{clerkknock.OutcomeIgnored, clerkknock.OutcomeDuplicate, clerkknock.OutcomeIgnored},
		{clerkknock.OutcomeRetry, clerkknock.OutcomeDuplicate, clerkknock.OutcomeDuplicate},
		{clerkknock.OutcomeStored, clerkknock.OutcomeDuplicate, clerkknock.OutcomeDuplicate},
		{clerkknock.OutcomeFailed, clerkknock.OutcomeStored, clerkknock.OutcomeFailed},
		{clerkknock.OutcomeFailed, clerkknock.OutcomeSucceeded, clerkknock.OutcomeSucceeded},
		{clerkknock.OutcomeIgnored, clerkknock.OutcomeSucceeded, clerkknock.OutcomeSucceeded},
	} {
		name := fmt.Sprint(test.earlier, " then ", test.later)
		record(t, l, name, "user.created", test.earlier, 0)
		record(t, l, name, "user.created", test.later, 1)
		e := entries(t, l, eventlog.Query{ID: name})[0]
		equal(t, name, e.Outcome, test.want)
		equal(t, name, len(e.Reports), 2)
		if test.later == clerkknock.OutcomeSucceeded {
			equal(t, name+": body", len(e.Delivery.Body) > 0, true)
		}
	}
}

func withoutID(t *testing.T, l eventlog.Log) {
	record(t, l, "", "user.created", clerkknock.OutcomeSucceeded, 0)
	record(t, l, "", "user.created", clerkknock.OutcomeSucceeded, 0)
	equal(t, "entries", len(entries(t, l, eventlog.Query{})), 2)
}

func countsAttempts(t *testing.T, l eventlog.Log) {
	record(t, l, "a", "user.created", clerkknock.OutcomeStored, 0)
	equal(t, "stored", only(t, l).Attempts, 0)
	for i, test := range []struct {
		err                      error
		attempts, waits, reports int
	}{
		{ledger.ErrBusy, 0, 1, 1}, {errors.New("boom"), 1, 1, 2}, {ledger.ErrInFlight, 1, 2, 2}, {nil, 2, 2, 3},
	} {
		observe(t, l, clerkknock.Delivery{ID: "a"}, clerkknock.Report{ID: "a", Type: "user.created",
			Outcome: clerkknock.OutcomeRetry, At: at, Err: test.err})
		e := only(t, l)
		equal(t, fmt.Sprint("attempts, waits and reports after ", i), []int{e.Attempts, e.Waits, len(e.Reports)},
			[]int{test.attempts, test.waits, test.reports})
	}
}

func tooLarge(t *testing.T, l eventlog.Log) {
	large := strings.Repeat("x", eventlog.MaxPlannedBytes)
	observe(t, l, delivery("a", "user.created", 0), clerkknock.Report{
		ID: "a", Type: "user.created", Outcome: clerkknock.OutcomeFailed, At: at, Err: errors.New(large),
		Steps: []clerkknock.StepReport{{ID: "a", Status: clerkknock.StepFailed, Err: errors.New(large),
			Planned: clerkknock.NewAction(clerkknock.UsersIdentify, map[string]any{"id": large})}},
	})
	r := only(t, l).Latest()
	equal(t, "planned", r.Steps[0].Planned.Type, clerkknock.ActionType(""))
	equal(t, "error is cut", len(r.Err.Error()) < eventlog.MaxErrorBytes+10, true)
	equal(t, "step's error is cut", len(r.Steps[0].Err.Error()) < eventlog.MaxErrorBytes+10, true)
}
