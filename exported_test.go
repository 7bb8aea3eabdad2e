package clerkknock_test

import (
	"go/ast"
	"go/doc"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// exported lists the exported names of a package, each with its comment. A group
// of constants or variables may share one; methods count too. The constants and
// methods of a type are listed as TYPE.NAME.
func exported(t *testing.T, dir string) map[string]string {
	t.Helper()
	names, _ := comments(t, dir)
	return names
}

// comments returns what exported does, and beside it the comments that a name, and
// each field of a struct as TYPE.NAME, has to itself.
func comments(t *testing.T, dir string) (names, own map[string]string) {
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
	names, own = map[string]string{"package": pkg.Doc}, map[string]string{}
	values := func(prefix string, all []*doc.Value) {
		for _, v := range all {
			for _, spec := range v.Decl.Specs {
				spec := spec.(*ast.ValueSpec)
				if first := spec.Names[0]; first.IsExported() {
					own[prefix+first.Name] = spec.Doc.Text()
					if !v.Decl.Lparen.IsValid() {
						own[prefix+first.Name] = v.Doc
					}
				}
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
			names[prefix+f.Name], own[prefix+f.Name] = f.Doc, f.Doc
		}
	}
	values("", pkg.Consts)
	values("", pkg.Vars)
	funcs("", pkg.Funcs)
	for _, typ := range pkg.Types {
		names[typ.Name], own[typ.Name] = typ.Doc, typ.Doc
		if structure, ok := typ.Decl.Specs[0].(*ast.TypeSpec).Type.(*ast.StructType); ok {
			for _, field := range structure.Fields.List {
				for _, name := range field.Names {
					own[typ.Name+"."+name.Name] = field.Doc.Text()
				}
			}
		}
		values(typ.Name+".", typ.Consts)
		values("", typ.Vars)
		funcs("", typ.Funcs)
		funcs(typ.Name+".", typ.Methods)
	}
	return names, own
}

func TestEverythingExportedIsDocumented(t *testing.T) {
	t.Parallel()
	passed := []string{"internal", "cmd", "testdata", "node_modules"}
	total := 0
	require.NoError(t, filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return err
		}
		if path != "." && (strings.HasPrefix(d.Name(), ".") || slices.Contains(passed, d.Name())) {
			return filepath.SkipDir
		}
		names, own := comments(t, path)
		if len(names) == 1 && names["package"] == "" {
			return nil // no package, or tests alone
		}
		for name, comment := range names {
			assert.NotEmpty(t, comment, "%s: %s has no comment", path, name)
			total++
		}
		if of, _, _ := strings.Cut(filepath.ToSlash(path), "/"); of != "clerk" {
			return nil
		}
		// What Clerk has is looked up a name at a time, each field too.
		for name, comment := range own {
			begins := name[strings.LastIndex(name, ".")+1:] + " "
			assert.True(t, strings.HasPrefix(comment, begins), "%s: %s has no comment that begins with its name", path, name)
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
		counts := constant == "" || strings.HasPrefix(constant, "Outcome") || strings.HasPrefix(constant, "Step")
		if of != "ActionType" && counts {
			names++
		}
	}
	t.Logf("%d exported names, methods and action types aside", names)
	require.LessOrEqual(t, names, 65)
}
