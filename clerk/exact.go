package clerk

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"sync"

	"github.com/clerkknock/clerkknock/internal/text"
	"github.com/tidwall/gjson"
)

// exact returns JSON text with nothing in it but what the fields of a type are named
// for, each once. encoding/json takes the last of two equal keys and "ID" for "id";
// Entity, ChangedAt and the paths of a mapping take the first, and no other letters.
// One event must not say two things.
func exact(dst []byte, value gjson.Result, t reflect.Type) []byte {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch {
	case isUnmarshaler(t):
	case t.Kind() == reflect.Struct && value.IsObject():
		return exactObject(dst, value, fieldsOf(t))
	case t.Kind() == reflect.Slice && value.IsArray():
		dst = append(dst, '[')
		for i, element := range value.Array() {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = exact(dst, element, t.Elem())
		}
		return append(dst, ']')
	}
	return append(dst, value.Raw...)
}

func exactObject(dst []byte, object gjson.Result, fields map[string]field) []byte {
	dst = append(dst, '{')
	var seen []string
	object.ForEach(func(key, value gjson.Result) bool {
		f, ok := fields[key.Str]
		if !ok {
			f, ok = fields[strings.ToLower(key.Str)]
			ok = ok && f.anyLetters
		}
		if !ok || slices.Contains(seen, f.name) {
			return true
		}
		if seen = append(seen, f.name); len(seen) > 1 {
			dst = append(dst, ',')
		}
		dst = append(text.AppendQuoted(dst, f.name), ':')
		dst = exact(dst, value, f.of)
		return true
	})
	return append(dst, '}')
}

// field is a field that encoding/json fills.
type field struct {
	name string
	of   reflect.Type
	// anyLetters says that the field has no tag: hosts write such types, and
	// encoding/json matches their fields in upper and lower case.
	anyLetters bool
}

var fieldsByType sync.Map // of reflect.Type to map[string]field

func fieldsOf(t reflect.Type) map[string]field {
	if known, ok := fieldsByType.Load(t); ok {
		return known.(map[string]field)
	}
	fields := map[string]field{}
	for _, f := range reflect.VisibleFields(t) {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case !f.IsExported(), name == "-", f.Anonymous && name == "":
		case name == "":
			fields[strings.ToLower(f.Name)] = field{f.Name, f.Type, true}
		default:
			fields[name] = field{name, f.Type, false}
		}
	}
	fieldsByType.Store(t, fields)
	return fields
}

var unmarshaler = reflect.TypeFor[json.Unmarshaler]()

func isUnmarshaler(t reflect.Type) bool {
	return t.Implements(unmarshaler) || reflect.PointerTo(t).Implements(unmarshaler)
}
