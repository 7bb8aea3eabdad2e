package resolve

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/clerkknock/clerkknock/internal/text"
)

// literal is a constant, as JSON text.
type literal string

// Literal is a constant: anything that encoding/json can encode.
func Literal(v any) (Node, error) {
	raw, err := text.Encode(v)
	if err != nil {
		return nil, fmt.Errorf("literal: %w", err)
	}
	return literal(raw), nil
}

func (l literal) Resolve(context.Context, *Input) (string, error) { return string(l), nil }

func (l literal) Spec() any         { return map[string]any{"literal": json.RawMessage(l)} }
func (l literal) bind(*Paths) Node  { return l }
func (l literal) children() []Node  { return nil }
func (l literal) why(*Input) string { return "is nothing" }
