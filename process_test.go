package clerkknock_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/clerk"
	"github.com/stretchr/testify/require"
)

// source is a Source without HTTP around it.
func source(t *testing.T, c clerkknock.Config) *clerkknock.Source {
	t.Helper()
	c.SigningSecrets = []string{secret}
	c.Logger = slog.New(slog.DiscardHandler)
	s, err := clerkknock.New(c)
	require.NoError(t, err)
	return s
}

func delivery(id, body string) clerkknock.Delivery {
	return clerkknock.Delivery{ID: id, Body: []byte(body)}
}

func user(kind string, updated int64, name string) string {
	return fmt.Sprintf(`{"type":"user.%s","timestamp":%d,"data":{"id":"user_1","first_name":%q,"updated_at":%d}}`,
		kind, updated, name, updated)
}

const millis = int64(1_700_000_000_000)

func statuses(r clerkknock.Report) string {
	var all []string
	for _, s := range r.Steps {
		all = append(all, string(s.Status))
	}
	return strings.Join(all, " ")
}

// three is a mapper with three steps for one event.
func three() *clerkknock.Mapper {
	id := clerkknock.Path("data.id")
	return clerkknock.NewMapper(
		clerkknock.Mapping{
			ID: "one", Event: "user.updated", Action: clerkknock.UsersIdentify, Params: clerkknock.Params{"id": id},
		},
		clerkknock.Mapping{
			ID: "two", Event: "user.updated", Action: clerkknock.TenantsSet, Params: clerkknock.Params{"id": id},
		},
		clerkknock.Mapping{
			ID:     "three",
			Event:  "user.updated",
			Action: clerkknock.WorkflowsTrigger,
			Params: clerkknock.Params{"key": id, "recipients": id},
		},
	)
}

func TestARetryResumesAtTheFailedStep(t *testing.T) {
	t.Parallel()
	failing := "two"
	executor := &recorder{fail: func(_ context.Context, inv clerkknock.Invocation) error {
		if inv.MappingID == failing {
			return errors.New("boom")
		}
		return nil
	}}
	s := source(t, clerkknock.Config{Executor: executor, Mapper: three()})
	run := func() string {
		r, _ := s.Process(t.Context(), delivery("msg_1", user("updated", millis, "A")))
		return string(r.Outcome) + ": " + statuses(r)
	}
	require.Equal(t, "retry: succeeded retry pending", run())
	failing = "three"
	require.Equal(t, "retry: duplicate succeeded retry", run())
	failing = ""
	require.Equal(t, "succeeded: duplicate duplicate succeeded", run())
	require.Equal(t, "duplicate: duplicate duplicate duplicate", run())
	require.Equal(t, []string{"one", "two", "two", "three", "three"}, executor.mappings())
}

func TestAPermanentFailureDoesNotStopTheOtherSteps(t *testing.T) {
	t.Parallel()
	executor := &recorder{fail: func(_ context.Context, inv clerkknock.Invocation) error {
		if inv.MappingID == "one" {
			return clerkknock.Permanent(errors.New("boom"))
		}
		return nil
	}}
	s := source(t, clerkknock.Config{Executor: executor, Mapper: three()})
	r, err := s.Process(t.Context(), delivery("msg_1", user("updated", millis, "A")))
	require.True(t, clerkknock.IsPermanent(err))
	require.Equal(t, "failed succeeded succeeded", statuses(r))
	r, _ = s.Process(t.Context(), delivery("msg_1", user("updated", millis, "A")))
	require.Equal(t, "failed duplicate duplicate", statuses(r), "only the failed one is tried again")
}

// The end of our own budget says nothing about an action, whatever it is marked with.
func TestASpentBudgetIsNeverPermanent(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		executor := &recorder{fail: func(ctx context.Context, _ clerkknock.Invocation) error {
			<-ctx.Done()
			return clerkknock.Permanent(ctx.Err())
		}}
		s := source(t, clerkknock.Config{Executor: executor, Mapper: three()})
		r, err := s.Process(t.Context(), delivery("msg_1", user("updated", millis, "A")))
		require.Equal(t, "retry pending pending", statuses(r))
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.False(t, clerkknock.IsPermanent(err))
	})
}

func TestAnIDTooLongToRememberIsProcessedEachTime(t *testing.T) {
	t.Parallel()
	for _, id := range []string{"", strings.Repeat("m", 256)} {
		t.Run(fmt.Sprint(len(id), " bytes"), func(t *testing.T) {
			t.Parallel()
			executor := &recorder{}
			s := source(t, clerkknock.Config{Executor: executor, Mapper: three()})
			for range 2 {
				r, err := s.Process(t.Context(), delivery(id, user("updated", millis, "A")))
				require.NoError(t, err)
				require.Equal(t, clerkknock.OutcomeSucceeded, r.Outcome)
			}
			require.Len(t, executor.got, 6)
		})
	}
}

func TestAnOlderEventDoesNotUndoANewerOne(t *testing.T) {
	t.Parallel()
	executor := &recorder{}
	mapper := clerkknock.DefaultMapper().With(
		clerkknock.Mapping{
			Event:  "user.updated",
			Action: clerkknock.WorkflowsTrigger,
			Params: clerkknock.Params{"key": clerkknock.Literal("changed"), "recipients": clerkknock.Path("data.id")},
		},
		clerkknock.Mapping{
			ID:        "unordered",
			Event:     "user.updated",
			Action:    clerkknock.ObjectsSet,
			Unordered: true,
			Params:    clerkknock.Params{"collection": clerkknock.Literal("c"), "id": clerkknock.Path("data.id")},
		},
	)
	s := source(t, clerkknock.Config{Executor: executor, Mapper: mapper})
	run := func(id, body string) string {
		r, err := s.Process(t.Context(), delivery(id, body))
		require.NoError(t, err)
		return statuses(r)
	}
	require.Equal(t, "succeeded succeeded succeeded", run("msg_2", user("updated", millis+2000, "new")))
	require.Equal(t, "stale", run("msg_0", user("created", millis, "old")))
	require.Equal(t, "stale succeeded succeeded", run("msg_1", user("updated", millis+1000, "old")),
		"triggers and what is said to be unordered are not held back")
	require.Equal(t, "succeeded succeeded succeeded", run("msg_3", user("updated", millis+2000, "same time")),
		"equal is not older")
	require.Equal(t, "succeeded succeeded succeeded", run("msg_4", `{"type":"user.updated","data":{"id":"user_1"}}`),
		"no time says nothing")
	require.Equal(t, "succeeded succeeded succeeded",
		run("msg_5", strings.ReplaceAll(user("updated", millis, "other"), "user_1", "user_2")), "another user")
}

func TestALateUpdateDoesNotBringADeletedUserBack(t *testing.T) {
	t.Parallel()
	for name, mapper := range map[string]*clerkknock.Mapper{
		"nothing is mapped to the deletion": clerkknock.DefaultMapper(),
		"the deletion is mapped":            clerkknock.DefaultMapper().Enable("user.deleted:users_delete"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			executor := &recorder{}
			s := source(t, clerkknock.Config{Executor: executor, Mapper: mapper})
			_, err := s.Process(t.Context(), delivery("msg_2", user("deleted", millis+1000, "")))
			require.NoError(t, err)
			before := len(executor.got)
			for id, at := range map[string]int64{"msg_0": millis, "msg_1": millis + 1000} {
				r, err := s.Process(t.Context(), delivery(id, user("updated", at, "ghost")))
				require.NoError(t, err)
				require.Equal(t, "stale", statuses(r))
			}
			require.Len(t, executor.got, before)
		})
	}
}

// Even while the deletion itself still waits for Knock.
func TestADeletionCountsBeforeItHasSucceeded(t *testing.T) {
	t.Parallel()
	executor := &recorder{fail: func(context.Context, clerkknock.Invocation) error { return errors.New("down") }}
	s := source(t, clerkknock.Config{
		Executor: executor, Mapper: clerkknock.DefaultMapper().Enable("user.deleted:users_delete"),
	})
	r, _ := s.Process(t.Context(), delivery("msg_2", user("deleted", millis+1000, "")))
	require.Equal(t, "retry", statuses(r))
	executor.fail = nil
	r, _ = s.Process(t.Context(), delivery("msg_1", user("updated", millis, "ghost")))
	require.Equal(t, "stale", statuses(r))
	r, _ = s.Process(t.Context(), delivery("msg_2", user("deleted", millis+1000, "")))
	require.Equal(t, "succeeded", statuses(r))
}

// A step that has succeeded counts although the event as a whole has not.
func TestAHalfAppliedEventIsNotUndone(t *testing.T) {
	t.Parallel()
	down := true
	executor := &recorder{fail: func(_ context.Context, inv clerkknock.Invocation) error {
		if inv.Action.Type == clerkknock.TenantsSet && down {
			return errors.New("down")
		}
		return nil
	}}
	s := source(t, clerkknock.Config{Executor: executor, Mapper: three()})
	r, _ := s.Process(t.Context(), delivery("msg_2", user("updated", millis+1000, "new")))
	require.Equal(t, "succeeded retry pending", statuses(r))
	down = false
	r, _ = s.Process(t.Context(), delivery("msg_1", user("updated", millis, "old")))
	require.Equal(t, "stale stale succeeded", statuses(r))
	r, _ = s.Process(t.Context(), delivery("msg_2", user("updated", millis+1000, "new")))
	require.Equal(t, "duplicate succeeded succeeded", statuses(r))
}

// What is mapped to the creation alone is done, however late it comes.
func TestAnEventThatWasOvertakenDoesWhatOnlyItDoes(t *testing.T) {
	t.Parallel()
	member := clerkknock.Mapping{
		Event:  "user.created",
		Action: clerkknock.AudiencesAddMember,
		Params: clerkknock.Params{"key": clerkknock.Literal("everybody"), "members": clerkknock.Path("data.id")},
	}
	executor := &recorder{}
	s := source(t, clerkknock.Config{Executor: executor, Mapper: clerkknock.DefaultMapper().With(member)})
	_, err := s.Process(t.Context(), delivery("msg_2", user("updated", millis+1000, "new")))
	require.NoError(t, err)
	r, err := s.Process(t.Context(), delivery("msg_1", user("created", millis, "old")))
	require.NoError(t, err)
	require.Equal(t, "stale succeeded", statuses(r))

	// But not when another event could have said otherwise, nor after the end.
	removed := clerkknock.Mapping{Event: "user.updated", Action: clerkknock.AudiencesRemoveMember, Params: member.Params}
	s = source(t, clerkknock.Config{Executor: executor, Mapper: clerkknock.NewMapper(member, removed)})
	_, _ = s.Process(t.Context(), delivery("msg_2", user("updated", millis+1000, "new")))
	r, _ = s.Process(t.Context(), delivery("msg_1", user("created", millis, "old")))
	require.Equal(t, "stale", statuses(r))
	s = source(t, clerkknock.Config{Executor: executor, Mapper: clerkknock.NewMapper(member)})
	_, _ = s.Process(t.Context(), delivery("msg_3", user("deleted", millis+1000, "")))
	r, _ = s.Process(t.Context(), delivery("msg_1", user("created", millis, "old")))
	require.Equal(t, "stale", statuses(r))
}

// The pair of user and organization is what counts, not the membership's id.
func TestMembershipsEndInTheNewestStateInAnyOrder(t *testing.T) {
	t.Parallel()
	event := func(kind, membership, role string, at int64) string {
		return fmt.Sprintf(`{"type":"organizationMembership.%s","timestamp":%d,"data":{"id":%q,"role":%q,
			"organization":{"id":"org_1"},"public_user_data":{"user_id":"user_1"},"updated_at":%d}}`,
			kind, at, membership, role, at)
	}
	events := []string{
		event("created", "orgmem_1", "org:member", millis),
		event("deleted", "orgmem_1", "org:member", millis+1000),
		event("created", "orgmem_2", "org:admin", millis+2000),
	}
	ended := append(events[:2:2], event("deleted", "orgmem_1", "org:member", millis+1500))
	for want, events := range map[string][]string{"subscribed as org:admin": events, "unsubscribed": ended} {
		for _, order := range [][]int{{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}} {
			t.Run(fmt.Sprint(want, ", arriving as ", order), func(t *testing.T) {
				t.Parallel()
				state := "nothing"
				executor := &recorder{fail: func(_ context.Context, inv clerkknock.Invocation) error {
					state = "unsubscribed"
					if inv.Action.Type == clerkknock.ObjectsSubscribe {
						var properties struct{ Role string }
						require.NoError(t, json.Unmarshal(inv.Action.Params["properties"], &properties))
						state = "subscribed as " + properties.Role
					}
					return nil
				}}
				s := source(t, clerkknock.Config{Executor: executor})
				for _, i := range order {
					_, err := s.Process(t.Context(), delivery(fmt.Sprint("msg_", i), events[i]))
					require.NoError(t, err)
				}
				require.Equal(t, want, state)
			})
		}
	}
}

func TestASlowOlderCallCannotLandAfterANewerOne(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		var landed []string
		executor := &recorder{fail: func(_ context.Context, inv clerkknock.Invocation) error {
			name := inv.Action.Text("name")
			if name == "old" {
				time.Sleep(5 * time.Second) // the clock of the bubble
			}
			mu.Lock()
			defer mu.Unlock()
			landed = append(landed, name)
			return nil
		}}
		s := source(t, clerkknock.Config{Executor: executor})
		var all sync.WaitGroup
		all.Go(func() { _, _ = s.Process(t.Context(), delivery("msg_1", user("updated", millis, "old"))) })
		synctest.Wait()
		all.Go(func() { _, _ = s.Process(t.Context(), delivery("msg_2", user("updated", millis+1, "new"))) })
		all.Go(func() {
			_, _ = s.Process(t.Context(),
				delivery("msg_3", strings.ReplaceAll(user("updated", millis, "other"), "user_1", "user_2")))
		})
		all.Wait()
		require.Equal(t, []string{"other", "old", "new"}, landed, "another entity does not wait")
	})
}

func TestAHundredConcurrentDeliveriesOfOneMessageExecuteOnce(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	h := serve(t, clerkknock.Config{})
	h.executor.fail = func(context.Context, clerkknock.Invocation) error { <-release; return nil }
	var done, busy atomic.Int32
	var all sync.WaitGroup
	for range 100 {
		all.Go(func() {
			a := h.post(t, "msg_1", userCreated)
			switch a.status {
			case 200:
				done.Add(1)
			case 503:
				if busy.Add(1) == 99 {
					close(release) // the first one ends when all the others have been sent away
				}
			default:
				t.Errorf("status %d", a.status)
			}
		})
	}
	all.Wait()
	require.Len(t, h.executor.got, 1)
	require.Equal(t, int32(1), done.Load())
	require.Equal(t, int32(99), busy.Load())
	require.Equal(t, clerkknock.OutcomeDuplicate, h.post(t, "msg_1", userCreated).report.Outcome)
}

func TestRenderingIsDeterministic(t *testing.T) {
	t.Parallel()
	executor := &recorder{}
	mapper := clerkknock.DefaultMapper().
		Preprocess(func(context.Context, clerk.Envelope) (map[string]any, error) {
			return map[string]any{"b": 1, "a": map[string]any{"z": 1, "y": 2}}, nil
		}).
		Set("user.created:users_identify", clerkknock.Params{
			"properties": clerkknock.Object(clerkknock.Params{"p": clerkknock.Path("preprocess")}),
		})
	for range 50 {
		s := source(t, clerkknock.Config{Executor: executor, Mapper: mapper}) // remembers nothing
		_, err := s.Process(t.Context(), clerkknock.Delivery{
			ID: "msg_1", Body: []byte(userCreated), Header: http.Header{"X-Other": {time.Now().String()}},
		})
		require.NoError(t, err)
	}
	for _, inv := range executor.got {
		inv.Event.Header = executor.got[0].Event.Header // what the request brought along
		require.Equal(t, executor.got[0], inv)
	}
}

func TestShutdownFinishesWhatIsInFlightAndLeavesNothingBehind(t *testing.T) {
	goroutines, files := runtime.NumGoroutine(), openFiles(t)
	started, finish := make(chan struct{}, 10), make(chan struct{})
	executor := &recorder{fail: func(context.Context, clerkknock.Invocation) error {
		started <- struct{}{}
		<-finish
		return nil
	}}
	h := serve(t, clerkknock.Config{Executor: executor})
	var all sync.WaitGroup
	var succeeded atomic.Int32
	for i := range 10 {
		all.Go(func() {
			body := strings.ReplaceAll(userCreated, "user_1", fmt.Sprint("user_", i))
			if h.post(t, fmt.Sprint("msg_", i), body).status == 200 {
				succeeded.Add(1)
			}
		})
	}
	for range 10 {
		<-started
	}
	stopped := make(chan error)
	go func() { stopped <- h.Config.Shutdown(t.Context()) }()
	close(finish)
	require.NoError(t, <-stopped)
	all.Wait()
	require.Equal(t, int32(10), succeeded.Load())
	h.Close()
	h.Client().CloseIdleConnections()
	require.Eventually(t, func() bool {
		return runtime.NumGoroutine() <= goroutines+1 && openFiles(t) <= files // one is Eventually's own
	}, 5*time.Second, 10*time.Millisecond)
}

// openFiles counts the descriptors of this process where the system shows them.
func openFiles(t *testing.T) int {
	t.Helper()
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return 0
	}
	return len(entries)
}
