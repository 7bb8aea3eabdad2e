package resolve

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/clerkknock/clerkknock/internal/text"
	"github.com/tidwall/gjson"
)

type object []Named // by name

// Object is a JSON object with the given members; those that are missing are left
// out.
func Object(members []Named) Node { return object(Sorted(members)) }

func (o object) Resolve(ctx context.Context, in *Input) (string, error) {
	b := []byte{'{'}
	for _, m := range o {
		raw, err := in.Within(ctx, m)
		if err != nil {
			return "", fmt.Errorf("member %q: %w", m.Name, err)
		}
		if raw == "" {
			continue
		}
		if len(b) > 1 {
			b = append(b, ',')
		}
		b = append(append(text.AppendQuoted(b, m.Name), ':'), raw...)
	}
	return text.View(append(b, '}')), nil
}

func (o object) Spec() any {
	members := make(map[string]any, len(o))
	for _, m := range o {
		members[m.Name] = m.Node.Spec()
	}
	return map[string]any{"object": members}
}

func (o object) bind(ps *Paths) Node { return object(BindNamed(o, ps)) }

func (o object) children() []Node {
	all := make([]Node, len(o))
	for i, m := range o {
		all[i] = m.Node
	}
	return all
}

func (o object) why(*Input) string { return "is nothing" }

// Members returns the names of the members that an object can be seen to have: those of
// an Object, and of a Literal that is one.
func Members(n Node) []string {
	var names []string
	switch n := n.(type) {
	case object:
		for _, m := range n {
			names = append(names, m.Name)
		}
	case literal:
		gjson.Parse(string(n)).ForEach(func(key, _ gjson.Result) bool {
			if key.Type == gjson.String {
				names = append(names, key.Str)
			}
			return true
		})
	}
	return names
}

// BindNamed is Bind for a list.
func BindNamed(all []Named, ps *Paths) []Named {
	bound := make([]Named, len(all))
	for i, n := range all {
		bound[i] = Named{n.Name, n.Node.bind(ps)}
	}
	return bound
}

func readObject(arg json.RawMessage) (Node, error) {
	var parts map[string]json.RawMessage
	if json.Unmarshal(arg, &parts) != nil || parts == nil {
		return nil, errors.New("takes an object of values")
	}
	members := make([]Named, 0, len(parts))
	for _, name := range slices.Sorted(maps.Keys(parts)) {
		n, err := Read(parts[name])
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		members = append(members, Named{name, n})
	}
	return Object(members), nil
}
