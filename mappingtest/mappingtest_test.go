package mappingtest_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/clerk"
	"github.com/clerkknock/clerkknock/mappingtest"
	"github.com/stretchr/testify/require"
)

func mapping(event string, params clerkknock.Params) clerkknock.Mapping {
	params["id"] = clerkknock.Path("data.id")
	return clerkknock.Mapping{Event: event, Action: clerkknock.UsersIdentify, Params: params}
}

func TestTheDefaultTableLeadsSomewhere(t *testing.T) {
	t.Parallel()
	require.Empty(t, mappingtest.Unresolved(clerkknock.DefaultMapper()))
}

func TestUnresolvedNamesPathsThatLeadNowhere(t *testing.T) {
	t.Parallel()
	path := clerkknock.Path
	m := clerkknock.NewMapper(
		mapping("user.created", clerkknock.Params{
			"name":   clerkknock.First(path("data.frist_name"), path("data.first_name")),
			"email":  path("data.email_addresses.0.email_address"),
			"avatar": clerkknock.Join("", path("headers.svix-id"), path("headers.x-own"), path("preprocess.known")),
			"properties": clerkknock.Object(clerkknock.Params{
				"plan": path("data.public_metadata.plan"), "other": path("preprocess.unknown"),
				"at": clerkknock.Time("data.creatd_at"),
			}),
			"phone_number": path("data.phone_numbers[id=data.primary_phone].phone_number"),
		}),
		mapping("space.created", clerkknock.Params{"name": path("data.name")}),
	).Preprocess(func(context.Context, clerk.Envelope) (map[string]any, error) {
		return map[string]any{"known": nil}, nil
	})
	const at = `mapping "user.created:users_identify": parameter `
	require.Equal(t, []string{
		at + `"email": body.data.email_addresses.0.email_address leads nowhere`,
		at + `"name": body.data.frist_name leads nowhere`,
		at + `"phone_number": body.data.phone_numbers[id=data.primary_phone].phone_number leads nowhere`,
		at + `"phone_number": data.primary_phone leads nowhere`,
		at + `"properties": body.data.creatd_at leads nowhere`,
		at + `"properties": preprocess.unknown leads nowhere`,
		`mapping "space.created:users_identify": there is no sample of the event "space.created"; give one`,
	}, mappingtest.Unresolved(m))

	require.Empty(t, mappingtest.Unresolved(
		clerkknock.NewMapper(mapping("space.created", clerkknock.Params{"name": path("data.name")})),
		[]byte(`{"type":"space.created","data":{"id":"s","name":"n"}}`)))
	wrong := clerkknock.NewMapper(mapping("user.created", clerkknock.Params{"name": path("name")}))
	require.Contains(t, mappingtest.Unresolved(wrong)[0],
		`an event has no "name"`)
}

// failures is a test whose failures are looked at instead of counted.
type failures struct {
	testing.TB
	said []string
}

func (f *failures) Helper() {}
func (f *failures) Errorf(format string, args ...any) {
	f.said = append(f.said, fmt.Sprintf(format, args...))
}

func TestGoldenKeepsATableInFiles(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "mappings")
	first := clerkknock.NewMapper(mapping("user.created", clerkknock.Params{"name": clerkknock.Path("data.first_name")}))
	golden := func(m *clerkknock.Mapper) []string {
		f := &failures{TB: t}
		mappingtest.Golden(f, m, dir)
		return f.said
	}
	require.Contains(t, golden(first)[0], "UPDATE_GOLDEN=1 writes it")

	t.Setenv(mappingtest.UpdateVariable, "1")
	require.Empty(t, golden(first))
	written, err := os.ReadFile(filepath.Join(dir, "user.created.json"))
	require.NoError(t, err)
	require.Contains(t, string(written), `"name": "Ada"`)
	t.Setenv(mappingtest.UpdateVariable, "")
	require.Empty(t, golden(first))

	other := first.Set("user.created:users_identify", clerkknock.Params{"name": clerkknock.Literal("x")})
	require.Contains(t, golden(other)[0], "differs")
	none := first.Disable("user.created:users_identify")
	require.Contains(t, golden(none)[0], "nothing is mapped to user.created any more")
	t.Setenv(mappingtest.UpdateVariable, "1")
	require.Empty(t, golden(none))
	require.NoFileExists(t, filepath.Join(dir, "user.created.json"))
}

func ExampleUnresolved() {
	mapper := clerkknock.DefaultMapper().Set("user.created:users_identify", clerkknock.Params{
		"locale": clerkknock.Path("data.unsafe_metadata.language"),
	})
	for _, path := range mappingtest.Unresolved(mapper) {
		fmt.Println(path)
	}
	// Output:
	// mapping "user.created:users_identify": parameter "locale": body.data.unsafe_metadata.language leads nowhere
}
