package clerkknock_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"testing"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/knock"
	"github.com/clerkknock/clerkknock/knock/knocktest"
	"github.com/stretchr/testify/require"
)

// emulated is a Source that writes into an emulated Knock.
func emulated(t *testing.T, c clerkknock.Config) (*clerkknock.Source, *knocktest.API) {
	t.Helper()
	api := knocktest.New(knocktest.Config{})
	server := httptest.NewServer(api)
	t.Cleanup(server.Close)
	var err error
	c.Executor, err = knock.New(knock.Config{APIKey: "sk_test", BaseURL: server.URL})
	require.NoError(t, err)
	return source(t, c), api
}

func membership(kind, user string, timestamp int64, organizationName string, organizationUpdatedAt int64) string {
	return fmt.Sprintf(`{"type":"organizationMembership.%s","timestamp":%d,"data":{
		"id":"orgmem_1","object":"organization_membership",
		"role":"org:member","organization":{"id":"org_1","object":"organization","name":%q,"updated_at":%d},
		"public_user_data":{"user_id":%q},"updated_at":%d}}`,
		kind, timestamp, organizationName, organizationUpdatedAt, user, timestamp)
}

func organization(kind, name string, updatedAt int64) string {
	return fmt.Sprintf(`{"type":"organization.%s","timestamp":%d,
		"data":{"id":"org_1","object":"organization","name":%q,"updated_at":%d}}`,
		kind, updatedAt, name, updatedAt)
}

func process(t *testing.T, s *clerkknock.Source, id, body string) clerkknock.Report {
	t.Helper()
	r, _ := s.Process(t.Context(), delivery(id, body))
	return r
}

func TestAMembershipBringsItsOrganizationAlong(t *testing.T) {
	t.Parallel()
	s, api := emulated(t, clerkknock.Config{})
	r := process(t, s, "msg_1", membership("created", "user_1", millis+9, "Engines", millis))
	require.Equal(t, clerkknock.OutcomeSucceeded, r.Outcome, r.Err)
	require.Equal(t, "Engines", api.Tenants()[0].Properties["name"])
	require.Len(t, api.Subscriptions("$tenants", "org_1"), 1)

	r = process(t, s, "msg_2", membership("created", "user_2", millis+10, "Engines", millis))
	require.Equal(t, "stale succeeded", statuses(r), "the organization is known")
	require.Len(t, api.Subscriptions("$tenants", "org_1"), 2)
}

func TestAMembershipDoesNotSetAnOlderStateOfItsOrganization(t *testing.T) {
	t.Parallel()
	s, api := emulated(t, clerkknock.Config{})
	require.Equal(t, "succeeded", statuses(process(t, s, "msg_1", organization("updated", "new", millis+5))))
	r := process(t, s, "msg_2", membership("created", "user_1", millis+9, "old", millis))
	require.Equal(t, "stale succeeded", statuses(r))
	require.Equal(t, "new", api.Tenants()[0].Properties["name"])
	r = process(t, s, "msg_3", membership("created", "user_2", millis+9, "newest", millis+6))
	require.Equal(t, "succeeded succeeded", statuses(r))
	require.Equal(t, "newest", api.Tenants()[0].Properties["name"])
	require.Equal(t, "stale", statuses(process(t, s, "msg_4", organization("updated", "new", millis+5))),
		"what the membership brought along counts for the organization's own events")
}

func TestAMembershipDoesNotBringADeletedOrganizationBack(t *testing.T) {
	t.Parallel()
	s, api := emulated(t, clerkknock.Config{})
	process(t, s, "msg_1", organization("deleted", "", millis+99_000))
	r := process(t, s, "msg_2", membership("created", "user_1", millis+9, "old", millis))
	require.Equal(t, clerkknock.StepStale, r.Steps[0].Status)
	require.Equal(t, "it was deleted before", r.Steps[0].Reason)
	require.Empty(t, api.Tenants())
}

func TestAMembershipWithoutTenantsEndsAtOnceAndNamesTheTenant(t *testing.T) {
	t.Parallel()
	mapper := clerkknock.DefaultMapper().
		Disable("organization.created:tenants_set", "organization.updated:tenants_set").
		Disable("organizationMembership.created:tenants_set")
	s, _ := emulated(t, clerkknock.Config{Mapper: mapper})
	r := process(t, s, "msg_1", membership("created", "user_1", millis, "Engines", millis))
	require.Equal(t, clerkknock.OutcomeFailed, r.Outcome)
	require.ErrorContains(t, r.Err, "$tenants/org_1")
	require.ErrorContains(t, r.Err, "no mapping sets it")
}

func TestASessionIdentifiesItsUserBeforeTheTrigger(t *testing.T) {
	t.Parallel()
	mapper := clerkknock.DefaultMapper().Enable("session.created:users_identify", "session.created:workflows_trigger")
	session := func(user string) string {
		return `{"type":"session.created","timestamp":1790000000020,"data":{
			"object":"session","id":"sess_1","user_id":"user_1","status":"active","actor":{"sub":"user_support"},
			"updated_at":1790000000010` + user + `}}`
	}
	s, api := emulated(t, clerkknock.Config{Mapper: mapper})
	r := process(t, s, "msg_1", session(`,"user":null`))
	require.Equal(t, "skipped succeeded", statuses(r))
	require.Equal(t, "there is no object with an id at data.user", r.Steps[0].Reason)

	const ada = `,"user":{"id":"user_1","object":"user","first_name":"Ada","updated_at":1790000000000}`
	r = process(t, s, "msg_2", session(ada))
	require.Equal(t, "succeeded succeeded", statuses(r))
	require.Equal(t, "Ada", api.Users()[0].Properties["name"])
	actor := api.Triggers()[1].Data["actor"]
	require.Equal(t, map[string]any{"sub": "user_support"}, actor, "the workflow can tell who signed in")
}

func TestNobodyIsNotEverybody(t *testing.T) {
	t.Parallel()
	mapping := func(recipients clerkknock.Value) clerkknock.Mapping {
		return clerkknock.Mapping{Event: "session.ended", Action: clerkknock.WorkflowsCancel, Params: clerkknock.Params{
			"key": clerkknock.Literal("reminder"), "cancellation_key": clerkknock.Path("data.id"), "recipients": recipients,
		}}
	}
	for name, user := range map[string]string{
		"missing": "", "null": `,"user_id":null`, "empty": `,"user_id":[]`, "nothing but null": `,"user_id":[null]`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			executor := &recorder{}
			mapper := clerkknock.NewMapper(mapping(clerkknock.Path("data.user_id")))
			s := source(t, clerkknock.Config{Executor: executor, Mapper: mapper})
			r := process(t, s, "msg_1", `{"type":"session.ended","data":{"id":"sess_1"`+user+`}}`)
			require.Equal(t, "skipped", statuses(r))
			require.Contains(t, r.Steps[0].Reason, `parameter "recipients" resolves to nothing`)
			require.Empty(t, executor.got)
		})
	}
	t.Run("an action of the host's own", func(t *testing.T) {
		t.Parallel()
		decide := func(context.Context, clerkEvent) ([]clerkknock.Action, error) {
			return []clerkknock.Action{clerkknock.NewAction(clerkknock.WorkflowsCancel, map[string]any{
				"key": "reminder", "cancellation_key": "x", "recipients": []string{},
			})}, nil
		}
		executor := &recorder{}
		mapper := clerkknock.NewMapper(clerkknock.On("session.ended", decide))
		s := source(t, clerkknock.Config{Executor: executor, Mapper: mapper})
		require.Equal(t, "skipped", statuses(process(t, s, "msg_1", `{"type":"session.ended","data":{"id":"sess_1"}}`)))
		require.Empty(t, executor.got)
	})
}

func TestAnAboutStepIsDoneAgainWhenAsked(t *testing.T) {
	t.Parallel()
	executor := &recorder{}
	s := source(t, clerkknock.Config{Executor: executor})
	body := membership("created", "user_1", millis+9, "Engines", millis)
	require.Equal(t, "succeeded succeeded", statuses(process(t, s, "msg_1", body)))
	r, err := s.Reprocess(t.Context(), delivery("msg_1", body))
	require.NoError(t, err)
	require.Equal(t, "succeeded succeeded", statuses(r))

	const id = "organizationMembership.created:tenants_set"
	mended := clerkknock.DefaultMapper().Set(id, clerkknock.Params{"name": clerkknock.Literal("mended")})
	require.NoError(t, s.SetMapper(mended))
	require.Equal(t, "succeeded duplicate", statuses(process(t, s, "msg_1", body)))
	require.Equal(t, "mended", executor.got[4].Action.Text("name"))
}

func TestAMemberOfADeletedOrganizationIsNotWaitedFor(t *testing.T) {
	t.Parallel()
	s, _ := emulated(t, clerkknock.Config{})
	process(t, s, "msg_1", organization("deleted", "", millis+99_000))
	r := process(t, s, "msg_2", membership("created", "user_1", millis+9, "old", millis))
	require.Equal(t, "stale failed", statuses(r))
}

func TestAnActionMayBeAboutWhatTheEventIsAbout(t *testing.T) {
	t.Parallel()
	executor := &recorder{}
	s := source(t, clerkknock.Config{Executor: executor, Mapper: clerkknock.NewMapper(clerkknock.Mapping{
		Event: "organization.updated", Action: clerkknock.TenantsSet, About: "data",
		Params: clerkknock.Params{"id": clerkknock.Path("data.id")},
	})})
	require.Equal(t, "succeeded", statuses(process(t, s, "msg_1", organization("updated", "a", millis+1))))
	require.Equal(t, "stale", statuses(process(t, s, "msg_2", organization("updated", "b", millis))))
}

func TestAnEventMaySetTwoThingsOfWhatItBringsAlong(t *testing.T) {
	t.Parallel()
	executor := &recorder{}
	set := func(id string) clerkknock.Mapping {
		return clerkknock.Mapping{ID: id, Event: "organizationMembership.created", Action: clerkknock.TenantsSet,
			About: "data.organization", Params: clerkknock.Params{"id": clerkknock.Path("data.organization.id")}}
	}
	s := source(t, clerkknock.Config{Executor: executor, Mapper: clerkknock.NewMapper(set("first"), set("second"))})
	body := membership("created", "user_1", millis+9, "Engines", millis)
	require.Equal(t, "succeeded succeeded", statuses(process(t, s, "msg_1", body)))
	require.Equal(t, "duplicate duplicate", statuses(process(t, s, "msg_1", body)))
	require.Equal(t, "stale stale", statuses(process(t, s, "msg_2", body)), "this state is known")
}
