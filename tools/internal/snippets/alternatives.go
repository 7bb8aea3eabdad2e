package snippets

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"slices"
	"strings"
)

// Alternatives takes a block apart that a reader does not copy as a whole: where a
// statement declares once more what one before it has declared, either can stand.
// The first alternative has the first of each, the second has the second.
func (b Block) Alternatives() []Block {
	const opening = "package p\nfunc _() {\n"
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, "", opening+b.Text+"}\n", parser.SkipObjectResolution)
	if b.program() || err != nil {
		return []Block{b}
	}
	statements := map[string][]ast.Stmt{} // by what they declare
	most := 1
	for _, statement := range file.Decls[0].(*ast.FuncDecl).Body.List {
		if names := declares(statement); len(names) > 0 {
			all := append(statements[strings.Join(names, ",")], statement)
			statements[strings.Join(names, ",")] = all
			most = max(most, len(all))
		}
	}
	alternatives := slices.Repeat([]Block{b}, most)
	for i := range alternatives {
		text := []byte(b.Text)
		for _, all := range statements {
			for j, statement := range all {
				if j != min(i, len(all)-1) {
					from := set.Position(statement.Pos()).Offset - len(opening)
					to := set.Position(statement.End()).Offset - len(opening)
					blank(text[from:to])
				}
			}
		}
		alternatives[i].Text = string(text)
	}
	return alternatives
}

// blank leaves the lines where they are.
func blank(text []byte) {
	for i, c := range text {
		if c != '\n' {
			text[i] = ' '
		}
	}
}

// declares returns the names that a statement declares with a value, in order.
func declares(statement ast.Stmt) []string {
	names := map[string]bool{}
	switch s := statement.(type) {
	case *ast.AssignStmt:
		for _, left := range s.Lhs {
			if id, ok := left.(*ast.Ident); ok && s.Tok == token.DEFINE {
				names[id.Name] = true
			}
		}
	case *ast.DeclStmt:
		for _, spec := range s.Decl.(*ast.GenDecl).Specs {
			if v, ok := spec.(*ast.ValueSpec); ok {
				for _, id := range v.Names {
					names[id.Name] = true
				}
			}
		}
	}
	delete(names, "_")
	return slices.Sorted(maps.Keys(names))
}
