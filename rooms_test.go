package clerkknock_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// rooms are the packages that a host can import and those behind them, each with
// the packages of this project that it may import. No arrow runs back up: clerk
// knows nothing of Knock, the root nothing of HTTP APIs and SQL, knock nothing of
// event logs. What is within a room, such as its internal packages and its
// subpackages, may import what the room may.
var rooms = map[string][]string{
	"internal/text":     {},
	"internal/logkey":   {},
	"internal/memnet":   {},
	"clerk":             {"internal/text"},
	"ledger":            {},
	"internal/resolve":  {"clerk", "internal/text"},
	".":                 {"clerk", "ledger", "internal/logkey", "internal/resolve", "internal/text"},
	"knock":             {".", "clerk", "internal/text"},
	"knock/knocktest":   {},
	"internal/refusals": {"."},
	"eventlog":          {".", "clerk", "ledger", "internal/refusals"},
	"mappingtest":       {".", "clerk"},
	"refusal":           {".", "clerk"},
	"console":           {".", "clerk", "ledger", "knock", "eventlog", "whatif"},
	"inbox":             {".", "clerk", "ledger", "eventlog", "console", "internal/logkey", "internal/refusals"},
	"otel":              {".", "knock", "ledger"},
	"whatif":            {".", "clerk"},
	"internal/marks":    {},
	"backfill":          {".", "clerk", "ledger"},
}

// outside are folders with programs, which may import what they want.
var outside = []string{"bench", "cmd", "conformance", "examples", "internal/mutants", "internal/simulation", "tools"}

const module = "github.com/clerkknock/clerkknock"

func TestImportsRunOneWay(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	require.NoError(t, filepath.WalkDir(".", func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		hidden := file != "." && strings.HasPrefix(d.Name(), ".")
		if d.IsDir() && (slices.Contains(outside, file) || d.Name() == "testdata" || hidden) {
			return filepath.SkipDir
		}
		if path.Ext(file) != ".go" || strings.HasSuffix(file, "_test.go") {
			return nil
		}
		dir := path.Dir(filepath.ToSlash(file))
		room := roomOf(dir)
		allowed, ok := rooms[room]
		require.True(t, ok, "%s is in no room: say in this test what it may import", file)
		seen[room] = true
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		require.NoError(t, err)
		for _, spec := range f.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			require.NoError(t, err)
			if imported != module && !strings.HasPrefix(imported, module+"/") {
				continue
			}
			imported = strings.TrimPrefix(strings.TrimPrefix(imported, module), "/")
			to := roomOf(path.Clean(imported))
			require.True(t, to == room || slices.Contains(allowed, to), "%s imports %q", file, imported)
		}
		return nil
	}))
	require.Len(t, seen, len(rooms), "a room is gone")
}

// roomOf is the innermost room that a folder is in, or the folder itself if it is in
// none. The root's room is the root alone.
func roomOf(dir string) string {
	for room := dir; room != "."; room = path.Dir(room) {
		if _, ok := rooms[room]; ok {
			return room
		}
	}
	return dir
}
