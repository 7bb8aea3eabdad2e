package resolve

import (
	"context"
	"errors"
	"fmt"

	"github.com/clerkknock/clerkknock/clerk"
	"github.com/clerkknock/clerkknock/internal/text"
)

// ErrMissing, returned by a host's function, leaves its value out.
var ErrMissing = errors.New("value is missing")

// ErrEncoding marks a result of a host's function that is no JSON.
var ErrEncoding = errors.New("its result cannot be encoded as JSON")

type function struct {
	name string
	fn   func(ctx context.Context, e clerk.Envelope) (any, error)
}

// Func is computed by host code. The name stands for the code in Spec.
func Func(name string, fn func(ctx context.Context, e clerk.Envelope) (any, error)) (Node, error) {
	if name == "" || fn == nil {
		return nil, errors.New("func: needs a name and a function")
	}
	return function{name, fn}, nil
}

func (f function) Resolve(ctx context.Context, in *Input) (string, error) {
	v, err := f.fn(ctx, in.Event)
	if errors.Is(err, ErrMissing) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("func %q: %w", f.name, err)
	}
	raw, err := text.Encode(v)
	if err != nil {
		return "", fmt.Errorf("func %q: %w: %w", f.name, ErrEncoding, err)
	}
	return text.View(raw), nil
}

func (f function) Spec() any        { return map[string]any{"func": f.name} }
func (f function) bind(*Paths) Node { return f }
func (f function) children() []Node { return nil }

func (f function) why(*Input) string { return fmt.Sprintf("func %q has nothing", f.name) }
