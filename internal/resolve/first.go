package resolve

import (
	"context"
	"encoding/json"
	"errors"
)

type first []Node

// First is the first of the nodes that is present and not an empty string. If
// there is none it is null if one of them is null, else missing.
func First(nodes []Node) (Node, error) {
	if len(nodes) == 0 {
		return nil, errNoValues
	}
	return first(nodes), nil
}

var errNoValues = errors.New("needs at least one value")

func (f first) Resolve(ctx context.Context, in *Input) (string, error) {
	none := ""
	for _, n := range f {
		raw, err := n.Resolve(ctx, in)
		if err != nil {
			return "", err
		}
		switch raw {
		case "", `""`:
		case null:
			none = null
		default:
			return raw, nil
		}
	}
	return none, nil
}

func (f first) Spec() any           { return map[string]any{"first": specs(f)} }
func (f first) bind(ps *Paths) Node { return first(bindAll(f, ps)) }
func (f first) children() []Node    { return f }
func (f first) why(*Input) string   { return "none of its values is there" }

func readFirst(arg json.RawMessage) (Node, error) {
	var parts []json.RawMessage
	if json.Unmarshal(arg, &parts) != nil || len(parts) == 0 {
		return nil, errors.New("takes a list of values")
	}
	nodes, err := readAll(parts)
	if err != nil {
		return nil, err
	}
	return First(nodes)
}
