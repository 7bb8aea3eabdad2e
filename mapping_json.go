package clerkknock

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"

	"github.com/clerkknock/clerkknock/internal/resolve"
)

// ReadMappings reads mappings in the shapes that Knock's Management API has for
// those of a source, https://docs.knock.app/mapi-reference: an array of them; a
// source as "knock source get KEY --json" prints it, of which the mappings of one
// environment are taken; or a source's provider with its default_action_mappings.
// environment may be empty if there is only one.
//
// A parameter is a path, or null for none; the key of a workflow is the key
// itself. data, properties and settings may be an object of paths, such as
// {"plan": "body.data.plan"}. Values that Knock does not have are objects with one
// member: {"literal": x}, {"first": [a, b]}, {"join": [" ", a, b]}, {"time": "path"},
// {"object": {"name": a}}, and {"path": "path"} for the key of a workflow.
//
// ReadMappings returns all mappings that it can read, and an error that joins one
// for each place where it cannot, all of them in the form
//
//	12:9: mappings[3].action_parameters.data: what is wrong there
//
// after the line and the column. A mapping with a mistake is left out as a whole,
// since half of it would do something else; whoever wants all or nothing checks the
// error. Of a file that is nothing of the kind no mapping is returned.
//
// What is marked with is_deleted is left out, which is no error: in Knock it is about
// to go. What is not active is read as Inactive. Nothing but mappings is read: do in
// Mapper.Preprocess what a preprocessing script does, and look into Config for what
// a source has as settings.
//
// Knock's mappings have no ID: each gets the default one, escaped as in a URL where
// an event's name has spaces and the like, and where an event has the same action
// twice the second one's ends in ":2". The result goes to NewMapper, or to With.
func ReadMappings(data []byte, environment string) ([]Mapping, error) {
	list, err := openMappings(data, environment)
	if err != nil {
		return nil, err
	}
	mappings := []Mapping{}
	var errs []error
	taken := map[string]bool{}
	for part := range list.elements() {
		if part.get("is_deleted").IsBool() && part.get("is_deleted").Bool() {
			continue
		}
		r := mappingReader{filePart: part}
		m := r.mapping()
		id := m.ID
		for n := 2; taken[m.ID]; n++ {
			m.ID = fmt.Sprintf("%s:%d", id, n)
		}
		taken[m.ID] = true // also by what is left out: the others keep their IDs when it is mended
		if r.errs == nil {
			mappings = append(mappings, m)
		}
		errs = append(errs, r.errs...)
	}
	return mappings, errors.Join(errs...)
}

// WriteMappings is the reverse of ReadMappings: a JSON array of mappings as the
// Management API takes them, as long as they hold nothing but paths and objects of
// paths. Values that Knock does not have, and the members id, about and unordered,
// are ours, and ReadMappings reads them back.
//
// Left out is what lives in code (mappings made with On or Handle, conditions, and
// values made with Func), what NewMapper would refuse, and actions that are none of a
// source's in Knock, which would refuse the whole list: workflows_cancel. For each of
// these the error says why, and the rest is returned beside it; whoever wants all or
// nothing checks the error. Keep in code what it names.
func WriteMappings(mappings []Mapping) ([]byte, error) {
	files := make([]mappingFile, 0, len(mappings))
	var errs []error
	for _, m := range mappings {
		m = m.withDefaults()
		f, err := m.file()
		if err != nil {
			errs = append(errs, fmt.Errorf("mapping %q: %w", m.ID, err))
			continue
		}
		files = append(files, f)
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	errs = append(errs, enc.Encode(files))
	return b.Bytes(), errors.Join(errs...)
}

// mappingFile is a mapping in Knock's shape; id, about and unordered are ours.
type mappingFile struct {
	ID        string         `json:"id,omitempty"`
	Event     string         `json:"event_type"`
	Action    ActionType     `json:"action_type"`
	Params    map[string]any `json:"action_parameters"`
	Active    bool           `json:"active"`
	About     string         `json:"about,omitempty"`
	Unordered bool           `json:"unordered,omitempty"`
}

// sourceActions are the action types that a source in Knock can have, the enum of
// https://docs.knock.app/mapi-reference.
var sourceActions = []ActionType{
	UsersIdentify, UsersDelete, ObjectsSet, ObjectsDelete, TenantsSet, TenantsDelete, ObjectsSubscribe,
	ObjectsUnsubscribe, AudiencesAddMember, AudiencesRemoveMember, WorkflowsTrigger,
}

// file is the mapping as it stands in a file.
func (m Mapping) file() (mappingFile, error) {
	f := mappingFile{Event: m.Event, Action: m.Action, Active: !m.Inactive, About: m.About, Unordered: m.Unordered}
	if m.ID != fileID(m.Event, m.Action) {
		f.ID = m.ID
	}
	switch {
	case m.inCode():
		return f, errors.New("is made with On or Handle, which no file can hold")
	case m.When != nil:
		return f, errors.New("has a condition, which no file can hold")
	}
	for _, name := range slices.Sorted(maps.Keys(m.Params)) {
		if n := m.Params[name].node; n != nil && resolve.InCode(n) {
			return f, fmt.Errorf("parameter %q: is made with Func, which no file can hold", name)
		}
	}
	if err := m.check(); err != nil {
		return f, err
	}
	if !slices.Contains(sourceActions, m.Action) {
		return f, fmt.Errorf("a source in Knock has no action %s", m.Action)
	}
	f.Params = make(map[string]any, len(m.Params))
	for name, v := range m.Params {
		f.Params[name] = fileParam(m.Action, name, v)
	}
	return f, nil
}

// fileID is the ID of a mapping that has none in the file. Knock lets the name of an
// event hold what an idempotency key cannot.
func fileID(event string, action ActionType) string {
	return url.PathEscape(event) + ":" + string(action)
}
