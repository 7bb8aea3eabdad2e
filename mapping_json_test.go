package clerkknock_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/clerk"
	"github.com/stretchr/testify/require"
)

func TestReadMappingsReadsWhatKnockHas(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("testdata/mappings/valid/source.json")
	require.NoError(t, err)
	for _, environment := range []string{"", "development"} {
		t.Run("environment "+strconv.Quote(environment), func(t *testing.T) {
			t.Parallel()
			mappings, err := clerkknock.ReadMappings(data, environment)
			require.NoError(t, err)
			var ids []string
			for _, m := range mappings {
				ids = append(ids, m.ID)
			}
			require.Equal(t, []string{
				"user.created:users_identify", "session.created:workflows_trigger", "user.created:users_identify:2",
			}, ids)
			require.True(t, mappings[1].Inactive)
			require.NotContains(t, mappings[0].Params, "phone_number", "null is not mapped")
			require.NoError(t, clerkknock.NewMapper(mappings...).Err())
		})
	}
	_, err = clerkknock.ReadMappings(data, "production")
	require.ErrorContains(t, err, `does not hold the environment "production", but development`)
	wrapped, err := clerkknock.ReadMappings([]byte(`{"source":`+string(data)+`}`), "")
	require.NoError(t, err)
	require.Len(t, wrapped, 3)
}

// What is read and written again plans the same, down to the idempotency keys.
func TestMappingsSurviveTheRoundTrip(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/mappings/valid/*.json")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	tables := map[string][]clerkknock.Mapping{"defaults": clerkknock.DefaultMapper().Mappings()}
	for _, file := range files {
		data, err := os.ReadFile(file)
		require.NoError(t, err)
		tables[file], err = clerkknock.ReadMappings(data, "")
		require.NoError(t, err, file)
	}
	for name, mappings := range tables {
		t.Run(filepath.Base(name), func(t *testing.T) {
			t.Parallel()
			written, err := clerkknock.WriteMappings(mappings)
			require.NoError(t, err, name)
			again, err := clerkknock.ReadMappings(written, "")
			require.NoError(t, err, name)
			rewritten, err := clerkknock.WriteMappings(again)
			require.NoError(t, err, name)
			require.Equal(t, string(written), string(rewritten), name)
			for i, m := range mappings {
				require.Equal(t, m.ID, again[i].ID, name)
				d := clerkknock.Delivery{ID: "msg_1", Body: []byte(strings.Replace(userCreated, "user.created", m.Event, 1))}
				one, oneErr := clerkknock.NewMapper(m).Rehearse(t.Context(), d)
				two, twoErr := clerkknock.NewMapper(again[i]).Rehearse(t.Context(), d)
				require.Equal(t, oneErr, twoErr, m.ID)
				require.Equal(t, one, two, m.ID)
			}
		})
	}
}

func TestReadMappingsSaysWhereTheMistakeIs(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/mappings/invalid/*.json")
	require.NoError(t, err)
	require.Greater(t, len(files), 15)
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			data, err := os.ReadFile(file)
			require.NoError(t, err)
			want, err := os.ReadFile(strings.TrimSuffix(file, ".json") + ".error")
			require.NoError(t, err)
			_, err = clerkknock.ReadMappings(data, "")
			require.EqualError(t, err, strings.TrimSpace(string(want)), file)
		})
	}
}

func TestWriteMappingsRefusesWhatLivesInCode(t *testing.T) {
	t.Parallel()
	fn := clerkknock.Func("f", func(_ context.Context, _ clerk.Envelope) (any, error) { return 1, nil })
	conditional := mappingFor("user.created", clerkknock.UsersDelete)
	conditional.When = func(clerk.Envelope) bool { return true }
	for says, m := range map[string]clerkknock.Mapping{
		"is made with On": clerkknock.On(clerk.UserCreated,
			func(context.Context, clerk.Event[clerk.User]) ([]clerkknock.Action, error) { return nil, nil }),
		"has a condition": conditional,
		`parameter "id": is made with Func`: {Event: "e", Action: clerkknock.UsersDelete, Params: clerkknock.Params{
			"id": fn,
		}},
		`parameter "name": is made with Func`: {
			Event:  "e",
			Action: clerkknock.UsersIdentify,
			Params: clerkknock.Params{
				"name": clerkknock.First(clerkknock.Object(clerkknock.Params{"x": clerkknock.Join("", fn)})),
			},
		},
		"is an empty Value": {Event: "e", Action: clerkknock.UsersDelete, Params: clerkknock.Params{
			"id": {},
		}},
	} {
		t.Run(says, func(t *testing.T) {
			t.Parallel()
			_, err := clerkknock.WriteMappings([]clerkknock.Mapping{m})
			require.ErrorContains(t, err, says)
		})
	}
}

// A key that is looked up must not come back as one that is called like its path.
func TestMappingsKeepThePathToAKey(t *testing.T) {
	t.Parallel()
	written, err := clerkknock.WriteMappings([]clerkknock.Mapping{{
		Event:  "user.created",
		Action: clerkknock.WorkflowsTrigger,
		Params: clerkknock.Params{"key": clerkknock.Path("data.workflow"), "recipients": clerkknock.Path("data.id")},
	}})
	require.NoError(t, err)
	mappings, err := clerkknock.ReadMappings(written, "")
	require.NoError(t, err)
	steps, err := clerkknock.NewMapper(mappings...).Rehearse(t.Context(), clerkknock.Delivery{
		Body: []byte(`{"type":"user.created","data":{"id":"u","workflow":"welcome"}}`),
	})
	require.NoError(t, err)
	require.Equal(t, "welcome", steps[0].Action.Text("key"))
}

func FuzzReadMappings(f *testing.F) {
	for _, pattern := range []string{"testdata/mappings/valid/*.json", "testdata/mappings/invalid/*.json"} {
		files, _ := filepath.Glob(pattern)
		for _, file := range files {
			data, err := os.ReadFile(file)
			require.NoError(f, err)
			f.Add(data)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		mappings, err := clerkknock.ReadMappings(data, "")
		if err != nil {
			return
		}
		mappings = slices.DeleteFunc(mappings, func(m clerkknock.Mapping) bool {
			return m.Action == clerkknock.WorkflowsCancel
		})
		written, err := clerkknock.WriteMappings(mappings)
		require.NoError(t, err, "what can be read can be written, if a source in Knock has such an action")
		again, err := clerkknock.ReadMappings(written, "")
		require.NoError(t, err)
		rewritten, err := clerkknock.WriteMappings(again)
		require.NoError(t, err)
		require.Equal(t, string(written), string(rewritten))
	})
}
