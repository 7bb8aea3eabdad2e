package clerkknock_test

import (
	"context"
	"sync"
	"testing"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/clerk"
	"github.com/clerkknock/clerkknock/ledger"
	"github.com/stretchr/testify/require"
)

// merging is a table whose users go by external_id and are merged when it changes.
func merging(store ledger.Aliases) *clerkknock.Mapper {
	return clerkknock.DefaultMapper().ExternalUserIDs(store, nil).With(clerkknock.Mapping{
		Event: "user.updated", Action: clerkknock.UsersMerge,
		Params: clerkknock.Params{"id": clerkknock.Path("data.id"), "from_user_id": clerkknock.Path("data.id")},
	})
}

func TestAUserIsMergedIntoEachNewName(t *testing.T) {
	t.Parallel()
	store := &ledger.Memory{}
	s, api := emulated(t, clerkknock.Config{Mapper: merging(store), Ledger: store})
	users := func() (ids []string) {
		for _, u := range api.Users() {
			ids = append(ids, u.ID)
		}
		return ids
	}
	process(t, s, "msg_1", externalUser("created", millis, "null"))
	require.Equal(t, []string{"user_1"}, users())
	r := process(t, s, "msg_2", externalUser("updated", millis+1, `"ext_1"`))
	require.Equal(t, "succeeded succeeded", statuses(r), r.Err)
	require.Equal(t, []string{"ext_1"}, users())
	process(t, s, "msg_3", externalUser("updated", millis+2, `"ext_2"`))
	require.Equal(t, []string{"ext_2"}, users())
	process(t, s, "msg_4", externalUser("updated", millis+3, "null"))
	require.Equal(t, []string{"user_1"}, users())
	process(t, s, "msg_5", membership("created", "user_1", millis+4, "E", millis))
	require.Equal(t, []string{"user_1"}, users())
}

func TestAMergeThatWasMappedLaterHappensOnAReplay(t *testing.T) {
	t.Parallel()
	store := &ledger.Memory{}
	s, api := emulated(t, clerkknock.Config{Mapper: clerkknock.DefaultMapper().ExternalUserIDs(store, nil), Ledger: store})
	process(t, s, "msg_1", externalUser("created", millis, "null"))
	body := externalUser("updated", millis+1, `"ext_1"`)
	process(t, s, "msg_2", body)
	require.Len(t, api.Users(), 2)
	require.NoError(t, s.SetMapper(merging(store)))
	require.Equal(t, clerkknock.OutcomeSucceeded, process(t, s, "msg_2", body).Outcome)
	require.Len(t, api.Users(), 1)
}

func TestWhatUserEventsSayIsRememberedThoughNothingIsMappedToThem(t *testing.T) {
	t.Parallel()
	store := &ledger.Memory{}
	mapper := clerkknock.DefaultMapper().Disable("user.updated:users_identify").ExternalUserIDs(store, nil)
	s := source(t, clerkknock.Config{Executor: &recorder{}, Mapper: mapper, Ledger: store})
	process(t, s, "msg_1", externalUser("created", millis, "null"))
	process(t, s, "msg_2", externalUser("updated", millis+1, `"ext_1"`))
	alias, known, err := store.Alias(t.Context(), clerk.UserEntity("user_1"))
	require.NoError(t, err)
	require.True(t, known)
	require.Equal(t, "ext_1", alias)
}

func TestALateEventNamesTheUserAsNewerOnesHaveIt(t *testing.T) {
	t.Parallel()
	store, executor := &ledger.Memory{}, &recorder{}
	mapper := clerkknock.DefaultMapper().ExternalUserIDs(store, nil).With(clerkknock.Mapping{
		Event: "user.created", Action: clerkknock.WorkflowsTrigger,
		Params: clerkknock.Params{"key": clerkknock.Literal("welcome"), "recipients": clerkknock.Path("data.id")},
	})
	s := source(t, clerkknock.Config{Executor: executor, Mapper: mapper, Ledger: store})
	process(t, s, "msg_2", externalUser("updated", millis+1, `"ext_1"`))
	require.Equal(t, "stale succeeded", statuses(process(t, s, "msg_1", externalUser("created", millis, "null"))))
	require.JSONEq(t, `"ext_1"`, string(executor.got[1].Action.Params["recipients"]))
}

func TestAnUnknownUserDoesNotHoldUpWhatComesBefore(t *testing.T) {
	t.Parallel()
	s, _ := byExternalID(t, nil)
	r := process(t, s, "msg_1", membership("created", "user_1", millis, "Engines", millis))
	require.Equal(t, "succeeded retry", statuses(r))
	require.Equal(t, clerkknock.ObjectsSubscribe, r.Steps[1].Action)
}

func TestADeletedUserOfWhomNobodyToldGoesByClerksID(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ external, want string }{
		"unknown":          {"", "user_1"},
		"told at last":     {`,"external_id":"ext_1"`, "ext_1"},
		"told to be empty": {`,"external_id":null`, "user_1"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			store, executor := &ledger.Memory{}, &recorder{}
			mapper := clerkknock.DefaultMapper().Enable("user.deleted:users_delete").ExternalUserIDs(store, nil)
			s := source(t, clerkknock.Config{Executor: executor, Mapper: mapper, Ledger: store})
			r := process(t, s, "msg_1", `{"type":"user.deleted","timestamp":1790000000000,
				"data":{"id":"user_1","object":"user","deleted":true`+test.external+`}}`)
			require.Equal(t, "succeeded", statuses(r), r.Err)
			require.Equal(t, test.want, executor.got[0].Action.Text("id"))
		})
	}
}

// A host may return the same action each time.
func TestAnActionOfTheHostsStaysAsItIs(t *testing.T) {
	t.Parallel()
	shared := clerkknock.NewAction(clerkknock.WorkflowsTrigger, map[string]any{
		"key": "k", "recipients": []string{"user_9"},
	})
	decide := func(context.Context, clerk.Event[clerk.User]) ([]clerkknock.Action, error) {
		return []clerkknock.Action{shared}, nil
	}
	rename := func(_ context.Context, _ clerk.Envelope, clerkID string) (string, error) {
		return "user_x" + clerkID, nil
	}
	executor := &recorder{}
	s := source(t, clerkknock.Config{Executor: executor,
		Mapper: clerkknock.NewMapper(clerkknock.On(clerk.UserCreated, decide)).UserIDs("x", rename)})
	var all sync.WaitGroup
	for _, id := range []string{"a", "b", "c", "d"} {
		all.Go(func() { process(t, s, id, `{"type":"user.created","data":{"id":"`+id+`"}}`) })
	}
	all.Wait()
	for _, inv := range executor.got {
		require.JSONEq(t, `["user_xuser_9"]`, string(inv.Action.Params["recipients"]))
	}
}

func TestAnInboxStoresWhatTellsWhoAUserIs(t *testing.T) {
	t.Parallel()
	box := &inbox{}
	mapper := clerkknock.NewMapper().ExternalUserIDs(&ledger.Memory{}, nil)
	h := serve(t, clerkknock.Config{Inbox: box, Mapper: mapper})
	require.Equal(t, 202, h.post(t, "msg_1", userCreated).status)
	require.Equal(t, 200, h.post(t, "msg_2", `{"type":"session.created","data":{"id":"s"}}`).status)
	require.Len(t, box.got, 1)
}
