package mappingtest_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/clerk"
	"github.com/clerkknock/clerkknock/mappingtest"
	"github.com/stretchr/testify/require"
)

func ExampleDiff() {
	before := clerkknock.DefaultMapper()
	after := before.Disable("organization.updated:tenants_set").
		Set("user.created:users_identify", clerkknock.Params{"locale": clerkknock.Literal("en")}).
		Without("user.deleted:users_delete")
	changes, err := mappingtest.Diff(before.Mappings(), after.Mappings())
	for _, c := range changes {
		fmt.Println(c.ID, c.Removed)
		for _, f := range c.Fields {
			fmt.Printf("  %s: %s -> %s\n", f.Name, f.Before, f.After)
		}
	}
	fmt.Println(err)
	// Output:
	// user.created:users_identify false
	//   action_parameters.locale: "body.data.locale" -> {"literal":"en"}
	// organization.updated:tenants_set false
	//   active: true -> false
	// user.deleted:users_delete true
	// <nil>
}

func TestWhatIsInCodeIsNamedAndComparedByItsID(t *testing.T) {
	t.Parallel()
	handler := clerkknock.Handle[clerk.User](clerk.UserCreated, nil)
	changes, err := mappingtest.Diff(nil, []clerkknock.Mapping{handler})
	require.ErrorContains(t, err, "user.created:handle")
	require.Equal(t, []mappingtest.Change{{ID: "user.created:handle", Added: true}}, changes)
	changes, err = mappingtest.Diff([]clerkknock.Mapping{handler}, []clerkknock.Mapping{handler})
	require.Error(t, err)
	require.Empty(t, changes)
}

func TestAFolderKeepsWhatIsNoGoldenFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	own := filepath.Join(dir, "package.json")
	require.NoError(t, os.WriteFile(own, []byte("{}"), 0o600))
	stale := filepath.Join(dir, "user.created.json")
	require.NoError(t, os.WriteFile(stale, []byte("[]"), 0o600))
	differences, err := mappingtest.Write(t.Context(), clerkknock.NewMapper(), dir)
	require.NoError(t, err)
	require.Equal(t, []mappingtest.Difference{{File: stale, Event: "user.created", Want: []byte("[]")}}, differences)
	require.FileExists(t, own)
	require.NoFileExists(t, stale)
	_, err = mappingtest.Compare(t.Context(), clerkknock.NewMapper().Without("unknown"), dir)
	require.Error(t, err)
}
