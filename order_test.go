package clerkknock_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

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
