package clerkknock_test

import (
	"os"
	"strings"
	"testing"

	"github.com/clerkknock/clerkknock"
	"github.com/stretchr/testify/require"
)

// lines are the errors that an error joins.
func lines(err error) []string {
	if err == nil {
		return nil
	}
	return strings.Split(err.Error(), "\n")
}

func idsOf(mappings []clerkknock.Mapping) []string {
	ids := []string{}
	for _, m := range mappings {
		ids = append(ids, m.ID)
	}
	return ids
}

func TestReadMappingsReadsWhatItCanAndNamesTheRestByPlace(t *testing.T) {
	t.Parallel()
	mappings, err := clerkknock.ReadMappings([]byte(`[
  {"event_type": "user.created", "action_type": "users_identify", "action_parameters": {"id": "data.id"}},
  {"event_type": "user.created", "action_type": "workflows_trigger",
   "action_parameters": {"key": "welcome", "recipients": 5, "nickname": "data.x",
     "data": {"plan": "data.plan", "deep": {"bad": "data..x", "list": []}}}},
  {"event_type": "user.updated", "action_type": "webhook_workflow_trigger", "action_parameters": null},
  "user.deleted",
  {"event_type": "user.deleted", "action_type": "users_delete", "action_parameters": null},
  {"event_type": 7, "action_type": "users_delete", "action_parameters": ["data.id"], "active": "yes", "is_deleted": 1},
  {"event_type": "user.deleted", "action_type": "users_delete", "action_parameters": {"id": "data.id"}}
]`), "")
	const noValue = `is neither a path nor an object with one of "literal", "first", "join", "time" and "object"`
	require.Equal(t, []string{
		`4:58: mappings[1].action_parameters.recipients: ` + noValue,
		`4:73: mappings[1].action_parameters.nickname: workflows_trigger does not take it; ` +
			`it takes key, recipients, data, actor, tenant, cancellation_key, settings`,
		`5:52: mappings[1].action_parameters.data.deep.bad: path "data..x": a key is empty; write such a key as [""]`,
		`5:71: mappings[1].action_parameters.data.deep.list: ` + noValue,
		`6:49: mappings[2].action_type: "webhook_workflow_trigger" is no action type that is known here; ` +
			`map the event with On in code`,
		`7:3: mappings[3]: is no object and so no mapping`,
		`8:86: mappings[4].action_parameters: has no id, which users_delete requires`,
		`9:18: mappings[5].event_type: is no text`,
		`9:96: mappings[5].active: is neither true nor false`,
		`9:117: mappings[5].is_deleted: is neither true nor false`,
		`9:73: mappings[5].action_parameters: is no object of parameters`,
	}, lines(err))
	require.Equal(t, []string{"user.created:users_identify", "user.deleted:users_delete:2"}, idsOf(mappings),
		"the IDs are those that they have when the rest is mended")
	require.NoError(t, clerkknock.NewMapper(mappings...).Err())
}

func TestReadMappingsReadsTheShapesOfTheManagementAPI(t *testing.T) {
	t.Parallel()
	const mine = "user.created:users_identify"
	const identify = `{"event_type":"user.created","action_type":"users_identify","action_parameters":{"id":"data.id"}}`
	for name, row := range map[string]struct {
		file, environment string
		want              []string
	}{
		"a list":                         {`[` + identify + `]`, "", []string{mine}},
		"behind a byte order mark":       {"\ufeff[" + identify + `]`, "", []string{mine}},
		"the settings of an environment": {`{"settings":{},"mappings":[` + identify + `]}`, "", []string{mine}},
		"one environment of several": {
			`{"environment_settings":{"development":{"mappings":[]},"production":{"mappings":[` + identify + `]}}}`,
			"production", []string{mine},
		},
		"mappings that are null": {`{"environment_settings":{"a.b":{"mappings":null}}}`, "a.b", []string{}},
		"what is deleted, whatever is wrong with it": {
			`[{"event_type":"user.created","action_type":"gone","is_deleted":true},` + identify + `]`,
			"", []string{mine},
		},
		"no parameters where nothing runs": {
			`[{"event_type":"e","action_type":"users_delete","action_parameters":null,"active":false}]`,
			"", []string{"e:users_delete"},
		},
		"ids that are taken": {
			`[` + strings.Replace(identify, `{`, `{"id":"`+mine+`:2",`, 1) + `,` + identify + `,` + identify + `]`,
			"", []string{mine + ":2", mine, mine + ":3"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			mappings, err := clerkknock.ReadMappings([]byte(row.file), row.environment)
			require.NoError(t, err)
			require.Equal(t, row.want, idsOf(mappings))
			require.NoError(t, clerkknock.NewMapper(mappings...).Err())
		})
	}
}

func TestReadMappingsReadsAProvidersDefaults(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("testdata/mappings/valid/provider.json")
	require.NoError(t, err)
	mappings, err := clerkknock.ReadMappings(data, "production")
	require.NoError(t, err)
	require.Equal(t, []string{"user.created:users_identify", "organization.created:tenants_set"}, idsOf(mappings))
}

func TestReadMappingsKeepsTheNamesOfEvents(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("testdata/mappings/valid/hosted.json")
	require.NoError(t, err)
	mappings, err := clerkknock.ReadMappings(data, "")
	require.NoError(t, err)
	require.Equal(t, "track/Order Completed", mappings[0].Event)
	require.Equal(t, "Größe #1", mappings[1].Event)
	mapper := clerkknock.NewMapper(mappings...)
	require.NoError(t, mapper.Err(), "the IDs hold what an idempotency key can")

	body := `{"type":"track/Order Completed","userId":"u","data":{"plan":"pro","name":"Ada","phone":"+1555"}}`
	steps, err := mapper.Rehearse(t.Context(), clerkknock.Delivery{ID: "msg_1", Body: []byte(body)})
	require.NoError(t, err)
	require.Len(t, steps, 1)
	require.JSONEq(t, `{"plan":"pro","buyer":{"name":"Ada"}}`, string(steps[0].Action.Params["data"]))

	body = `{"type":"Größe #1","collection":"sizes","data":{"id":"s1","time":"noon","plan":"pro"}}`
	steps, err = mapper.Rehearse(t.Context(), clerkknock.Delivery{ID: "msg_2", Body: []byte(body)})
	require.NoError(t, err)
	require.Len(t, steps, 1)
	require.Equal(t, "s1", steps[0].Action.Text("id"), "object_id is Knock's other word for it")
	require.JSONEq(t, `{"time":"noon","plan":"pro"}`, string(steps[0].Action.Params["properties"]))
}

func TestReadMappingsReadsNothingOfAnotherFile(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct{ file, want string }{
		"no JSON": {
			"[\n  {,}\n]",
			"2:4: the file is not JSON: invalid character ',' looking for beginning of object key string",
		},
		"UTF-16": {"\xff\xfe[\x00]\x00", "1:1: the file is not UTF-8, as JSON has to be; save it as that"},
		"a list of sources": {
			`{"entries":[]}`,
			"1:1: there are neither environment_settings nor default_action_mappings; ask Knock's API to include them",
		},
		"an id given twice": {
			`[{"event_type":"e","action_type":"objects_delete",
				"action_parameters":{"collection":"$tenants","id":"data.id","object_id":"data.x"}}]`,
			"2:77: mappings[0].action_parameters.object_id: gives id once more; leave one of the two",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			mappings, err := clerkknock.ReadMappings([]byte(row.file), "")
			require.EqualError(t, err, row.want)
			require.Empty(t, mappings)
		})
	}
}
