package resolve

import (
	"context"
	"strings"

	"github.com/clerkknock/clerkknock/clerk"
	"github.com/clerkknock/clerkknock/internal/text"
)

// Input is what the values of one event are resolved against. What they resolve
// to may be a view of the event's body.
type Input struct {
	Event clerk.Envelope
	// Preprocess is the result of the host's hook, as JSON text.
	Preprocess string
	// LeftOut says which members of objects have resolved to nothing, and why.
	LeftOut []string

	found []string // by the slots of the bound paths
	at    []string // the names of the members around the one being resolved
}

// NewInput returns the input of an event, with all that the paths lead to.
func NewInput(e clerk.Envelope, ps *Paths) *Input {
	return &Input{Event: e, found: ps.walk(e)}
}

// Within resolves a parameter, or a member of an object. What resolves to nothing
// is noted in LeftOut.
func (in *Input) Within(ctx context.Context, n Named) (string, error) {
	in.at = append(in.at, n.Name)
	raw, err := n.Node.Resolve(ctx, in)
	if err == nil && raw == "" {
		in.LeftOut = append(in.LeftOut, strings.Join(in.at, ".")+": "+n.Node.why(in))
	}
	in.at = in.at[:len(in.at)-1]
	return raw, err
}

// quoted is a text as a JSON string.
func quoted(s string) string {
	return text.View(text.AppendQuoted(make([]byte, 0, len(s)+len(`""`)), s))
}

// joined is the words as one JSON string.
func joined(sep string, words []string) string { return quoted(strings.Join(words, sep)) }
