package clerkknock_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/clerk"
	"github.com/clerkknock/clerkknock/ledger"
	"github.com/stretchr/testify/require"
)

func externalUser(kind string, updatedAt int64, externalID string) string {
	return fmt.Sprintf(`{"type":"user.%s","timestamp":%d,"data":{
		"id":"user_1","object":"user","external_id":%s,"first_name":"Ada",
		"updated_at":%d}}`, kind, updatedAt, externalID, updatedAt)
}

// byExternalID is a Source whose users go by their external_id in an emulated Knock.
func byExternalID(t *testing.T, lookup func(context.Context, string) (string, error),
) (*clerkknock.Source, func() []string) {
	t.Helper()
	store := &ledger.Memory{}
	mapper := clerkknock.DefaultMapper().ExternalUserIDs(store, lookup)
	s, api := emulated(t, clerkknock.Config{Mapper: mapper, Ledger: store})
	return s, func() (ids []string) {
		for _, u := range api.Users() {
			ids = append(ids, u.ID)
		}
		return ids
	}
}

func TestAUserHasOneNameWhereverItComesFrom(t *testing.T) {
	t.Parallel()
	s, users := byExternalID(t, nil)
	require.Equal(t, "succeeded", statuses(process(t, s, "msg_1", externalUser("created", millis, `"customer-1815"`))))
	r := process(t, s, "msg_2", membership("created", "user_1", millis+5, "Engines", millis))
	require.Equal(t, "succeeded succeeded", statuses(r), r.Err)
	require.Equal(t, []string{"customer-1815"}, users(), "the membership names nobody else")
}

func TestAMembershipWaitsForItsUsersName(t *testing.T) {
	t.Parallel()
	s, users := byExternalID(t, nil)
	body := membership("created", "user_1", millis+5, "Engines", millis)
	r := process(t, s, "msg_2", body)
	require.Equal(t, clerkknock.OutcomeRetry, r.Outcome)
	require.ErrorContains(t, r.Err, "external_id")
	require.Empty(t, users())
	process(t, s, "msg_1", externalUser("created", millis, `null`))
	require.Equal(t, clerkknock.OutcomeSucceeded, process(t, s, "msg_2", body).Outcome)
	require.Equal(t, []string{"user_1"}, users(), "a user without an external_id goes by Clerk's id")
}

func TestAnUnknownUserIsLookedUp(t *testing.T) {
	t.Parallel()
	boom := errors.New("clerk is down")
	s, users := byExternalID(t, func(_ context.Context, clerkID string) (string, error) {
		if clerkID == "user_2" {
			return "", boom
		}
		return "looked-up", nil
	})
	r := process(t, s, "msg_1", membership("created", "user_1", millis, "E", millis))
	require.Equal(t, clerkknock.OutcomeSucceeded, r.Outcome)
	require.Equal(t, []string{"looked-up"}, users())
	r = process(t, s, "msg_2", membership("created", "user_2", millis, "E", millis))
	require.Equal(t, clerkknock.OutcomeRetry, r.Outcome)
	require.ErrorIs(t, r.Err, boom)
}

func TestUsersAreRenamedWhereverAnActionNamesThem(t *testing.T) {
	t.Parallel()
	rename := func(_ context.Context, _ clerk.Envelope, clerkID string) (string, error) { return "k_" + clerkID, nil }
	decide := func(context.Context, clerk.Event[clerk.User]) ([]clerkknock.Action, error) {
		return []clerkknock.Action{
			clerkknock.NewAction(clerkknock.WorkflowsTrigger, map[string]any{
				"key": "welcome", "actor": "user_9", "data": map[string]any{"id": "user_1"}, "recipients": []any{
					"user_1", "ops", map[string]any{"id": "user_2", "manager": "user_3"},
					map[string]any{"collection": "teams", "id": "user_4"},
				}}),
			clerkknock.NewAction(clerkknock.AudiencesAddMember, map[string]any{
				"key": "vip", "members": []any{map[string]any{"user": map[string]any{"id": "user_1"}}},
			}),
		}, nil
	}
	executor := &recorder{}
	s := source(t, clerkknock.Config{Executor: executor,
		Mapper: clerkknock.NewMapper(clerkknock.On(clerk.UserCreated, decide)).UserIDs("prefixed", rename)})
	require.Equal(t, "succeeded succeeded", statuses(process(t, s, "msg_1", externalUser("created", millis, "null"))))
	members, trigger := executor.got[0].Action.Params, executor.got[1].Action.Params
	require.JSONEq(t, `[{"user":{"id":"k_user_1"}}]`, string(members["members"]))
	require.JSONEq(t, `"k_user_9"`, string(trigger["actor"]))
	require.JSONEq(t, `["k_user_1","ops",{"id":"k_user_2","manager":"user_3"},{"collection":"teams","id":"user_4"}]`,
		string(trigger["recipients"]))
	require.JSONEq(t, `{"id":"user_1"}`, string(trigger["data"]), "data is the workflow's")
}

func TestUserIDsNeedAFunctionAndAStore(t *testing.T) {
	t.Parallel()
	require.ErrorContains(t, clerkknock.DefaultMapper().UserIDs("", nil).Err(), "UserIDs: needs a name and a function")
	require.ErrorContains(t, clerkknock.DefaultMapper().ExternalUserIDs(nil, nil).Err(), "ExternalUserIDs: needs a store")
}
