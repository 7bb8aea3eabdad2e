package clerkknock_test

import (
	"encoding/json"
	"testing"

	"github.com/clerkknock/clerkknock"
	"github.com/stretchr/testify/require"
)

func TestWhatLeadsNowhereIsNamedInTheReport(t *testing.T) {
	t.Parallel()
	path := clerkknock.Path
	for name, test := range map[string]struct {
		value clerkknock.Value
		says  []string
	}{
		"a misspelt path": {path("data.frist_name"), []string{"name: body.data.frist_name is missing"}},
		"an index in dots": {
			path("data.email_addresses.0.email_address"),
			[]string{"name: body.data.email_addresses.0.email_address is missing"},
		},
		"a lookup by nothing": {
			path("data.email_addresses[id=data.primary_email_address_id].email_address"),
			[]string{"name: data.primary_email_address_id is missing"},
		},
		"none of several":  {clerkknock.First(path("data.x"), path("data.y")), []string{"name: none of its values is there"}},
		"no time":          {clerkknock.Time("data.first_name"), []string{"name: body.data.first_name is no time"}},
		"a missing time":   {clerkknock.Time("data.x"), []string{"name: body.data.x is missing"}},
		"null":             {path("data.last_name"), nil},
		"present":          {path("data.first_name"), nil},
		"one of several":   {clerkknock.First(path("data.x"), path("data.first_name")), nil},
		"nothing but null": {clerkknock.Join(" ", path("data.last_name")), nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			mapper := clerkknock.NewMapper(clerkknock.Mapping{Event: "user.created", Action: clerkknock.UsersIdentify,
				Params: clerkknock.Params{"id": path("data.id"), "name": test.value}})
			s := source(t, clerkknock.Config{Executor: &recorder{}, Mapper: mapper})
			const body = `{"type":"user.created","data":{"id":"user_1","first_name":"Ada","last_name":null,
				"email_addresses":[{"id":"idn_1","email_address":"ada@example.com"}]}}`
			r := process(t, s, "msg_1", body)
			require.Equal(t, "succeeded", statuses(r))
			require.Equal(t, test.says, r.Steps[0].LeftOut)
			steps, err := s.Rehearse(t.Context(), delivery("msg_1", body))
			require.NoError(t, err)
			require.Equal(t, test.says, steps[0].LeftOut)
			shown, err := json.Marshal(steps)
			require.NoError(t, err)
			require.NotContains(t, string(shown), "left_out\":null")
		})
	}
}

func TestMembersThatLeadNowhereAreNamedWithTheirPlace(t *testing.T) {
	t.Parallel()
	mapper := clerkknock.NewMapper(clerkknock.Mapping{Event: "user.created", Action: clerkknock.UsersIdentify,
		Params: clerkknock.Params{"id": clerkknock.Path("data.id"), "properties": clerkknock.Object(clerkknock.Params{
			"plan": clerkknock.Object(clerkknock.Params{"name": clerkknock.Path("data.plan")}),
		})}})
	h := serve(t, clerkknock.Config{Mapper: mapper})
	a := h.post(t, "msg_1", userCreated)
	require.Equal(t, []string{"properties.plan.name: body.data.plan is missing"}, a.report.Steps[0].LeftOut)
	require.Contains(t, h.log.String(), "properties.plan.name: body.data.plan is missing")
}

func TestAPathWithoutARootIsRefused(t *testing.T) {
	t.Parallel()
	for expr, says := range map[string]string{
		"first_name":              `an event has no "first_name"; what it carries is in data`,
		"$.data.first_name":       `an event has no "$"`,
		"user.id":                 `an event has no "user"`,
		"[0]":                     "begins with a bracket",
		"data.x[id=primary].name": `an event has no "primary"`,
	} {
		t.Run(expr, func(t *testing.T) {
			t.Parallel()
			m := clerkknock.DefaultMapper().Set("user.created:users_identify", clerkknock.Params{"name": clerkknock.Path(expr)})
			_, err := clerkknock.New(clerkknock.Config{SigningSecrets: []string{secret}, Executor: &recorder{}, Mapper: m})
			require.ErrorContains(t, err, `mapping "user.created:users_identify": parameter "name"`)
			require.ErrorContains(t, err, says)
		})
	}
}
