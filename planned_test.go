package clerkknock_test

import (
	"context"
	"encoding/json"
	"errors"
	"testing"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/clerk"
	"github.com/clerkknock/clerkknock/eventlog"
	"github.com/stretchr/testify/require"
)

// An entry of an event log is replayed as it was planned, though the table is another one
// by now: what has been done stays done, what has failed is sent as it would have been.
func TestWhatAReportPlannedIsProcessedWhateverTheMappingsPlanToday(t *testing.T) {
	t.Parallel()
	refuses := func(_ context.Context, inv clerkknock.Invocation) error {
		if inv.MappingID == "two" {
			return clerkknock.Permanent(errors.New("refused"))
		}
		return nil
	}
	executor, log := &recorder{fail: refuses}, &eventlog.Memory{}
	db := &mirror{err: clerkknock.Permanent(errors.New("no table"))}
	handler := clerkknock.Handle(clerk.UserUpdated, db.handle)
	never := clerkknock.Handle(clerk.UserUpdated, func(context.Context, clerk.Event[clerk.User]) error {
		t.Error("a handler that was passed over is called")
		return nil
	})
	never.ID, never.When = "never", func(clerk.Envelope) bool { return false }
	s := source(t, clerkknock.Config{Executor: executor, Mapper: three().With(handler, never),
		Observers: []clerkknock.Observer{log}})
	body := user("updated", millis, "Ada")
	require.Equal(t, clerkknock.OutcomeFailed, process(t, s, "msg_1", body).Outcome)
	sent := executor.got[1]

	mended := three().Set("two", clerkknock.Params{"name": clerkknock.Literal("another")}).Without("one")
	never.When = nil
	require.NoError(t, s.SetMapper(mended.With(handler, never)))
	executor.fail, db.err = nil, nil
	entries, err := log.Entries(t.Context(), eventlog.Query{})
	require.NoError(t, err)
	then := entries[0].Latest()
	steps, err := s.RehearsePlanned(t.Context(), entries[0].Delivery, then)
	require.NoError(t, err)
	require.Len(t, steps, 3, "a rehearsal shows the actions")
	require.Equal(t, sent.Action, steps[1].Action)

	r, err := s.ProcessPlanned(t.Context(), entries[0].Delivery, then)
	require.NoError(t, err)
	require.Equal(t, "succeeded duplicate succeeded duplicate", statuses(r))
	require.Len(t, executor.got, 4)
	again := executor.got[3]
	require.Equal(t, sent.Action, again.Action)
	require.Equal(t, sent.IdempotencyKey, again.IdempotencyKey, "Knock knows that it is the same")
	require.Equal(t, []string{"Ada", "Ada"}, db.names)

	r, err = s.ProcessPlanned(t.Context(), entries[0].Delivery, then)
	require.NoError(t, err)
	require.Equal(t, clerkknock.OutcomeDuplicate, r.Outcome, "again")
	require.NoError(t, s.SetMapper(mended.With(handler)))
	r = process(t, s, "msg_1", body)
	require.Equal(t, "succeeded", string(r.Outcome), "today's mapping is another one")
	require.JSONEq(t, `"another"`, string(executor.got[4].Action.Params["name"]))
}

func TestWhatAReportPlannedDoesNotGoBackInTime(t *testing.T) {
	t.Parallel()
	executor := &recorder{fail: func(context.Context, clerkknock.Invocation) error { return errors.New("down") }}
	s := source(t, clerkknock.Config{Executor: executor, Mapper: three()})
	old := delivery("msg_1", user("updated", millis, "Ada"))
	then, err := s.Process(t.Context(), old)
	require.Error(t, err)
	require.Equal(t, clerkknock.TenantsSet, then.Steps[1].Planned.Type, "what was not tried is planned too")
	executor.fail = nil
	process(t, s, "msg_2", user("updated", millis+1, "Grace"))
	r, err := s.ProcessPlanned(t.Context(), old, then)
	require.NoError(t, err)
	require.Equal(t, "stale stale succeeded", statuses(r))
}

func TestAReportTellsNoParameters(t *testing.T) {
	t.Parallel()
	s := source(t, clerkknock.Config{Executor: &recorder{}, Mapper: three()})
	r := process(t, s, "msg_1", user("updated", millis, "Ada"))
	require.NotEmpty(t, r.Steps[0].Planned.Params)
	encoded, err := json.Marshal(r)
	require.NoError(t, err)
	require.NotContains(t, string(encoded), "Ada")
}
