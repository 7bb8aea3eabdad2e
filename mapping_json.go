package clerkknock

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
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
		case m.handler != nil:
			return nil, fmt.Errorf("mapping %q: is made with On, which no file can hold", m.ID)
		case m.When != nil:
			return nil, fmt.Errorf("mapping %q: has a condition, which no file can hold", m.ID)
		}
		active := !m.Inactive
		f := mappingFile{Event: m.Event, Action: m.Action, Active: &active, Unordered: m.Unordered}
		if m.ID != m.Event+":"+string(m.Action) {
			f.ID = m.ID
		}
		f.Params = make(map[string]json.RawMessage, len(m.Params))
		for _, p := range sorted(m.Params) {
			name, v := p.name, p.value
			if err := v.check(); err != nil {
				return nil, fmt.Errorf("mapping %q: parameter %q: %w", m.ID, name, err)
			}
			if hasFunc(v) {
				return nil, fmt.Errorf("mapping %q: parameter %q: is made with Func, which no file can hold", m.ID, name)
			}
			raw, err := encodeJSON(fileValue(m.Action, name, v))
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

// mappingFile is a mapping in Knock's shape; id and unordered are ours.
type mappingFile struct {
	ID        string                     `json:"id,omitempty"`
	Event     string                     `json:"event_type"`
	Action    ActionType                 `json:"action_type"`
	Params    map[string]json.RawMessage `json:"action_parameters"`
	Active    *bool                      `json:"active,omitempty"`
	Deleted   bool                       `json:"is_deleted,omitempty"`
	Unordered bool                       `json:"unordered,omitempty"`
}

// mapping makes the mapping that stands in the file at a place.
func (f mappingFile) mapping(at string) (Mapping, error) {
	m := Mapping{ID: f.ID, Event: f.Event, Action: f.Action, Unordered: f.Unordered, Params: Params{}}
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

// literalParam reports whether a plain string is the parameter itself and no
// path: the key of a workflow, and a system collection such as $tenants.
func literalParam(a ActionType, name, s string) bool {
	return name == "key" && (a == WorkflowsTrigger || a == WorkflowsCancel) ||
		name == "collection" && strings.HasPrefix(s, "$")
}

func readParam(a ActionType, name string, raw json.RawMessage) (Value, error) {
	var s string
	if json.Unmarshal(raw, &s) == nil && literalParam(a, name, s) {
		return Literal(s), nil
	}
	return readValue(raw)
}

// fileValue is a parameter as it stands in a file.
func fileValue(a ActionType, name string, v Value) any {
	if l, ok := v.node.(literal); ok {
		var s string
		if json.Unmarshal([]byte(l), &s) == nil && literalParam(a, name, s) {
			return s
		}
	}
	if p, ok := v.node.(*path); ok && literalParam(a, name, p.expr) {
		return map[string]any{"path": p.expr} // a bare string would be the key itself
	}
	return v.spec()
}

// readValue reads what Value.spec writes.
func readValue(raw json.RawMessage) (Value, error) {
	var expr string
	if json.Unmarshal(raw, &expr) == nil {
		v := Path(expr)
		return v, v.err
	}
	var directive map[string]json.RawMessage
	if json.Unmarshal(raw, &directive) != nil || len(directive) != 1 {
		return Value{}, errors.New(`is neither a path nor an object with one of "literal", "first", "join", "time" and "object"`)
	}
	var v Value
	for name, arg := range directive {
		var err error
		if v, err = readDirective(name, arg); err != nil {
			return v, fmt.Errorf("%s: %w", name, err)
		}
	}
	return v, v.check()
}

func readDirective(name string, arg json.RawMessage) (Value, error) {
	switch name {
	case "literal":
		return Literal(arg), nil
	case "path":
		var expr string
		if json.Unmarshal(arg, &expr) != nil {
			return Value{}, errors.New("takes a path")
		}
		return Path(expr), nil
	case "time":
		var expr string
		if json.Unmarshal(arg, &expr) != nil {
			return Value{}, errors.New("takes a path")
		}
		return Time(expr), nil
	case "first":
		values, err := readValues(arg)
		return First(values...), err
	case "join":
		var parts []json.RawMessage
		var sep string
		if json.Unmarshal(arg, &parts) != nil || len(parts) < 2 || json.Unmarshal(parts[0], &sep) != nil {
			return Value{}, errors.New("takes a list of a separator and values")
		}
		rest, _ := json.Marshal(parts[1:]) // what was JSON before
		values, err := readValues(rest)
		return Join(sep, values...), err
	case "object":
		var members map[string]json.RawMessage
		if json.Unmarshal(arg, &members) != nil || members == nil {
			return Value{}, errors.New("takes an object of values")
		}
		params := Params{}
		for _, member := range slices.Sorted(maps.Keys(members)) {
			v, err := readValue(members[member])
			if err != nil {
				return Value{}, fmt.Errorf("%s: %w", member, err)
			}
			params[member] = v
		}
		return Object(params), nil
	case "func":
		return Value{}, errors.New("lives in code; set this parameter there")
	}
	return Value{}, errors.New("is no such directive; there are literal, first, join, time, object and path")
}

func readValues(raw json.RawMessage) ([]Value, error) {
	var parts []json.RawMessage
	if json.Unmarshal(raw, &parts) != nil || len(parts) == 0 {
		return nil, errors.New("takes a list of values")
	}
	values := make([]Value, len(parts))
	for i, part := range parts {
		var err error
		if values[i], err = readValue(part); err != nil {
			return nil, fmt.Errorf("[%d]: %w", i, err)
		}
	}
	return values, nil
}

// hasFunc finds the one kind of value that no file can hold.
func hasFunc(v Value) bool {
	switch n := v.node.(type) {
	case function:
		return true
	case first:
		return slices.ContainsFunc(n, hasFunc)
	case join:
		return slices.ContainsFunc(n.values, hasFunc)
	case object:
		return slices.ContainsFunc(n, func(m namedValue) bool { return hasFunc(m.value) })
	}
	return false
}

// findMappings finds the list of mappings in a file, and its place there.
func findMappings(data []byte, environment string) (json.RawMessage, string, error) {
	if !json.Valid(data) {
		return nil, "", errors.New("the file is not JSON")
	}
	if bytes.HasPrefix(bytes.TrimSpace(data), []byte("[")) {
		return data, "", nil
	}
	var source struct {
		Source       json.RawMessage            `json:"source"`
		Environments map[string]json.RawMessage `json:"environment_settings"`
	}
	if err := json.Unmarshal(data, &source); err != nil {
		return nil, "", errors.New("the file holds neither a list of mappings nor a source")
	}
	prefix := ""
	if source.Source != nil {
		prefix = "source."
		if err := json.Unmarshal(source.Source, &source); err != nil {
			return nil, "", errors.New("source is no object")
		}
	}
	names := slices.Sorted(maps.Keys(source.Environments))
	switch {
	case len(names) == 0:
		return nil, "", errors.New("the file holds no environment_settings")
	case environment == "" && len(names) > 1:
		return nil, "", fmt.Errorf("the file holds several environments, name one of %s", strings.Join(names, ", "))
	case environment == "":
		environment = names[0]
	}
	settings, ok := source.Environments[environment]
	if !ok {
		return nil, "", fmt.Errorf("the file does not hold the environment %q, but %s", environment, strings.Join(names, ", "))
	}
	var found struct {
		Mappings json.RawMessage `json:"mappings"`
	}
	where := prefix + "environment_settings." + environment + ".mappings"
	if err := json.Unmarshal(settings, &found); err != nil || found.Mappings == nil {
		return nil, "", fmt.Errorf("%s is missing", where)
	}
	return found.Mappings, where, nil
}

func orRoot(where string) string {
	if where == "" {
		return "the file"
	}
	return where
}
