package console_test

import (
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/clerk/clerktest"
	"github.com/stretchr/testify/require"
)

// identifies is a step that has sent something about a user.
func identifies(status clerkknock.StepStatus, reason string, err error) clerkknock.StepReport {
	return clerkknock.StepReport{
		ID: "user.created:users_identify", Action: clerkknock.UsersIdentify, Status: status, Reason: reason, Err: err,
		Planned: clerkknock.NewAction(clerkknock.UsersIdentify, map[string]any{"id": "user_1"}),
	}
}

func triggers(recipients any) clerkknock.StepReport {
	return clerkknock.StepReport{
		ID: "t", Action: clerkknock.WorkflowsTrigger, Status: clerkknock.StepSucceeded,
		Planned: clerkknock.NewAction(clerkknock.WorkflowsTrigger,
			map[string]any{"key": "welcome", "recipients": recipients}),
	}
}

func leftOut(s clerkknock.StepReport, reasons ...string) clerkknock.StepReport {
	s.LeftOut = reasons
	return s
}

func TestEachEventSaysInWordsWhatHappened(t *testing.T) {
	t.Parallel()
	type steps = []clerkknock.StepReport
	knock422 := errors.New("knock: users_identify: knock answered 422 invalid_params: email (request req_1)")
	unresolved := `parameter "id" resolves to nothing`
	for name, test := range map[string]struct {
		report clerkknock.Report
		typ    string // of the event, user.created if empty
		times  int
		says   string
	}{
		"succeeded": {report: clerkknock.Report{Outcome: clerkknock.OutcomeSucceeded, Took: 84 * time.Millisecond,
			Steps: steps{identifies(clerkknock.StepSucceeded, "", nil)}}, says: "identified user_1 · 84 ms"},
		"two steps": {report: clerkknock.Report{Outcome: clerkknock.OutcomeSucceeded, Took: time.Millisecond,
			Steps: steps{identifies(clerkknock.StepSucceeded, "", nil), triggers([]string{"user_1"})}},
			says: "identified user_1, triggered workflow welcome for user_1 · 1 ms"},
		"many recipients": {report: clerkknock.Report{Outcome: clerkknock.OutcomeSucceeded, Took: time.Millisecond,
			Steps: steps{triggers([]any{"a", map[string]any{"id": "b"}, "c", "d"})}},
			says: "triggered workflow welcome for a, b and 2 more · 1 ms"},
		"an action that the log has no parameters of": {report: clerkknock.Report{Outcome: clerkknock.OutcomeSucceeded,
			Steps: steps{{ID: "x", Action: clerkknock.TenantsSet, Status: clerkknock.StepSucceeded}}},
			says: "set tenant … · under 1 ms"},
		"a function of the host's": {report: clerkknock.Report{Outcome: clerkknock.OutcomeSucceeded, Took: time.Second,
			Steps: steps{{ID: "user.created:handle", Status: clerkknock.StepSucceeded}}},
			says: "ran user.created:handle · 1.0 s"},
		"a path that leads nowhere": {report: clerkknock.Report{Outcome: clerkknock.OutcomeSkipped,
			Steps: steps{leftOut(identifies(clerkknock.StepSkipped, unresolved, nil), "name: x is missing",
				"id: body.data.phone_numbers[id=data.primary].phone_number is missing")}},
			says: "skipped: id is not in the payload at data.phone_numbers[id=data.primary].phone_number"},
		"a value that is no time": {report: clerkknock.Report{Outcome: clerkknock.OutcomeSkipped,
			Steps: steps{leftOut(identifies(clerkknock.StepSkipped, unresolved, nil), "id: body.data.x is no time")}},
			says: "skipped: id resolves to nothing: body.data.x is no time"},
		"a value that is null": {report: clerkknock.Report{Outcome: clerkknock.OutcomeSkipped,
			Steps: steps{identifies(clerkknock.StepSkipped, unresolved, nil)}},
			says: "skipped: id is null or empty in the payload"},
		"a condition": {report: clerkknock.Report{Outcome: clerkknock.OutcomeSkipped,
			Steps: steps{identifies(clerkknock.StepSkipped, "its condition does not hold", nil)}},
			says: "skipped: its condition does not hold"},
		"stale": {report: clerkknock.Report{Outcome: clerkknock.OutcomeSkipped,
			Steps: steps{identifies(clerkknock.StepStale, "a newer event has been applied, or attempted", nil)}},
			says: "stale: a newer event was applied before"},
		"deleted": {report: clerkknock.Report{Outcome: clerkknock.OutcomeSkipped,
			Steps: steps{identifies(clerkknock.StepStale, "it was deleted before", nil)}},
			says: "stale: it was deleted before"},
		"applied": {report: clerkknock.Report{Outcome: clerkknock.OutcomeSkipped,
			Steps: steps{identifies(clerkknock.StepStale, "this state has been applied", nil)}},
			says: "stale: this state was applied before"},
		"duplicate": {report: clerkknock.Report{Outcome: clerkknock.OutcomeDuplicate,
			Steps: steps{identifies(clerkknock.StepDuplicate, "", nil)}},
			says: "identified user_1 before, so it was not done again"},
		"failed": {report: clerkknock.Report{Outcome: clerkknock.OutcomeFailed,
			Steps: steps{identifies(clerkknock.StepFailed, "failed for good", knock422)}},
			says: "Knock answered 422 invalid_params: email (request req_1)"},
		"failed without an error": {report: clerkknock.Report{Outcome: clerkknock.OutcomeFailed,
			Steps: steps{identifies(clerkknock.StepFailed, "failed for good", nil)}}, says: "failed for good"},
		"retry, and what waits for it": {report: clerkknock.Report{Outcome: clerkknock.OutcomeRetry,
			Steps: steps{identifies(clerkknock.StepRetry, "failed for now", errors.New("connection refused")),
				{ID: "t", Action: clerkknock.WorkflowsTrigger, Status: clerkknock.StepPending}}},
			says: "failed for now, tried once: connection refused; " +
				"not tried yet, because a step before it has to be tried again"},
		"retry, often": {report: clerkknock.Report{Outcome: clerkknock.OutcomeRetry,
			Steps: steps{identifies(clerkknock.StepRetry, "failed for now", errors.New("knock: x: knock answered 503"))}},
			times: 3, says: "failed for now, tried 3 times: Knock answered 503"},
		"a failure outside of the steps": {report: clerkknock.Report{Outcome: clerkknock.OutcomeRetry,
			Err: errors.New("ledger: disk full")}, says: "failed for now, tried once: ledger: disk full"},
		"stored": {report: clerkknock.Report{Outcome: clerkknock.OutcomeStored}, says: "stored, and waits for a worker"},
		"ignored": {report: clerkknock.Report{Outcome: clerkknock.OutcomeIgnored}, typ: "email.created",
			says: "ignored: no mapping handles email.created"},
		"ignored, and one is not active": {report: clerkknock.Report{Outcome: clerkknock.OutcomeIgnored},
			typ: "organization.deleted", says: "ignored: its mapping organization.deleted:tenants_delete is not active"},
		"ignored, and some are not active": {report: clerkknock.Report{Outcome: clerkknock.OutcomeIgnored},
			typ:  "session.created",
			says: "ignored: its mappings session.created:users_identify, session.created:workflows_trigger are not active"},
		"ignored before it was mapped": {report: clerkknock.Report{Outcome: clerkknock.OutcomeIgnored}, typ: "user.created",
			says: "ignored: no mapping handled it then; user.created:users_identify does now"},
		"refused": {report: clerkknock.Report{Outcome: clerkknock.OutcomeRefused, Answer: 401, Err: clerkknock.ErrNoMatch},
			says: "refused with 401: no signature matches; check the signing secret and that nothing rewrites the body"},
		"refused, often": {report: clerkknock.Report{Outcome: clerkknock.OutcomeRefused, Answer: 401,
			Err: clerkknock.ErrTooOld}, times: 3,
			says: "refused with 401: signature timestamp is too old; check this machine's clock (3 times within a minute)"},
		"nothing": {report: clerkknock.Report{Outcome: clerkknock.OutcomeSkipped}, says: "nothing was done"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := open(t)
			typ := test.typ
			if typ == "" {
				typ = "user.created"
			}
			d := clerkknock.Delivery{ID: "msg_1", ReceivedAt: h.now, Body: clerktest.Event(typ)}
			for range max(test.times, 1) {
				r := test.report
				r.ID, r.Type, r.At = d.ID, typ, h.now
				require.NoError(t, h.events.Observe(t.Context(), d, r))
			}
			require.Contains(t, h.get("events").words(), " "+test.says+" ")
		})
	}
}

func TestAStepShowsTheWayOfItsRequest(t *testing.T) {
	t.Parallel()
	h := open(t)
	s := triggers([]string{"user_1"})
	s.Attrs = []slog.Attr{slog.Group("request", "method", "POST", "path", "/v1/workflows/welcome/trigger", "status", 200,
		"request_id", "req_7", "workflow_run_id", "run_9", "left_out", []string{"email", "avatar"}), slog.Int("rows", 3)}
	d := clerkknock.Delivery{ID: "msg_1", ReceivedAt: h.now, Body: clerktest.Event("user.created")}
	require.NoError(t, h.events.Observe(t.Context(), d, clerkknock.Report{ID: d.ID, Type: "user.created", At: h.now,
		Outcome: clerkknock.OutcomeSucceeded, Answer: 200, Steps: []clerkknock.StepReport{s}}))
	words := h.get("events?search=msg_1").words()
	for _, says := range []string{"POST /v1/workflows/welcome/trigger", "Knock answered 200", "Request ID req_7",
		"Workflow run run_9", "Left out email, avatar", "rows 3", "the sender got 200 OK"} {
		require.Contains(t, words, says)
	}
}
