package clerkknock_test

import (
	"go/ast"
	"go/doc"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// exported lists the exported names of a package, each with its comment. A group
// of constants or variables may share one; methods count too. The constants and
// methods of a type are listed as TYPE.NAME.
func exported(t *testing.T, dir string) map[string]string {
	t.Helper()
	fset := token.NewFileSet()
	var files []*ast.File
	paths, err := filepath.Glob(filepath.Join(dir, "*.go"))
	require.NoError(t, err)
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(fset, path, nil, parser.ParseComments)
		require.NoError(t, err)
		files = append(files, f)
	}
	pkg, err := doc.NewFromFiles(fset, files, dir)
	require.NoError(t, err)
	names := map[string]string{"package": pkg.Doc}
	values := func(prefix string, all []*doc.Value) {
		for _, v := range all {
			for _, spec := range v.Decl.Specs {
				spec := spec.(*ast.ValueSpec)
				for _, name := range spec.Names {
					if name.IsExported() {
						names[prefix+name.Name] = v.Doc + spec.Doc.Text() + spec.Comment.Text()
					}
				}
			}
		}
	}
	funcs := func(prefix string, all []*doc.Func) {
		for _, f := range all {
			names[prefix+f.Name] = f.Doc
		}
	}
	values("", pkg.Consts)
	values("", pkg.Vars)
	funcs("", pkg.Funcs)
	for _, typ := range pkg.Types {
		names[typ.Name] = typ.Doc
		values(typ.Name+".", typ.Consts)
		values("", typ.Vars)
		funcs("", typ.Funcs)
		funcs(typ.Name+".", typ.Methods)
	}
	return names
}

func TestEverythingExportedIsDocumented(t *testing.T) {
	t.Parallel()
	total := 0
	require.NoError(t, filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return err
		}
		if path != "." && (strings.HasPrefix(d.Name(), ".") || d.Name() == "internal" || d.Name() == "cmd" || d.Name() == "testdata" || d.Name() == "node_modules") {
			return filepath.SkipDir
		}
		names := exported(t, path)
		if len(names) == 1 && names["package"] == "" {
			return nil // no package, or tests alone
		}
		for name, comment := range names {
			require.NotEmpty(t, comment, "%s: %s has no comment", path, name)
			total++
		}
		return nil
	}))
	t.Logf("%d exported names", total)
}

// The root package is what a host reads first. It stays small.
func TestTheRootPackageStaysSmall(t *testing.T) {
	t.Parallel()
	names := 0
	for name := range exported(t, ".") {
		of, constant, _ := strings.Cut(name, ".")
		if of != "ActionType" && (constant == "" || strings.HasPrefix(constant, "Outcome") || strings.HasPrefix(constant, "Step")) {
			names++
		}
	}
	t.Logf("%d exported names, methods and action types aside", names)
	require.LessOrEqual(t, names, 65)
}
