package console

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/clerkknock/clerkknock"
)

// origin is where a value comes from, as a file of mappings has it: a path is text, every
// other kind an object with one member.
type origin struct{ spec any }

func originOf(v clerkknock.Value) (o origin) {
	if raw, err := json.Marshal(v); err == nil {
		_ = json.Unmarshal(raw, &o.spec) // it was encoded just now
	}
	return o
}

// kind is the member of the object, and what it holds.
func (o origin) kind() (kind string, of any) {
	if path, ok := o.spec.(string); ok {
		return "path", path
	}
	object, _ := o.spec.(map[string]any)
	for kind, of = range object {
		return kind, of
	}
	return "", nil
}

// members are those of an object by name, nil of anything else.
func (o origin) members() map[string]origin {
	kind, of := o.kind()
	specs, _ := of.(map[string]any)
	if kind != "object" {
		return nil
	}
	all := make(map[string]origin, len(specs))
	for name, spec := range specs {
		all[name] = origin{spec}
	}
	return all
}

// String says where the value comes from, in words.
func (o origin) String() string {
	kind, of := o.kind()
	list, _ := of.([]any)
	text, _ := of.(string)
	switch kind {
	case "path":
		return shortPath(text)
	case "time":
		return "the time at " + shortPath(text)
	case "func":
		return "the program's own function " + text
	case "first":
		return each(list, ", or else ")
	case "join":
		if len(list) > 1 {
			return each(list[1:], " and ") + ", joined by " + literal(list[0])
		}
	case "literal":
		return "always " + literal(of)
	case "object":
		members := o.members()
		var parts []string
		for _, name := range slices.Sorted(maps.Keys(members)) {
			parts = append(parts, name+" from "+members[name].String())
		}
		return "an object: " + strings.Join(parts, "; ")
	}
	return "unknown"
}

// each lists values. One that is a list itself stands in brackets.
func each(specs []any, between string) string {
	parts := make([]string, len(specs))
	for i, spec := range specs {
		parts[i] = origin{spec}.String()
		if strings.ContainsAny(parts[i], ",;") && len(specs) > 1 {
			parts[i] = "(" + parts[i] + ")"
		}
	}
	return strings.Join(parts, between)
}

func literal(of any) string {
	raw, err := json.Marshal(of)
	if err != nil {
		return "unknown"
	}
	return clip(string(raw))
}

// shortPath is a path without what all of them begin with.
func shortPath(path string) string { return strings.TrimPrefix(path, "body.") }
