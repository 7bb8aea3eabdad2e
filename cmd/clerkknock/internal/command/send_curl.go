package command

import (
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
)

// printCurl prints a request as a command of a shell. The signature is in it, and the
// secret is not.
func printCurl(w io.Writer, request *http.Request, body []byte) error {
	var b strings.Builder
	b.WriteString("curl -i -X POST " + quoted(request.URL.String()))
	for _, name := range slices.Sorted(maps.Keys(request.Header)) {
		for _, v := range request.Header[name] {
			b.WriteString(" \\\n  -H " + quoted(strings.ToLower(name)+": "+v))
		}
	}
	b.WriteString(" \\\n  --data-binary " + quoted(string(body)))
	_, err := fmt.Fprintln(w, b.String())
	return err
}

// quoted is a word of a shell. A leading @, which curl takes for a file, cannot come: a
// body begins with a brace.
func quoted(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }
