package main_test

import (
	"flag"
	"os"
	"os/exec"
	"testing"

	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "rewrite the golden file")

func TestPrintsTheSameTables(t *testing.T) {
	t.Parallel()
	got, err := exec.Command("go", "run", ".").Output()
	require.NoError(t, err)
	const golden = "testdata/output.txt"
	if *update {
		require.NoError(t, os.WriteFile(golden, got, 0o644))
	}
	want, err := os.ReadFile(golden)
	require.NoError(t, err)
	require.Equal(t, string(want), string(got), "run with -update, and read the diff")
}

// Even where more comes than Knock ever takes.
func TestEnds(t *testing.T) {
	t.Parallel()
	got, err := exec.Command("go", "run", ".", "-users", "2000000000").Output()
	require.NoError(t, err)
	require.Contains(t, string(got), "never")
}
