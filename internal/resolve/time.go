package resolve

import (
	"context"
	"time"

	"github.com/clerkknock/clerkknock/clerk"
)

type timestamp struct{ path *path }

// Time is the time at a path, read as package clerk reads all times, in the
// RFC 3339 form that Knock takes. A value that is not a time is missing.
func Time(expr string) (Node, error) {
	p, err := parsePath(expr)
	if err != nil {
		return nil, err
	}
	return timestamp{p}, nil
}

func (t timestamp) Resolve(_ context.Context, in *Input) (string, error) {
	raw := t.path.find(in)
	if raw == null {
		return null, nil
	}
	at := clerk.ParseTime(raw)
	if at.IsZero() {
		return "", nil
	}
	return quoted(at.Format(time.RFC3339Nano)), nil
}

func (t timestamp) Spec() any           { return map[string]any{"time": t.path.expr} }
func (t timestamp) bind(ps *Paths) Node { return timestamp{ps.bind(t.path)} }
func (t timestamp) children() []Node    { return []Node{t.path} }

func (t timestamp) why(in *Input) string {
	if t.path.find(in) != "" {
		return t.path.expr + " is no time"
	}
	return t.path.why(in)
}
