package marks

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
)

// Types lists the exported types that a host can import from the module in a folder, as
// "package.Name". It leaves out what holds nothing by its nature, which are interfaces and
// functions, other names for a type, packages for tests, and the folders in passed.
func Types(root string, passed ...string) (names []string, err error) {
	outside := map[string]bool{}
	for _, name := range append(passed, "internal", "testdata", "node_modules") {
		outside[name] = true
	}
	err = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir():
			_, other := os.Stat(filepath.Join(path, "go.mod"))
			if path != root && (outside[d.Name()] || strings.HasPrefix(d.Name(), ".") || other == nil) {
				return filepath.SkipDir
			}
			return nil
		case !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go"):
			return nil
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		if f.Name.Name == "main" || isForTests(f.Name.Name) {
			return nil
		}
		names = append(names, typesOf(f)...)
		return nil
	})
	if err == nil && len(names) == 0 {
		err = errors.New("no types found in " + root)
	}
	return names, err
}

// isForTests reports whether a package is for tests, as net/http/httptest is.
// Mappingtest is one too, but a host runs it on its own mappings.
func isForTests(name string) bool {
	return strings.HasSuffix(name, "test") && name != "mappingtest"
}

func typesOf(f *ast.File) (names []string) {
	for _, decl := range f.Decls {
		general, ok := decl.(*ast.GenDecl)
		if !ok {
			continue
		}
		for _, spec := range general.Specs {
			t, ok := spec.(*ast.TypeSpec)
			if !ok || !t.Name.IsExported() || t.Assign.IsValid() {
				continue
			}
			switch t.Type.(type) {
			case *ast.InterfaceType, *ast.FuncType:
			default:
				names = append(names, f.Name.Name+"."+t.Name.Name)
			}
		}
	}
	return names
}

// NameOf is the name of a value's type, as Types lists it.
func NameOf(v any) string {
	t := reflect.TypeOf(v)
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	name, _, _ := strings.Cut(t.String(), "[")
	return name
}
