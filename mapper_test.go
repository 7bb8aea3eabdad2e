package clerkknock_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/clerk"
	"github.com/stretchr/testify/require"
)

// ids returns the IDs of the steps that a mapper plans for an event type.
func ids(t *testing.T, m *clerkknock.Mapper, event string) []string {
	t.Helper()
	steps, err := m.Rehearse(t.Context(), clerkknock.Delivery{Body: []byte(`{"type":"` + event + `","data":{"id":"x"}}`)})
	require.NoError(t, err)
	var all []string
	for _, s := range steps {
		all = append(all, s.ID)
	}
	return all
}

func mappingFor(event string, action clerkknock.ActionType) clerkknock.Mapping {
	return clerkknock.Mapping{Event: event, Action: action, Params: clerkknock.Params{"id": clerkknock.Path("data.id")}}
}

func TestMapperChangesOnlyTheCopy(t *testing.T) {
	t.Parallel()
	base := clerkknock.DefaultMapper()
	for name, changed := range map[string]*clerkknock.Mapper{
		"Disable": base.Disable("user.created:users_identify"),
		"Without": base.Without("user.created:users_identify"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.NoError(t, changed.Err())
			require.Empty(t, ids(t, changed, "user.created"))
		})
	}
	set := base.Set("user.created:users_identify", clerkknock.Params{"id": clerkknock.Literal("other")})
	require.NoError(t, set.Err())
	with := base.With(mappingFor("waitlistEntry.created", clerkknock.UsersIdentify))
	require.NoError(t, with.Err())
	require.Equal(t, []string{"waitlistEntry.created:users_identify"}, ids(t, with, "waitlistEntry.created"))

	require.Equal(t, []string{"user.created:users_identify"}, ids(t, base, "user.created"))
	require.Empty(t, ids(t, base, "waitlistEntry.created"))
	steps, err := base.Rehearse(t.Context(), clerkknock.Delivery{
		Body: []byte(`{"type":"user.created","data":{"id":"x"}}`),
	})
	require.NoError(t, err)
	require.Equal(t, "x", steps[0].Action.Text("id"))

	// What Mappings returns is the caller's own.
	base.Mappings()[0].Params["id"] = clerkknock.Literal("changed")
	steps, err = base.Rehearse(t.Context(), clerkknock.Delivery{Body: []byte(`{"type":"user.created","data":{"id":"x"}}`)})
	require.NoError(t, err)
	require.Equal(t, "x", steps[0].Action.Text("id"))
}

func TestMapperEnablesWhatHasAllItsParameters(t *testing.T) {
	t.Parallel()
	const id = "user.deleted:workflows_trigger"
	recipients := clerkknock.Params{"recipients": clerkknock.Literal("ops")}

	err := clerkknock.DefaultMapper().Enable(id).Err()
	require.ErrorContains(t, err, `mapping "user.deleted:workflows_trigger": parameter "recipients"`)

	require.NoError(t, clerkknock.DefaultMapper().Set(id, recipients).Enable(id).Err())
	inOtherOrder := clerkknock.DefaultMapper().Enable(id).Set(id, recipients)
	require.NoError(t, inOtherOrder.Err(), "what counts is the table at the end")
	require.Equal(t, []string{id}, ids(t, inOtherOrder, "user.deleted"))
}

func TestMapperReportsMistakes(t *testing.T) {
	t.Parallel()
	base := clerkknock.DefaultMapper()
	for name, c := range map[string]struct {
		mapper *clerkknock.Mapper
		says   string
	}{
		"unknown ID to enable": {
			base.Enable("user.crated:users_identify"),
			`mapping "user.crated:users_identify": there is none`,
		},
		"unknown ID to disable": {base.Disable("x"), `mapping "x": there is none`},
		"unknown ID to set":     {base.Set("x", nil), `mapping "x": there is none`},
		"unknown ID to remove":  {base.Without("x"), `mapping "x": there is none`},
		"taken ID":              {base.With(mappingFor("user.created", clerkknock.UsersIdentify)), "the ID is taken"},
		"no event":              {base.With(mappingFor("", clerkknock.UsersDelete)), "has no event"},
		"unknown action": {
			base.With(mappingFor("user.created", "users_notify")),
			`unknown action type "users_notify"`,
		},
		"unknown parameter": {
			base.With(clerkknock.Mapping{
				Event:  "user.created",
				Action: clerkknock.UsersDelete,
				Params: clerkknock.Params{"id": clerkknock.Path("data.id"), "nickname": clerkknock.Path("data.nickname")},
			}),
			`parameter "nickname": users_delete does not take it; it takes id`,
		},
		"missing parameter": {
			base.With(clerkknock.Mapping{Event: "user.created", Action: clerkknock.UsersDelete}),
			`parameter "id": users_delete requires it`,
		},
		"function and parameters": {base.With(func() clerkknock.Mapping {
			m := clerkknock.On(clerk.UserCreated, func(context.Context, clerk.Event[clerk.User]) ([]clerkknock.Action, error) {
				return nil, nil
			})
			m.Action = clerkknock.UsersDelete
			return m
		}()), "made with On"},
		"nil function": {base.With(clerkknock.On[clerk.User](clerk.UserCreated, nil)), "has no function"},
		"an ID that no header can hold": {
			base.With(clerkknock.Mapping{
				ID:     "welcome\nmail",
				Event:  "user.created",
				Action: clerkknock.UsersDelete,
				Params: clerkknock.Params{"id": clerkknock.Path("data.id")},
			}),
			"has an ID with",
		},
		"an ID like that of a step": {
			base.With(clerkknock.Mapping{
				ID:     "user.created:on#1",
				Event:  "user.created",
				Action: clerkknock.UsersDelete,
				Params: clerkknock.Params{"id": clerkknock.Path("data.id")},
			}),
			"has an ID with",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.ErrorContains(t, c.mapper.Err(), c.says)
			_, err := c.mapper.Rehearse(t.Context(), clerkknock.Delivery{Body: []byte(`{"type":"user.created"}`)})
			require.ErrorContains(t, err, c.says)
			require.ErrorContains(t, c.mapper.Disable("user.updated:users_identify").Err(), c.says, "kept")
		})
	}
	require.NoError(t, base.Err(), "the base has none of them")
}

func TestStepsRunInKnocksOrder(t *testing.T) {
	t.Parallel()
	order := []clerkknock.ActionType{
		clerkknock.UsersIdentify, clerkknock.UsersDelete, clerkknock.ObjectsSet, clerkknock.ObjectsDelete,
		clerkknock.TenantsSet, clerkknock.TenantsDelete, clerkknock.ObjectsSubscribe, clerkknock.ObjectsUnsubscribe,
		clerkknock.AudiencesAddMember, clerkknock.AudiencesRemoveMember, clerkknock.WorkflowsCancel,
		clerkknock.WorkflowsTrigger,
	}
	every := clerkknock.Params{}
	for _, name := range []string{"id", "collection", "key", "recipients", "members", "cancellation_key"} {
		every[name] = clerkknock.Literal("x")
	}
	required := map[clerkknock.ActionType]string{
		clerkknock.UsersIdentify:         "id",
		clerkknock.UsersDelete:           "id",
		clerkknock.ObjectsSet:            "collection id",
		clerkknock.ObjectsDelete:         "collection id",
		clerkknock.TenantsSet:            "id",
		clerkknock.TenantsDelete:         "id",
		clerkknock.ObjectsSubscribe:      "collection id recipients",
		clerkknock.ObjectsUnsubscribe:    "collection id recipients",
		clerkknock.AudiencesAddMember:    "key members",
		clerkknock.AudiencesRemoveMember: "key members",
		clerkknock.WorkflowsCancel:       "key cancellation_key",
		clerkknock.WorkflowsTrigger:      "key recipients",
	}
	var mappings []clerkknock.Mapping
	var want []string
	for _, action := range order {
		params := clerkknock.Params{}
		for _, name := range strings.Fields(required[action]) {
			params[name] = every[name]
		}
		mappings = append(mappings, clerkknock.Mapping{Event: "user.created", Action: action, Params: params})
		want = append(want, "user.created:"+string(action))
	}
	slices.Reverse(mappings)
	require.Equal(t, want, ids(t, clerkknock.NewMapper(mappings...), "user.created"))

	same := clerkknock.NewMapper(mappings[0], clerkknock.Mapping{
		ID: "second", Event: "user.created", Action: mappings[0].Action, Params: mappings[0].Params,
	})
	require.Equal(t, []string{mappings[0].Event + ":" + string(mappings[0].Action), "second"},
		ids(t, same, "user.created"), "mappings of one type keep their order")
}

func TestAConditionSkipsItsMapping(t *testing.T) {
	t.Parallel()
	m := mappingFor("user.created", clerkknock.UsersDelete)
	m.When = func(e clerk.Envelope) bool { return e.InstanceID == "ins_1" }
	for instance, skip := range map[string]bool{"ins_1": false, "ins_2": true} {
		t.Run(instance, func(t *testing.T) {
			t.Parallel()
			steps, err := clerkknock.NewMapper(m).Rehearse(t.Context(), clerkknock.Delivery{
				Body: []byte(`{"type":"user.created","instance_id":"` + instance + `","data":{"id":"x"}}`),
			})
			require.NoError(t, err)
			require.Equal(t, skip, steps[0].Skip != "")
		})
	}
}

func TestPreprocessFailuresStopTheEvent(t *testing.T) {
	t.Parallel()
	boom := errors.New("boom")
	for name, hook := range map[string]func(context.Context, clerk.Envelope) (map[string]any, error){
		"error": func(context.Context, clerk.Envelope) (map[string]any, error) { return nil, boom },
		"panic": func(context.Context, clerk.Envelope) (map[string]any, error) { panic("jane@example.com") },
		"not encodable": func(context.Context, clerk.Envelope) (map[string]any, error) {
			return map[string]any{"c": make(chan int)}, nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := clerkknock.DefaultMapper().Preprocess(hook).Rehearse(t.Context(), clerkknock.Delivery{
				Body: []byte(`{"type":"user.created"}`),
			})
			require.ErrorContains(t, err, "preprocess: ")
			require.NotContains(t, err.Error(), "jane")
		})
	}
}
