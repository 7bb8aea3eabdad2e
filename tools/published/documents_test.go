package published_test

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"testing"

	"github.com/clerkknock/clerkknock/tools/internal/snippets"
)

// What the snippets take for granted.
var taken = map[string]string{
	"box":      "*inbox.Inbox",
	"ctx":      "context.Context",
	"db":       "*sql.DB",
	"err":      "error",
	"executor": "clerkknock.Executor",
	"letter":   "inbox.Letter",
	"logger":   "*slog.Logger",
	"login":    "func(*http.Request) (string, bool)",
	"mapper":   "*clerkknock.Mapper",
	"mux":      "*http.ServeMux",
	"now":      "time.Time",
	"secret":   "[]byte",
	"secrets":  "[]string",
	"server":   "*http.Server",
	"src":      "*clerkknock.Source",
	"store":    "ledger.Aliases",
	"t":        "*testing.T",
	"ten":      "time.Time",
}

// documents are the files whose snippets have to compile.
func documents(t *testing.T, tree string) []string {
	t.Helper()
	docs, err := filepath.Glob(filepath.Join(tree, "docs", "*.md"))
	if err != nil || len(docs) == 0 {
		t.Fatalf("there are no documents in docs: %v", err)
	}
	all := []string{"README.md", "inbox/README.md"}
	for _, name := range docs {
		all = append(all, "docs/"+filepath.Base(name))
	}
	return all
}

// writeSnippets makes a package of each Go block of a document.
func (h host) writeSnippets(tree, document string, known snippets.Packages) {
	h.t.Helper()
	markdown, err := os.ReadFile(filepath.Join(tree, document))
	if err != nil {
		h.t.Fatal(err)
	}
	blocks, err := snippets.Blocks(string(markdown))
	if err != nil {
		h.t.Fatal(err)
	}
	if len(blocks) == 0 && path.Base(document) == "README.md" {
		h.t.Fatalf("%s has no Go in it", document)
	}
	for _, b := range blocks {
		for i, alternative := range b.Alternatives() {
			text, err := alternative.File(document, taken, known)
			if err != nil {
				h.t.Error(err)
				continue
			}
			h.write(path.Join("snippets", document, fmt.Sprintf("line%d-%d", b.Line, i+1), "snippet.go"), text)
		}
	}
}
