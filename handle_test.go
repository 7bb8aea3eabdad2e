package clerkknock_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/clerk"
	"github.com/clerkknock/clerkknock/ledger"
	"github.com/stretchr/testify/require"
)

type clerkEvent = clerk.Event[clerk.Session]

// mirror is host code that keeps what it is told in order.
type mirror struct {
	names, keys []string
	err         error
}

func (m *mirror) handle(ctx context.Context, e clerk.Event[clerk.User]) error {
	m.names = append(m.names, e.Data.FirstName)
	m.keys = append(m.keys, clerkknock.IdempotencyKey(ctx))
	return m.err
}

func TestAHandlerAndKnockDoNotHoldEachOtherUp(t *testing.T) {
	t.Parallel()
	db, boom := &mirror{}, errors.New("connection refused")
	executor := &recorder{fail: func(context.Context, clerkknock.Invocation) error { return boom }}
	s := source(t, clerkknock.Config{Executor: executor,
		Mapper: clerkknock.DefaultMapper().With(clerkknock.Handle(clerk.UserUpdated, db.handle))})
	body := user("updated", millis, "Ada")

	r := process(t, s, "msg_1", body)
	require.Equal(t, "succeeded retry", statuses(r), "Knock is down")
	executor.fail = nil
	r = process(t, s, "msg_1", body)
	require.Equal(t, "duplicate succeeded", statuses(r))
	require.Equal(t, []string{"Ada"}, db.names, "once")

	db.err = boom
	r = process(t, s, "msg_2", user("updated", millis+1, "Grace"))
	require.Equal(t, "retry succeeded", statuses(r), "the database is down")
	require.Equal(t, clerkknock.OutcomeRetry, r.Outcome)
	require.ErrorIs(t, r.Err, boom)
	db.err = nil
	r = process(t, s, "msg_2", user("updated", millis+1, "Grace"))
	require.Equal(t, "succeeded duplicate", statuses(r))
	require.Equal(t, []string{"Ada", "Grace", "Grace"}, db.names)
	require.Equal(t, db.keys[1], db.keys[2], "an attempt is told by its key")
	require.NotEqual(t, db.keys[0], db.keys[1])
	require.NotEmpty(t, db.keys[0])
	require.Empty(t, clerkknock.IdempotencyKey(t.Context()))
}

func TestHandlersDoNotHoldEachOtherUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		slow := clerkknock.Handle(clerk.UserUpdated, func(ctx context.Context, _ clerk.Event[clerk.User]) error {
			<-ctx.Done()
			return ctx.Err()
		})
		slow.ID = "slow"
		db := &mirror{}
		executor := &recorder{}
		s := source(t, clerkknock.Config{Executor: executor,
			Mapper: clerkknock.DefaultMapper().With(slow, clerkknock.Handle(clerk.UserUpdated, db.handle))})
		r := process(t, s, "msg_1", user("updated", millis, "Ada"))
		require.ElementsMatch(t, []string{"retry", "succeeded", "succeeded"}, statusList(r))
		require.Equal(t, []string{"Ada"}, db.names)
		require.Len(t, executor.got, 1)
	})
}

func statusList(r clerkknock.Report) (all []string) {
	for _, s := range r.Steps {
		all = append(all, string(s.Status))
	}
	return all
}

func TestHandlersAreKeptInOrderUnlessToldOtherwise(t *testing.T) {
	t.Parallel()
	ordered, welcome := &mirror{}, &mirror{}
	unordered := clerkknock.Handle(clerk.UserCreated, welcome.handle)
	unordered.ID, unordered.Unordered = "welcome", true
	s := source(t, clerkknock.Config{Executor: &recorder{}, Mapper: clerkknock.NewMapper(
		clerkknock.Handle(clerk.UserCreated, ordered.handle),
		clerkknock.Handle(clerk.UserUpdated, ordered.handle), unordered)})
	process(t, s, "msg_2", user("updated", millis+1, "new"))
	r := process(t, s, "msg_1", user("created", millis, "old"))
	slices.SortFunc(r.Steps, func(a, b clerkknock.StepReport) int { return len(a.ID) - len(b.ID) })
	require.Equal(t, "succeeded stale", statuses(r))
	require.Equal(t, []string{"new"}, ordered.names)
	require.Equal(t, []string{"old"}, welcome.names)
}

func TestAHandlerThatPanicsOrFailsForGoodIsReported(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		fn   func(context.Context, clerk.Event[clerk.User]) error
		want clerkknock.StepStatus
	}{
		"panic": {func(context.Context, clerk.Event[clerk.User]) error { panic("oh") }, clerkknock.StepRetry},
		"permanent": {func(context.Context, clerk.Event[clerk.User]) error {
			return clerkknock.Permanent(errors.New("no"))
		}, clerkknock.StepFailed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			mapper := clerkknock.NewMapper(clerkknock.Handle(clerk.UserUpdated, test.fn))
			s := source(t, clerkknock.Config{Executor: &recorder{}, Mapper: mapper})
			r := process(t, s, "msg_1", user("updated", millis, "Ada"))
			require.Equal(t, test.want, r.Steps[0].Status)
			require.Positive(t, r.Steps[0].At.Add(time.Second).Unix())
		})
	}
	_, err := clerkknock.New(clerkknock.Config{SigningSecrets: []string{secret}, Executor: clerkknock.DryRun(nil),
		Mapper: clerkknock.NewMapper(clerkknock.Handle[clerk.User](clerk.UserUpdated, nil))})
	require.ErrorContains(t, err, "is made with Handle and has no function")
}

func TestAJoinedErrorIsPermanentOnlyIfAllOfItIs(t *testing.T) {
	t.Parallel()
	temporary, permanent := errors.New("later"), clerkknock.Permanent(errors.New("never"))
	require.False(t, clerkknock.IsPermanent(errors.Join(temporary, permanent)))
	require.False(t, clerkknock.IsPermanent(errors.Join(permanent, temporary)))
	require.True(t, clerkknock.IsPermanent(errors.Join(permanent, permanent)))
	require.False(t, clerkknock.IsPermanent(nil))
}

// What a handler has done says nothing of what Knock holds.
func TestAHandlerDoesNotMakeKnocksStepsStale(t *testing.T) {
	t.Parallel()
	executor, db := &recorder{}, &mirror{}
	never := func(clerk.Envelope) bool { return false }
	mapper := clerkknock.NewMapper(
		clerkknock.Mapping{Event: "user.created", Action: clerkknock.UsersIdentify,
			Params: clerkknock.Params{"id": clerkknock.Path("data.id")}},
		clerkknock.Mapping{Event: "user.updated", Action: clerkknock.UsersIdentify, When: never,
			Params: clerkknock.Params{"id": clerkknock.Path("data.id")}},
		clerkknock.Handle(clerk.UserUpdated, db.handle),
	)
	s := source(t, clerkknock.Config{Executor: executor, Mapper: mapper})
	r := process(t, s, "msg_2", user("updated", millis+1, "new"))
	require.ElementsMatch(t, []string{"skipped", "succeeded"}, statusList(r))
	require.Equal(t, "succeeded", statuses(process(t, s, "msg_1", user("created", millis, "old"))))
	require.Len(t, executor.got, 1)
}

func TestAHandlerAfterADeletionIsStale(t *testing.T) {
	t.Parallel()
	db := &mirror{}
	s := source(t, clerkknock.Config{Executor: &recorder{},
		Mapper: clerkknock.NewMapper(clerkknock.Handle(clerk.UserUpdated, db.handle))})
	process(t, s, "msg_2", user("deleted", millis+5000, ""))
	require.Equal(t, "stale", statuses(process(t, s, "msg_1", user("updated", millis, "old"))))
	require.Empty(t, db.names)
}

func TestAHandlerThatEndsItsGoroutineIsToComeAgain(t *testing.T) {
	t.Parallel()
	s := source(t, clerkknock.Config{Executor: &recorder{}, Mapper: clerkknock.NewMapper(
		clerkknock.Handle(clerk.UserUpdated, func(context.Context, clerk.Event[clerk.User]) error {
			runtime.Goexit()
			return nil
		}))})
	r := process(t, s, "msg_1", user("updated", millis, "Ada"))
	require.Equal(t, clerkknock.OutcomeRetry, r.Outcome)
}

// Who a user is in Knock is nothing to a handler: it is not run again.
func TestAHandlerIsNotDoneAgainWhenUsersGoByOtherNames(t *testing.T) {
	t.Parallel()
	db, store := &mirror{}, &ledger.Memory{}
	mapper := clerkknock.NewMapper(clerkknock.Handle(clerk.UserUpdated, db.handle))
	s := source(t, clerkknock.Config{Executor: &recorder{}, Mapper: mapper})
	process(t, s, "msg_1", user("updated", millis, "Ada"))
	require.NoError(t, s.SetMapper(mapper.ExternalUserIDs(store, nil)))
	require.Equal(t, "duplicate", statuses(process(t, s, "msg_1", user("updated", millis, "Ada"))))
}

func TestAnErrorMadeOfSeveralIsPermanentIfOneOfThemIs(t *testing.T) {
	t.Parallel()
	err := fmt.Errorf("%w: %w", errors.New("users"), clerkknock.Permanent(errors.New("no such user")))
	require.True(t, clerkknock.IsPermanent(err))
}
