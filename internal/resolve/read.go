package resolve

import (
	"encoding/json"
	"errors"
	"fmt"
)

// Read reads what Spec writes: a path as a string, or an object with one
// directive. A kind of value has its line here and the rest in its own file.
func Read(raw json.RawMessage) (Node, error) {
	var expr string
	if json.Unmarshal(raw, &expr) == nil {
		return Path(expr)
	}
	var directive map[string]json.RawMessage
	if json.Unmarshal(raw, &directive) != nil || len(directive) != 1 {
		return nil, errors.New(`is neither a path nor an object with one of "literal", "first", "join", "time" and "object"`)
	}
	for name, arg := range directive {
		n, err := readDirective(name, arg)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		return n, nil
	}
	panic("unreachable: the directive has one member")
}

// Directives are the words that readDirective knows: the one member of an object that
// is a value.
var Directives = []string{"literal", "path", "time", "first", "join", "object", "func"}

func readDirective(name string, arg json.RawMessage) (Node, error) {
	switch name {
	case "literal":
		return Literal(arg)
	case "path":
		return readExpr(arg, Path)
	case "time":
		return readExpr(arg, Time)
	case "first":
		return readFirst(arg)
	case "join":
		return readJoin(arg)
	case "object":
		return readObject(arg)
	case "func":
		return nil, errors.New("lives in code; set this parameter there")
	}
	return nil, errors.New("is no such directive; there are literal, first, join, time, object and path")
}

func readExpr(arg json.RawMessage, make func(expr string) (Node, error)) (Node, error) {
	var expr string
	if json.Unmarshal(arg, &expr) != nil {
		return nil, errors.New("takes a path")
	}
	return make(expr)
}

func readAll(parts []json.RawMessage) ([]Node, error) {
	nodes := make([]Node, len(parts))
	for i, part := range parts {
		n, err := Read(part)
		if err != nil {
			return nil, fmt.Errorf("[%d]: %w", i, err)
		}
		nodes[i] = n
	}
	return nodes, nil
}
