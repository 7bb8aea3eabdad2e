package resolve

import (
	"net/http"
	"strings"

	"github.com/clerkknock/clerkknock/clerk"
	"github.com/clerkknock/clerkknock/internal/text"
)

// Input is what the values of one event are resolved against. What they resolve
// to may be a view of the event's body.
type Input struct {
	Event  clerk.Envelope
	Header http.Header
	// Preprocess is the result of the host's hook, as JSON text.
	Preprocess string

	found []string // by the slots of the bound paths
}

// NewInput returns the input of an event, with all that the paths lead to.
func NewInput(e clerk.Envelope, header http.Header, ps *Paths) *Input {
	return &Input{Event: e, Header: header, found: ps.walk(e)}
}

// quoted is a text as a JSON string.
func quoted(s string) string {
	return text.View(text.AppendQuoted(make([]byte, 0, len(s)+len(`""`)), s))
}

// joined is the words as one JSON string.
func joined(sep string, words []string) string { return quoted(strings.Join(words, sep)) }
