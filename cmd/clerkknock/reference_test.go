package main_test

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/clerkknock/clerkknock/cmd/clerkknock/internal/command"
	"github.com/clerkknock/clerkknock/cmd/clerkknock/internal/reference"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write docs/cli.md")

func TestTheReferenceSaysWhatTheCommandsSay(t *testing.T) {
	t.Parallel()
	file := filepath.Join("..", "..", "docs", "cli.md")
	got := reference.Markdown(command.Root())
	if *update {
		require.NoError(t, os.WriteFile(file, []byte(got), 0o644))
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, string(want), got, "go test ./cmd/clerkknock -run Reference -update writes it")
}
