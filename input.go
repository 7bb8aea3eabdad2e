package clerkknock

import (
	"net/http"
	"sync"
	"time"

	"github.com/clerkknock/clerkknock/clerk"
	"github.com/clerkknock/clerkknock/internal/text"
)

// input is what the values of one event are resolved against. What they resolve to
// may be a view of it and has to be copied before the input is released.
type input struct {
	envelope   clerk.Envelope
	found      []string // by the slots of the bound paths
	header     http.Header
	preprocess string // JSON text
	composed   []byte // JSON text that the event does not have as it is
}

var inputs = sync.Pool{New: func() any { return new(input) }}

// newInput returns the input of an event, with all that the paths lead to.
func newInput(e clerk.Envelope, header http.Header, ps *paths) *input {
	in := inputs.Get().(*input)
	in.envelope, in.header = e, header
	in.found = ps.walk(e, in.found)
	return in
}

// discard ends the use of what has been composed for one mapping.
func (in *input) discard() {
	clear(in.composed)
	in.composed = in.composed[:0]
}

// maxReused keeps one large event from occupying memory for good.
const maxReused = 64 << 10

// release lets another event use the memory. Nothing of this one stays in it.
func (in *input) release() {
	if cap(in.composed) > maxReused {
		in.composed = nil
	}
	clear(in.found)
	*in = input{found: in.found[:0], composed: in.composed}
	inputs.Put(in)
}

// quoted is a text as a JSON string.
func (in *input) quoted(s string) string {
	start := len(in.composed)
	in.composed = text.AppendQuoted(in.composed, s)
	return text.View(in.composed[start:])
}

// joined is the words as one JSON string.
func (in *input) joined(sep string, words []string) string {
	start := len(in.composed)
	for i, word := range words {
		if i > 0 {
			in.composed = append(in.composed, sep...)
		}
		in.composed = append(in.composed, word...)
	}
	return in.quoted(text.View(in.composed[start:]))
}

// formatted is a time as a JSON string, in the form that Knock takes.
func (in *input) formatted(t time.Time) string {
	start := len(in.composed)
	in.composed = t.AppendFormat(in.composed, time.RFC3339Nano)
	return in.quoted(text.View(in.composed[start:]))
}
