package resolve

import (
	"context"
	"encoding/json"
	"errors"
	"strings"

	"github.com/tidwall/gjson"
)

type join struct {
	sep   string
	nodes []Node
}

// Join is the nodes as text with sep in between. What is null, missing, blank, an
// object or a list is passed over. If nothing is left it is null if one of them is
// null, else missing.
func Join(sep string, nodes []Node) (Node, error) {
	if len(nodes) == 0 {
		return nil, errNoValues
	}
	return join{sep, nodes}, nil
}

func (j join) Resolve(ctx context.Context, in *Input) (string, error) {
	none := ""
	words := make([]string, 0, 4) // enough for a name, and then on the stack
	for _, n := range j.nodes {
		raw, err := n.Resolve(ctx, in)
		if err != nil {
			return "", err
		}
		r := gjson.Parse(raw)
		word := raw // of a number or a truth value
		switch r.Type {
		case gjson.JSON:
			continue
		case gjson.Null:
			if raw == null {
				none = null
			}
			continue
		case gjson.String:
			word = strings.TrimSpace(r.Str)
		}
		if word != "" {
			words = append(words, word)
		}
	}
	if len(words) == 0 {
		return none, nil
	}
	return joined(j.sep, words), nil
}

func (j join) Spec() any           { return map[string]any{"join": append([]any{j.sep}, specs(j.nodes)...)} }
func (j join) bind(ps *Paths) Node { return join{j.sep, bindAll(j.nodes, ps)} }
func (j join) children() []Node    { return j.nodes }
func (j join) why(*Input) string   { return "none of its values is there" }

func readJoin(arg json.RawMessage) (Node, error) {
	var parts []json.RawMessage
	var sep string
	if json.Unmarshal(arg, &parts) != nil || len(parts) < 2 || json.Unmarshal(parts[0], &sep) != nil {
		return nil, errors.New("takes a list of a separator and values")
	}
	nodes, err := readAll(parts[1:])
	if err != nil {
		return nil, err
	}
	return Join(sep, nodes)
}
