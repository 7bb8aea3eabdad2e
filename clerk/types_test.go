package clerk_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/clerkknock/clerkknock/clerk"
)

func TestTypesAreTheConstants(t *testing.T) {
	t.Parallel()
	var declared []string
	guide, err := os.ReadFile("doc.go")
	require.NoError(t, err)
	for _, file := range parse(t, ".") {
		ast.Inspect(file, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if !ok {
				return true
			}
			if generic, ok := spec.Type.(*ast.IndexExpr); ok && generic.X.(*ast.Ident).Name == "EventType" {
				value, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
				require.NoError(t, err)
				declared = append(declared, value)
				assert.Contains(t, string(guide), "["+spec.Names[0].Name+"]", "the package comment lists every event")
			}
			return true
		})
	}
	assert.Len(t, declared, 46)
	assert.Equal(t, declared, clerk.Types())
	for _, eventType := range declared {
		assert.Contains(t, decoders, eventType)
	}
	assert.Len(t, decoders, len(declared))

	clerk.Types()[0] = "changed"
	assert.Equal(t, declared, clerk.Types())
}

func parse(t *testing.T, dir string) []*ast.File {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*.go"))
	require.NoError(t, err)
	var files []*ast.File
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
		require.NoError(t, err)
		files = append(files, file)
	}
	return files
}
