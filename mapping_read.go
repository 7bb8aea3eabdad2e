package clerkknock

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/clerkknock/clerkknock/internal/resolve"
	"github.com/tidwall/gjson"
)

// mappingReader reads one mapping of a file and collects what is wrong with it.
type mappingReader struct {
	filePart
	errs []error
}

func (r *mappingReader) fail(at filePart, format string, args ...any) {
	r.errs = append(r.errs, at.errorf(format, args...))
}

// mapping reads as much of the mapping as there is; it is right if nothing failed.
func (r *mappingReader) mapping() Mapping {
	if !r.IsObject() {
		r.fail(r.filePart, "is no object and so no mapping")
		return Mapping{}
	}
	m := Mapping{
		ID: r.text("id"), Event: r.text("event_type"), Action: ActionType(r.text("action_type")),
		Inactive: !r.flag("active", true), About: r.text("about"), Unordered: r.flag("unordered", false),
	}
	r.flag("is_deleted", false)
	if m.ID == "" {
		m.ID = fileID(m.Event, m.Action)
	}
	if m.Event == "" && r.errs == nil {
		r.fail(r.get("event_type"), "is missing")
	}
	spec, ok := actions[m.Action]
	if !ok {
		r.fail(r.get("action_type"), "%q is no action type that is known here; map the event with On in code", m.Action)
		return m
	}
	m.Params = r.params(m.Action, spec)
	for _, name := range spec.required {
		if _, ok := m.Params[name]; !ok && !m.Inactive && r.errs == nil {
			r.fail(r.get("action_parameters"), "has no %s, which %s requires", name, m.Action)
		}
	}
	if err := m.check(); err != nil && r.errs == nil {
		r.fail(r.filePart, "%w", err)
	}
	return m
}

// text is a member that is text, or "" if it is null or not there.
func (r *mappingReader) text(key string) string {
	part := r.get(key)
	if part.Type != gjson.String && part.Type != gjson.Null {
		r.fail(part, "is no text")
	}
	return part.Str
}

// flag is a member that is true or false, or the default if it is null or not there.
func (r *mappingReader) flag(key string, byDefault bool) bool {
	part := r.get(key)
	if part.Type == gjson.Null {
		return byDefault
	}
	if !part.IsBool() {
		r.fail(part, "is neither true nor false")
	}
	return part.Bool()
}

// params are the parameters that are mapped.
func (r *mappingReader) params(a ActionType, spec actionSpec) Params {
	all := r.get("action_parameters")
	if all.Type != gjson.Null && !all.IsObject() {
		r.fail(all, "is no object of parameters")
	}
	params := Params{}
	for name, part := range all.members() {
		if part.Type == gjson.Null {
			continue
		}
		param := name
		if name == "object_id" && strings.HasPrefix(string(a), "objects_") {
			param = "id"
		}
		if _, twice := params[param]; twice {
			r.fail(part, "gives %s once more; leave one of the two", param)
		}
		if !spec.takes(param) {
			r.fail(part, "%s does not take it; it takes %s", a,
				strings.Join(slices.Concat(spec.required, spec.optional), ", "))
			continue
		}
		if part.Type == gjson.String && literalParam(a, param, part.Str) {
			params[param] = Literal(part.Str)
			continue
		}
		params[param] = r.value(part, takesObject(param))
	}
	return params
}

// value reads a parameter, or a member of one that may be an object of paths.
func (r *mappingReader) value(part filePart, object bool) Value {
	if !object || !part.IsObject() || isDirective(part) {
		v := newValue(resolve.Read(json.RawMessage(part.Raw)))
		if v.err != nil {
			r.fail(part, "%w", v.err)
		}
		return v
	}
	members := Params{}
	for name, member := range part.members() {
		if member.Type != gjson.Null {
			members[name] = r.value(member, true)
		}
	}
	return Object(members)
}

// literalParam reports whether a plain string is the parameter itself and no path: the
// key of a workflow, a system collection such as $tenants, the default preference set.
func literalParam(a ActionType, name, s string) bool {
	return name == "key" && (a == WorkflowsTrigger || a == WorkflowsCancel) ||
		name == "collection" && strings.HasPrefix(s, "$") ||
		name == "preference_set_id" && s == "default"
}

// takesObject reports whether a parameter may be an object of paths in a file.
func takesObject(param string) bool {
	return param == "data" || param == "properties" || param == "settings"
}

// isDirective reports whether an object in a file is a value of another kind, and no
// object of paths.
func isDirective(part filePart) bool {
	var names []string
	for name := range part.members() {
		names = append(names, name)
	}
	return len(names) == 1 && slices.Contains(resolve.Directives, names[0])
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
		if _, path := spec.(string); !path || len(members) == 1 && slices.Contains(resolve.Directives, name) {
			return false
		}
	}
	return len(members) > 0
}
