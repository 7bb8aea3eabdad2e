package clerkknock

import (
	"encoding/json"
	"slices"
	"strings"
)

// literalParam reports whether a plain string is the parameter itself and no
// path: the key of a workflow, and a system collection such as $tenants.
func literalParam(a ActionType, name, s string) bool {
	return name == "key" && (a == WorkflowsTrigger || a == WorkflowsCancel) ||
		name == "collection" && strings.HasPrefix(s, "$")
}

// takesObject reports whether a parameter may be an object of paths in a file.
func takesObject(param string) bool {
	return param == "data" || param == "properties" || param == "settings"
}

// directives are the single members by which an object in a file is a value and no
// object of paths.
var directives = []string{"literal", "path", "time", "first", "join", "object", "func"}

func isDirective(part filePart) bool {
	var names []string
	for name := range part.members() {
		names = append(names, name)
	}
	return len(names) == 1 && slices.Contains(directives, names[0])
}

// fileParam is a parameter as it stands in a file.
func fileParam(a ActionType, name string, v Value) any {
	switch spec := v.node.Spec().(type) {
	case string: // a path
		if literalParam(a, name, spec) {
			return map[string]any{"path": spec} // a bare string would be the key itself
		}
	case map[string]any:
		raw, _ := spec["literal"].(json.RawMessage)
		var s string
		if json.Unmarshal(raw, &s) == nil && literalParam(a, name, s) {
			return s
		}
		members, ok := spec["object"].(map[string]any)
		if ok && takesObject(name) && onlyPaths(members) {
			return members
		}
	}
	return v.node.Spec()
}

// onlyPaths reports whether an object can be written as Knock has it.
func onlyPaths(members map[string]any) bool {
	for name, spec := range members {
		if _, path := spec.(string); !path || len(members) == 1 && slices.Contains(directives, name) {
			return false
		}
	}
	return len(members) > 0
}
