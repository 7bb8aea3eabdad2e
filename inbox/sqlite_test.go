package inbox_test

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/clerkknock/clerkknock/inbox"
	"github.com/clerkknock/clerkknock/inbox/sqlite"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestASecondProcessIsRefusedTheSQLiteFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "clerk.db")
	first, err := sqlite.Open(t.Context(), path, inbox.Config{})
	require.NoError(t, err)
	_, err = sqlite.Open(t.Context(), path, inbox.Config{})
	require.ErrorIs(t, err, sqlite.ErrInUse)
	require.NoError(t, first.Close())
	second, err := sqlite.Open(t.Context(), path, inbox.Config{})
	require.NoError(t, err)
	require.NoError(t, second.Close())
	for _, file := range []string{path, path + ".lock"} {
		info, err := os.Stat(file)
		require.NoError(t, err)
		if runtime.GOOS != "windows" {
			assert.Zero(t, info.Mode().Perm()&0o077, "others can read %s", file)
		}
	}
}

func TestAnyPathIsAFile(t *testing.T) {
	t.Parallel()
	b, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "a?b#c%20d e.db"), inbox.Config{})
	require.NoError(t, err)
	require.NoError(t, b.Put(t.Context(), delivery("msg_1", "user_1")))
	require.NoError(t, b.Close())
	require.Error(t, b.Put(t.Context(), delivery("msg_2", "user_1")))
	_, err = sqlite.Open(t.Context(), "", inbox.Config{})
	require.Error(t, err)
	_, err = sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "none", "clerk.db"), inbox.Config{})
	require.Error(t, err)
}
