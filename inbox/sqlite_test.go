package inbox_test

import (
	"os"
	"os/exec"
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

// Whatever it is called, and whoever cleans up beside it.
func TestOneFileIsOneInbox(t *testing.T) {
	t.Parallel()
	for name, other := range map[string]func(t *testing.T, path string) string{
		"through a symbolic link": func(t *testing.T, path string) string {
			link := filepath.Join(t.TempDir(), "link.db")
			require.NoError(t, os.Symlink(path, link))
			return link
		},
		"through a link to its directory": func(t *testing.T, path string) string {
			link := filepath.Join(t.TempDir(), "link")
			require.NoError(t, os.Symlink(filepath.Dir(path), link))
			return filepath.Join(link, filepath.Base(path))
		},
		"through a hard link": func(t *testing.T, path string) string {
			link := filepath.Join(t.TempDir(), "hard.db")
			require.NoError(t, os.Link(path, link))
			return link
		},
		"with the lock beside it deleted": func(t *testing.T, path string) string {
			require.NoError(t, os.Remove(path+".lock"))
			return path
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if runtime.GOOS != "linux" {
				t.Skip("the lock on the file itself is Linux's")
			}
			at := sqliteSite(t)
			b := at.open(t, inbox.Config{})
			require.NoError(t, b.Put(t.Context(), delivery("msg_1", "user_1")))
			path := other(t, at.path)
			_, err := sqlite.Open(t.Context(), path, inbox.Config{})
			require.ErrorIs(t, err, sqlite.ErrInUse)
			inAnother := exec.Command(os.Args[0])
			inAnother.Env = append(os.Environ(), "INBOX_TEST_KNOCK=none", "SQLITE_PATH="+path)
			said, err := inAnother.CombinedOutput()
			require.Error(t, err)
			require.Contains(t, string(said), "in use by another process")
			require.NoError(t, b.Put(t.Context(), delivery("msg_2", "user_1")))
			require.NoError(t, b.Close())
			again, err := sqlite.Open(t.Context(), path, inbox.Config{})
			require.NoError(t, err)
			require.Equal(t, 2, waiting(t, again.Inbox))
			require.NoError(t, again.Close())
		})
	}
}

func TestAnyPathIsAFile(t *testing.T) {
	t.Parallel()
	b, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "a?b#c%20d e.db"), inbox.Config{})
	require.NoError(t, err)
	require.NoError(t, b.Put(t.Context(), delivery("msg_1", "user_1")))
	require.NoError(t, b.Close())
	require.Error(t, b.Put(t.Context(), delivery("msg_2", "user_1")))
	for _, none := range []string{"", " ", ":memory:", "file::memory:?cache=shared"} {
		_, err = sqlite.Open(t.Context(), none, inbox.Config{})
		require.ErrorContains(t, err, "name a file", none)
	}
	_, err = sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "none", "clerk.db"), inbox.Config{})
	require.Error(t, err)
}
