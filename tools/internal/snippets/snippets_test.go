package snippets_test

import (
	"go/parser"
	"go/token"
	"strings"
	"testing"

	"github.com/clerkknock/clerkknock/tools/internal/snippets"
)

const markdown = "# Title\n\n" +
	"```sh\ngo test\n```\n\n" +
	"```go\nimport (\n    \"log\" // or (another)\n    r \"example.com/thing/v2\"\n)\n\n" +
	"a, err := r.New(name)\nif err != nil {\n    return err\n}\nfor i := range 3 {\n    use(i)\n}\n```\n\n" +
	"```go\nfunc f() { log.Print(name) }\n```\n\n" +
	"```go\npackage main\n\nimport \"os\"\n\nfunc main() { os.Exit(1) }\n```\n\n" +
	"```go\nmux.Handle(func() error { return nil })\n```\n"

func TestOnlyBlocksOfGoAreFoundWithTheirLines(t *testing.T) {
	t.Parallel()
	blocks := read(t)
	var lines []int
	for _, b := range blocks {
		lines = append(lines, b.Line)
	}
	if len(lines) != 4 || lines[0] != 8 || lines[1] != 23 {
		t.Errorf("got blocks at lines %v", lines)
	}
}

func TestStatementsBecomeAFunctionThatUsesItsVariables(t *testing.T) {
	t.Parallel()
	text := file(t, read(t)[0])
	holds(t, text, `import r "example.com/thing/v2"`, "func _() error {", "//line README.md:8",
		"_ = a\n_ = err\n", "return nil", "var name string")
	lacks(t, text, `"log"`, "var unused", "_ = i")
}

func TestDeclarationsStayAsTheyAreAndPackagesAreImported(t *testing.T) {
	t.Parallel()
	text := file(t, read(t)[1])
	holds(t, text, `import log "log"`, "func f() {", "var name string")
	lacks(t, text, "func _()")
}

func TestAProgramStaysAsItIs(t *testing.T) {
	t.Parallel()
	if b := read(t)[2]; file(t, b) != b.Text || !strings.Contains(b.Text, `import "os"`) {
		t.Errorf("got %q", file(t, b))
	}
}

func TestAReturnInsideOfAFunctionLiteralIsItsOwn(t *testing.T) {
	t.Parallel()
	holds(t, file(t, read(t)[3]), "func _() {")
}

func TestABlockThatIsNotGoIsNamedByItsLine(t *testing.T) {
	t.Parallel()
	blocks, err := snippets.Blocks("```go\na := {…}\n```\n")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := blocks[0].File("README.md", nil, nil); err == nil || !strings.HasPrefix(err.Error(), "README.md:2: ") {
		t.Errorf("got %v", err)
	}
}

func TestWhatIsDeclaredAgainIsAnAlternative(t *testing.T) {
	t.Parallel()
	const text = "a, err := one()\n// or\na, err := two(\n    name)\n\nb, err := a.f()\n"
	blocks, err := snippets.Blocks("```go\n" + text + "```\n")
	if err != nil {
		t.Fatal(err)
	}
	got := blocks[0].Alternatives()
	if len(got) != 2 {
		t.Fatalf("got %d alternatives", len(got))
	}
	first, second := file(t, got[0]), file(t, got[1])
	holds(t, first, "a, err := one()", "b, err := a.f()")
	lacks(t, first, "two(", "name")
	holds(t, second, "a, err := two(\n    name)", "b, err := a.f()")
	lacks(t, second, "one()")
	for _, alternative := range got {
		if strings.Count(alternative.Text, "\n") != strings.Count(text, "\n") {
			t.Errorf("lines have moved in %q", alternative.Text)
		}
	}
}

func TestABlockWithoutAlternativesIsItsOnlyOne(t *testing.T) {
	t.Parallel()
	for _, b := range read(t) {
		if got := b.Alternatives(); len(got) != 1 || got[0].Text != b.Text {
			t.Errorf("line %d: got %d alternatives", b.Line, len(got))
		}
	}
}

func read(t *testing.T) []snippets.Block {
	t.Helper()
	blocks, err := snippets.Blocks(markdown)
	if err != nil {
		t.Fatal(err)
	}
	return blocks
}

func file(t *testing.T, b snippets.Block) string {
	t.Helper()
	vars := map[string]string{"name": "string", "unused": "int", "mux": "*http.ServeMux"}
	text, err := b.File("README.md", vars, snippets.Packages{"log": "log", "http": "net/http"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := parser.ParseFile(token.NewFileSet(), "", text, 0); err != nil {
		t.Errorf("%v in\n%s", err, text)
	}
	return text
}

func holds(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("no %q in\n%s", part, text)
		}
	}
}

func lacks(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if strings.Contains(text, part) {
			t.Errorf("%q is in\n%s", part, text)
		}
	}
}
