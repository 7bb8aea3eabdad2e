package clerkknock

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/clerkknock/clerkknock/internal/text"
	"github.com/tidwall/gjson"
)

// Action is something to do, fully resolved: no path is left to look up.
// Params holds one JSON value per parameter; a JSON null is sent as null, which
// makes Knock clear the property, and an absent parameter is not sent at all.
type Action struct {
	Type   ActionType                 `json:"type"`
	Params map[string]json.RawMessage `json:"params"`

	err error
}

// NewAction returns an action for code that decides at run time, as the
// functions given to On do. Each value is encoded as encoding/json does it. A
// value that cannot be encoded, an unknown parameter or type makes the step
// that would run the action fail for good.
func NewAction(t ActionType, params map[string]any) Action {
	a := Action{Type: t, Params: make(map[string]json.RawMessage, len(params))}
	for name, value := range params {
		raw, err := text.Encode(value)
		if err != nil {
			a.err = fmt.Errorf("parameter %q: cannot be encoded as JSON: %w", name, err)
			continue
		}
		a.Params[name] = raw
	}
	return a
}

// Text returns a parameter that is a JSON string or number as text. It is ""
// for anything else, an absent parameter included.
func (a Action) Text(param string) string { return strings.Clone(a.view(param)) }

// view is Text as a view of the parameter, not to be kept.
func (a Action) view(param string) string {
	r := gjson.Parse(text.View(a.Params[param]))
	if r.Type == gjson.String || r.Type == gjson.Number {
		return r.String()
	}
	return ""
}

// checkShape reports an unknown type or parameter, or one that is not JSON. The
// actions of a Mapper's own table are right by construction.
func (a Action) checkShape() error {
	if a.err != nil {
		return a.err
	}
	spec, ok := actions[a.Type]
	if !ok {
		return fmt.Errorf("unknown action type %q", a.Type)
	}
	for _, name := range slices.Sorted(maps.Keys(a.Params)) {
		if !spec.takes(name) {
			return fmt.Errorf("%s takes no parameter %q", a.Type, name)
		}
		if !json.Valid(a.Params[name]) {
			return fmt.Errorf("%s parameter %q is not JSON", a.Type, name)
		}
	}
	return nil
}

// structured are the required parameters that are no names.
var structured = []string{"recipients", "members", "preferences", "data"}

// checkNames reports a required name, such as an ID or a key, that is not text.
func (a Action) checkNames() error {
	for _, name := range actions[a.Type].required {
		if slices.Contains(structured, name) || emptyJSON(a.Params[name]) {
			continue
		}
		if strings.TrimSpace(a.view(name)) == "" {
			return fmt.Errorf("%s parameter %q must be a string", a.Type, name)
		}
	}
	return nil
}

// missing returns the first required parameter that has resolved to nothing.
func (a Action) missing() string {
	for _, name := range actions[a.Type].required {
		if emptyJSON(a.Params[name]) {
			return name
		}
	}
	return ""
}

func emptyJSON(raw json.RawMessage) bool {
	switch string(bytes.TrimSpace(raw)) {
	case "", "null", `""`, "[]", "{}":
		return true
	}
	// A list of nothing but nothing is one of nobody.
	list := gjson.Parse(text.View(raw))
	something := func(r gjson.Result) bool { return !emptyJSON(json.RawMessage(r.Raw)) }
	return list.IsArray() && !slices.ContainsFunc(list.Array(), something)
}
