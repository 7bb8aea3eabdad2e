package clerkknock_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/clerkknock/clerkknock"
	"github.com/stretchr/testify/require"
)

// Two events of one user, of which the second happened first.
func TestTheOlderOfTwoEventsDoesNotWin(t *testing.T) {
	t.Parallel()
	event := func(kind, timestamp, updatedAt, name string) string {
		if updatedAt != "" {
			updatedAt = `,"updated_at":` + updatedAt
		}
		return fmt.Sprintf(`{"type":"user.%s","timestamp":%s,"data":{"id":"user_1","object":"user","first_name":%q%s}}`,
			kind, timestamp, name, updatedAt)
	}
	for name, test := range map[string]struct{ newer, older string }{
		"equal updated_at": {
			event("updated", "1790000001900", "1790000001000", "new"),
			event("updated", "1790000001100", "1790000001000", "old"),
		},
		"no updated_at": {
			event("updated", "1790000001900", "", "new"),
			event("updated", "1790000001100", "", "old"),
		},
		"the older has no updated_at": {
			event("updated", "1790000001900", "1790000001800", "new"),
			event("updated", "1790000001100", "", "old"),
		},
		"the newer has no updated_at": {
			event("updated", "1790000001900", "", "new"),
			event("updated", "1790000001100", "1790000001000", "old"),
		},
		"dates without a zone": {
			event("updated", "1790000001900", `"2026-09-21T13:33:22"`, "new"),
			event("updated", "1790000001900", `"2026-09-21 13:33:21"`, "old"),
		},
		"a deletion in whole seconds": {
			event("deleted", "1790000001000", "", ""),
			event("updated", "1790000001700", "1790000001500", "old"),
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			executor := &recorder{}
			mapper := clerkknock.DefaultMapper().Enable("user.deleted:users_delete")
			s := source(t, clerkknock.Config{Executor: executor, Mapper: mapper})
			r, err := s.Process(t.Context(), delivery("msg_newer", test.newer))
			require.NoError(t, err)
			require.Equal(t, clerkknock.OutcomeSucceeded, r.Outcome)
			r, err = s.Process(t.Context(), delivery("msg_older", test.older))
			require.NoError(t, err)
			require.Equal(t, "stale", statuses(r))
			require.Len(t, executor.got, 1)
			want := "a newer event has been applied, or attempted"
			if strings.Contains(test.newer, "deleted") {
				want = "it was deleted before"
			}
			require.Equal(t, want, r.Steps[0].Reason)
		})
	}
}

// The effect happens and its answer is lost: what is older must not undo it.
func TestANewerEventWhoseAnswerWasLostIsNotUndone(t *testing.T) {
	t.Parallel()
	var held []string
	lost := errors.New("connection reset by peer")
	executor := &recorder{}
	executor.fail = func(_ context.Context, inv clerkknock.Invocation) error {
		held = append(held, inv.Action.Text("name"))
		if inv.Action.Text("name") == "new" && len(held) == 1 {
			return lost
		}
		return nil
	}
	s := source(t, clerkknock.Config{Executor: executor})
	r := process(t, s, "msg_new", user("updated", millis+1, "new"))
	require.ErrorIs(t, r.Err, lost)
	require.Equal(t, "stale", statuses(process(t, s, "msg_old", user("updated", millis, "old"))))
	require.Equal(t, "succeeded", statuses(process(t, s, "msg_new", user("updated", millis+1, "new"))))
	require.Equal(t, []string{"new", "new"}, held, "never back")
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
