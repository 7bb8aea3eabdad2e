package backfill_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/clerkknock/clerkknock/backfill"
	"github.com/clerkknock/clerkknock/backfill/checkpointtest"
	"github.com/stretchr/testify/require"
)

func TestFileConforms(t *testing.T) {
	t.Parallel()
	checkpointtest.Run(t, func(t *testing.T) func() backfill.Checkpoint {
		name := filepath.Join(t.TempDir(), "backfill.json")
		return func() backfill.Checkpoint { return backfill.File(name) }
	})
}

func TestFileIsForItsOwnerAndLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	name := filepath.Join(dir, "backfill.json")
	checkpoint := backfill.File(name)
	for range 3 {
		require.NoError(t, checkpoint.Save(t.Context(), backfill.State{Position: "1"}))
	}
	info, err := os.Stat(name)
	require.NoError(t, err)
	require.Equal(t, fs.FileMode(0o600), info.Mode().Perm())
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, entries, 1)
	require.NoError(t, checkpoint.Save(t.Context(), backfill.State{}))
	require.NoFileExists(t, name)

	require.NoError(t, os.WriteFile(name, []byte("{"), 0o600))
	_, err = checkpoint.Load(t.Context())
	require.ErrorContains(t, err, "remove the file")
	err = backfill.File(dir+"/none/x").Save(t.Context(), backfill.State{Position: "1"})
	require.ErrorContains(t, err, "cannot be saved")
}
