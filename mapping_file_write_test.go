package clerkknock_test

import (
	"testing"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/clerk"
	"github.com/stretchr/testify/require"
)

// A source in Knock would refuse the whole list for one action that it does not have.
func TestWriteMappingsLeavesOutAndNamesWhatKnockWouldRefuse(t *testing.T) {
	t.Parallel()
	cancel := clerkknock.Mapping{Event: "user.deleted", Action: clerkknock.WorkflowsCancel, Params: clerkknock.Params{
		"key": clerkknock.Literal("trial"), "cancellation_key": clerkknock.Path("data.id"),
	}}
	conditional := mappingFor("user.created", clerkknock.UsersDelete)
	conditional.When = func(clerk.Envelope) bool { return true }
	ours := clerkknock.Mapping{
		ID: "mine", Event: "Membership Made", Action: clerkknock.TenantsSet, Inactive: true,
		About: "data.organization", Unordered: true, Params: clerkknock.Params{
			"id": clerkknock.First(clerkknock.Path("body.data.a"), clerkknock.Path("body.data.b")),
		},
	}
	written, err := clerkknock.WriteMappings([]clerkknock.Mapping{
		cancel,
		ours,
		conditional,
		{Event: "e", Action: "users_notify"},
		{Event: "e", Action: clerkknock.UsersDelete},
	})
	require.Equal(t, []string{
		`mapping "user.deleted:workflows_cancel": a source in Knock has no action workflows_cancel`,
		`mapping "user.created:users_delete": has a condition, which no file can hold`,
		`mapping "e:users_notify": has an unknown action type "users_notify"`,
		`mapping "e:users_delete": parameter "id": users_delete requires it`,
	}, lines(err))
	mappings, err := clerkknock.ReadMappings(written, "")
	require.NoError(t, err)
	require.Equal(t, []clerkknock.Mapping{ours}, mappings, "what is ours and no action survives the round trip")
}

func TestWriteMappingsWritesObjectsOfPathsAsKnockHasThem(t *testing.T) {
	t.Parallel()
	path := clerkknock.Path
	for name, row := range map[string]struct {
		data clerkknock.Value
		want string
	}{
		"paths": {
			clerkknock.Object(clerkknock.Params{"plan": path("data.plan"), "time": path("data.t")}),
			`{"plan":"body.data.plan","time":"body.data.t"}`,
		},
		"one that looks like a time": {
			clerkknock.Object(clerkknock.Params{"time": path("data.t")}), `{"object":{"time":"body.data.t"}}`,
		},
		"more than paths": {
			clerkknock.Object(clerkknock.Params{"plan": clerkknock.Literal(1)}), `{"object":{"plan":{"literal":1}}}`,
		},
		"nothing": {clerkknock.Object(nil), `{"object":{}}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			params := clerkknock.Params{"key": clerkknock.Literal("welcome"), "recipients": path("data.id"), "data": row.data}
			m := clerkknock.Mapping{Event: "user.created", Action: clerkknock.WorkflowsTrigger, Params: params}
			written, err := clerkknock.WriteMappings([]clerkknock.Mapping{m})
			require.NoError(t, err)
			require.JSONEq(t, `[{"event_type":"user.created","action_type":"workflows_trigger","active":true,
				"action_parameters":{"key":"welcome","recipients":"body.data.id","data":`+row.want+`}}]`, string(written))

			again, err := clerkknock.ReadMappings(written, "")
			require.NoError(t, err)
			body := `{"type":"user.created","data":{"id":"u","plan":"pro","t":1772438400000}}`
			d := clerkknock.Delivery{ID: "msg_1", Body: []byte(body)}
			one, err := clerkknock.NewMapper(m).Rehearse(t.Context(), d)
			require.NoError(t, err)
			two, err := clerkknock.NewMapper(again...).Rehearse(t.Context(), d)
			require.NoError(t, err)
			require.Equal(t, one, two, "down to the idempotency key")
		})
	}
}
