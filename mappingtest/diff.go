package mappingtest

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"slices"

	"github.com/clerkknock/clerkknock"
)

// Change is a mapping that two tables have differently.
type Change struct {
	// ID is the mapping's.
	ID string `json:"id"`
	// Added and Removed say that only the second table, or only the first one, has it.
	Added   bool `json:"added,omitempty"`
	Removed bool `json:"removed,omitempty"`
	// Fields are what differs of a mapping that both have, in order: members of its form
	// in a file, such as "active", and single parameters, such as
	// "action_parameters.email".
	Fields []Field `json:"fields,omitempty"`
}

// Field is a part of a mapping, as WriteMappings of package clerkknock writes it. Nil is
// one that is not there.
type Field struct {
	Name   string          `json:"name"`
	Before json.RawMessage `json:"before,omitempty"`
	After  json.RawMessage `json:"after,omitempty"`
}

// Diff returns what is different in the second of two tables, in the order of that one;
// what it lacks comes last. Mappings are the same by their ID. Of what lives in code, such
// as a mapping made with Handle, only the ID can be compared, and the error names it.
func Diff(before, after []clerkknock.Mapping) ([]Change, error) {
	old, oldErr := formsOf(before)
	now, nowErr := formsOf(after)
	var changes []Change
	for _, f := range now {
		i := slices.IndexFunc(old, func(o form) bool { return o.id == f.id })
		if i < 0 {
			changes = append(changes, Change{ID: f.id, Added: true})
			continue
		}
		if fields := f.changed(old[i]); len(fields) > 0 {
			changes = append(changes, Change{ID: f.id, Fields: fields})
		}
	}
	for _, o := range old {
		if !slices.ContainsFunc(now, func(f form) bool { return f.id == o.id }) {
			changes = append(changes, Change{ID: o.id, Removed: true})
		}
	}
	return changes, errors.Join(oldErr, nowErr)
}

// form is a mapping as it stands in a file, in parts.
type form struct {
	id    string
	parts map[string]json.RawMessage
}

// params is the member of a form that is compared by its own members.
const params = "action_parameters"

func formsOf(mappings []clerkknock.Mapping) ([]form, error) {
	var forms []form
	var errs []error
	for _, m := range mappings {
		id := m.ID
		if id == "" {
			id = m.Event + ":" + string(m.Action)
		}
		raw, err := clerkknock.WriteMappings([]clerkknock.Mapping{m})
		errs = append(errs, err)
		var all []map[string]json.RawMessage
		if err := json.Unmarshal(raw, &all); err != nil || len(all) != 1 {
			forms = append(forms, form{id: id})
			continue
		}
		f := form{id: id, parts: all[0]}
		var inner map[string]json.RawMessage
		if json.Unmarshal(f.parts[params], &inner) == nil {
			for name, value := range inner {
				f.parts[params+"."+name] = value
			}
		}
		delete(f.parts, params)
		forms = append(forms, f)
	}
	return forms, errors.Join(errs...)
}

// changed are the parts that are not as they were.
func (f form) changed(old form) []Field {
	names := slices.Collect(maps.Keys(f.parts))
	for name := range old.parts {
		if _, both := f.parts[name]; !both {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	var fields []Field
	for _, name := range names {
		if before, after := compact(old.parts[name]), compact(f.parts[name]); !bytes.Equal(before, after) {
			fields = append(fields, Field{name, before, after})
		}
	}
	return fields
}

// compact is JSON without what only makes it readable.
func compact(raw json.RawMessage) json.RawMessage {
	var b bytes.Buffer
	if json.Compact(&b, raw) != nil {
		return nil
	}
	return b.Bytes()
}
