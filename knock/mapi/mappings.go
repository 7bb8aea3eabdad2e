package mapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/clerkknock/clerkknock"
)

// Mappings returns mappings as the Management API takes them for a source, in the shape
// of clerkknock.WriteMappings and with nothing in it that is ours alone. What Knock has
// no words for is left out as a whole mapping, which would do something else there, and
// the error says of each what it is; the rest is returned beside it. A name of a mapping,
// and the order of its events (About, Unordered), are dropped without an error: Knock has
// no such thing.
func Mappings(mappings []clerkknock.Mapping) ([]byte, error) {
	out := []json.RawMessage{}
	var errs []error
	for _, m := range mappings {
		m.ID, m.About, m.Unordered = "", "", false
		raw, err := clerkknock.WriteMappings([]clerkknock.Mapping{m})
		if err == nil {
			err = foreign(m, raw)
		}
		if err != nil {
			errs = append(errs, err)
			continue
		}
		var one []json.RawMessage
		if err := json.Unmarshal(raw, &one); err != nil || len(one) != 1 {
			return nil, errors.New("mapi: a mapping was not written")
		}
		out = append(out, one[0])
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	errs = append(errs, enc.Encode(out))
	return b.Bytes(), errors.Join(errs...)
}

// foreign says which parameter of a mapping holds a value that Knock does not have.
func foreign(m clerkknock.Mapping, raw []byte) error {
	var written []struct {
		Params map[string]any `json:"action_parameters"`
	}
	if err := json.Unmarshal(raw, &written); err != nil || len(written) != 1 {
		return errors.New("mapi: a mapping was not written")
	}
	for _, name := range slices.Sorted(maps.Keys(written[0].Params)) {
		if !isKnocks(written[0].Params[name]) {
			return fmt.Errorf("mapping %q: parameter %q: Knock has paths and objects of paths, and no such value",
				m.Event+":"+string(m.Action), name)
		}
	}
	return nil
}

// isKnocks reports whether a value is a path, or an object of paths that is none of our
// own values, which are objects with one member.
func isKnocks(value any) bool {
	switch value := value.(type) {
	case string:
		return true
	case map[string]any:
		for name, member := range value {
			if _, path := member.(string); !path || len(value) == 1 && isDirective(name) {
				return false
			}
		}
		return len(value) > 0
	}
	return false
}

// isDirective reports whether an object with this one member is a value of ours; see
// clerkknock.ReadMappings.
func isDirective(name string) bool {
	switch name {
	case "path", "literal", "first", "join", "time", "object":
		return true
	}
	return false
}
