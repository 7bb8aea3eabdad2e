package snippets

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"slices"
	"strings"
)

// File returns a Go file that compiles if the block does. Statements go into a
// function. vars has the types of variables that a reader takes for granted;
// known has the packages that a block may use without importing them.
func (b Block) File(source string, vars map[string]string, known Packages) (string, error) {
	if b.program() {
		return b.Text, nil
	}
	body := b.Text
	if _, err := parse(body, parser.SkipObjectResolution); err != nil {
		body = "func _() {\n" + b.Text + "}\n"
	}
	file, err := parse(body, 0)
	if err != nil {
		return "", fmt.Errorf("%s:%d: %w", source, b.Line, err)
	}
	head, tail := "", ""
	if body != b.Text {
		head, tail = function(file)
	}
	for _, name := range unresolved(file) {
		if kind, ok := vars[name]; ok {
			tail += "\nvar " + name + " " + kind + "\n"
		}
	}
	code := fmt.Sprintf("%s\n//line %s:%d\n%s%s", head, source, b.Line, b.Text, tail)
	if file, err = parse(code, 0); err != nil {
		return "", fmt.Errorf("%s:%d: %w", source, b.Line, err)
	}
	known = maps.Clone(known)
	maps.Copy(known, b.Imports)
	return "package snippet\n\n" + importing(unresolved(file), known) + code, nil
}

func parse(code string, mode parser.Mode) (*ast.File, error) {
	return parser.ParseFile(token.NewFileSet(), "", "package snippet\n"+code, mode)
}

// function returns what stands before and after the statements: Go wants every
// variable used, and something returned where anything is.
func function(file *ast.File) (head, tail string) {
	body := file.Decls[0].(*ast.FuncDecl).Body
	for _, name := range declared(body) {
		tail += "_ = " + name + "\n"
	}
	if returnsError(body) {
		return "func _() error {", tail + "return nil\n}\n"
	}
	return "func _() {", tail + "}\n"
}

func declared(body *ast.BlockStmt) []string {
	names := map[string]bool{}
	for _, statement := range body.List {
		for _, name := range declares(statement) {
			names[name] = true
		}
	}
	return slices.Sorted(maps.Keys(names))
}

func returnsError(body *ast.BlockStmt) (found bool) {
	ast.Inspect(body, func(n ast.Node) bool {
		if r, ok := n.(*ast.ReturnStmt); ok && len(r.Results) > 0 {
			found = true
		}
		_, nested := n.(*ast.FuncLit)
		return !nested
	})
	return found
}

func unresolved(file *ast.File) []string {
	names := map[string]bool{}
	for _, id := range file.Unresolved {
		names[id.Name] = true
	}
	return slices.Sorted(maps.Keys(names))
}

func importing(names []string, known Packages) string {
	var lines strings.Builder
	for _, name := range names {
		if imported, ok := known[name]; ok {
			fmt.Fprintf(&lines, "import %s %q\n", name, imported)
		}
	}
	return lines.String()
}
