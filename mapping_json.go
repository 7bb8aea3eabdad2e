package clerkknock

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/clerkknock/clerkknock/internal/resolve"
	"github.com/clerkknock/clerkknock/internal/text"
)

// ReadMappings reads mappings in the shape that Knock's Management API has for
// the mappings of a source, https://docs.knock.app/mapi-reference: an array of
// them, or a whole source as "knock source get KEY --json" prints it, of which
// the mappings of one environment are taken. environment may be empty if there
// is only one. What is marked as deleted is left out.
//
// A parameter is a path, or null for none; the key of a workflow is the key
// itself. Values that Knock does not have are objects: {"literal": x},
// {"first": [a, b]}, {"join": [" ", a, b]}, {"time": "path"},
// {"object": {"name": a}}, and {"path": "path"} for the key of a workflow.
//
// Knock's mappings have no ID: each gets the default one, and where an event has
// the same action twice the second one's ends in ":2". Preprocessing scripts are
// not run; do in Mapper.Preprocess what yours does. An error says where in the
// file the mistake is. The result goes to NewMapper, or to With.
func ReadMappings(data []byte, environment string) ([]Mapping, error) {
	raw, where, err := findMappings(data, environment)
	if err != nil {
		return nil, fmt.Errorf("mappings: %w", err)
	}
	var files []mappingFile
	if err := json.Unmarshal(raw, &files); err != nil {
		return nil, fmt.Errorf("mappings: %s is not a list of mappings: %w", orRoot(where), err)
	}
	mappings := make([]Mapping, 0, len(files))
	seen := map[string]int{}
	for i, f := range files {
		if f.Deleted {
			continue
		}
		at := fmt.Sprintf("%s[%d]", where, i)
		m, err := f.mapping(at)
		if err != nil {
			return nil, fmt.Errorf("mappings: %w", err)
		}
		if seen[m.ID]++; seen[m.ID] > 1 {
			m.ID = fmt.Sprintf("%s:%d", m.ID, seen[m.ID])
		}
		if err := m.check(); err != nil {
			return nil, fmt.Errorf("mappings: %s %w", at, err)
		}
		mappings = append(mappings, m)
	}
	return mappings, nil
}

// WriteMappings is the reverse of ReadMappings: a JSON array of the mappings, as
// the Management API takes them as long as they hold nothing but paths. What
// lives in code cannot be written: mappings made with On, conditions, and
// values made with Func are errors.
func WriteMappings(mappings []Mapping) ([]byte, error) {
	files := make([]mappingFile, 0, len(mappings))
	for _, m := range mappings {
		m = m.withDefaults()
		switch {
		case m.inCode():
			return nil, fmt.Errorf("mapping %q: is made with On or Handle, which no file can hold", m.ID)
		case m.When != nil:
			return nil, fmt.Errorf("mapping %q: has a condition, which no file can hold", m.ID)
		}
		active := !m.Inactive
		f := mappingFile{Event: m.Event, Action: m.Action, Active: &active, About: m.About, Unordered: m.Unordered}
		if m.ID != m.Event+":"+string(m.Action) {
			f.ID = m.ID
		}
		f.Params = make(map[string]json.RawMessage, len(m.Params))
		for _, name := range slices.Sorted(maps.Keys(m.Params)) {
			v := m.Params[name]
			if err := v.check(); err != nil {
				return nil, fmt.Errorf("mapping %q: parameter %q: %w", m.ID, name, err)
			}
			if resolve.InCode(v.node) {
				return nil, fmt.Errorf("mapping %q: parameter %q: is made with Func, which no file can hold", m.ID, name)
			}
			raw, err := text.Encode(fileParam(m.Action, name, v))
			if err != nil {
				return nil, fmt.Errorf("mapping %q: parameter %q: %w", m.ID, name, err)
			}
			f.Params[name] = raw
		}
		files = append(files, f)
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	err := enc.Encode(files)
	return b.Bytes(), err
}

// mappingFile is a mapping in Knock's shape; id, about and unordered are ours.
type mappingFile struct {
	ID        string                     `json:"id,omitempty"`
	Event     string                     `json:"event_type"`
	Action    ActionType                 `json:"action_type"`
	Params    map[string]json.RawMessage `json:"action_parameters"`
	Active    *bool                      `json:"active,omitempty"`
	Deleted   bool                       `json:"is_deleted,omitempty"`
	About     string                     `json:"about,omitempty"`
	Unordered bool                       `json:"unordered,omitempty"`
}

// mapping makes the mapping that stands in the file at a place.
func (f mappingFile) mapping(at string) (Mapping, error) {
	m := Mapping{ID: f.ID, Event: f.Event, Action: f.Action, About: f.About, Unordered: f.Unordered, Params: Params{}}
	m.Inactive = f.Active != nil && !*f.Active
	for _, name := range slices.Sorted(maps.Keys(f.Params)) {
		raw := f.Params[name]
		if string(raw) == "null" {
			continue // not mapped
		}
		param := name
		if name == "object_id" && strings.HasPrefix(string(f.Action), "objects_") {
			param = "id"
		}
		v, err := readParam(f.Action, param, raw)
		if err != nil {
			return m, fmt.Errorf("%s.action_parameters.%s: %w", at, name, err)
		}
		m.Params[param] = v
	}
	return m.withDefaults(), nil
}

// literalParam reports whether a plain string is the parameter itself and no path: the
// key of a workflow, a system collection such as $tenants, the default preference set.
func literalParam(a ActionType, name, s string) bool {
	return name == "key" && (a == WorkflowsTrigger || a == WorkflowsCancel) ||
		name == "collection" && strings.HasPrefix(s, "$") ||
		name == "preference_set_id" && s == "default"
}

func readParam(a ActionType, name string, raw json.RawMessage) (Value, error) {
	var s string
	if json.Unmarshal(raw, &s) == nil && literalParam(a, name, s) {
		return Literal(s), nil
	}
	v := newValue(resolve.Read(raw))
	return v, v.err
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
	}
	return v.node.Spec()
}
