package clerk

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"sync"

	"github.com/tidwall/gjson"
)

// The same bytes have to mean the same thing everywhere. Entity, ChangedAt and the paths
// of a mapping take the first of two equal keys, and tell upper and lower case apart;
// encoding/json takes the last, and "ID" for "id".

// firstKeys returns JSON text in which each key stands once in its object, the first one.
func firstKeys(dst []byte, value gjson.Result) []byte {
	switch {
	case value.IsArray():
		return appendList(dst, value, firstKeys)
	case !value.IsObject():
		return append(dst, value.Raw...)
	}
	dst = append(dst, '{')
	seen := map[string]bool{}
	value.ForEach(func(key, value gjson.Result) bool {
		if seen[key.Str] {
			return true
		}
		if len(seen) > 0 {
			dst = append(dst, ',')
		}
		seen[key.Str] = true
		dst = firstKeys(append(append(dst, key.Raw...), ':'), value)
		return true
	})
	return append(dst, '}')
}

// exact is firstKeys with nothing in it but what the fields of a type of this package
// are named for, to the letter. All of them have tags. What is a value of its own, such
// as metadata, stays as it is.
func exact(dst []byte, value gjson.Result, t reflect.Type) []byte {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch {
	case isUnmarshaler(t):
	case t.Kind() == reflect.Struct && value.IsObject():
		return exactObject(dst, value, fieldsOf(t))
	case t.Kind() == reflect.Slice && value.IsArray():
		return appendList(dst, value, func(dst []byte, element gjson.Result) []byte { return exact(dst, element, t.Elem()) })
	}
	return append(dst, value.Raw...)
}

func appendList(dst []byte, list gjson.Result, add func([]byte, gjson.Result) []byte) []byte {
	dst = append(dst, '[')
	for i, element := range list.Array() {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = add(dst, element)
	}
	return append(dst, ']')
}

func exactObject(dst []byte, object gjson.Result, fields map[string]reflect.Type) []byte {
	dst = append(dst, '{')
	var seen []string
	object.ForEach(func(key, value gjson.Result) bool {
		of, ok := fields[key.Str]
		if !ok || slices.Contains(seen, key.Str) {
			return true
		}
		if seen = append(seen, key.Str); len(seen) > 1 {
			dst = append(dst, ',')
		}
		dst = exact(append(append(dst, key.Raw...), ':'), value, of)
		return true
	})
	return append(dst, '}')
}

// isOurs reports whether a type is one of this package's payloads, or a form in which
// this package reads one.
func isOurs(t reflect.Type) bool {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Name() != "" || t.Kind() != reflect.Struct || t.NumField() == 0 {
		return t.PkgPath() == ours
	}
	return t.Field(0).Anonymous && isOurs(t.Field(0).Type)
}

var ours = reflect.TypeFor[User]().PkgPath()

var fieldsByType sync.Map // of reflect.Type to map[string]reflect.Type

// fieldsOf are the fields of one of our types by their names in JSON.
func fieldsOf(t reflect.Type) map[string]reflect.Type {
	if known, ok := fieldsByType.Load(t); ok {
		return known.(map[string]reflect.Type)
	}
	fields := map[string]reflect.Type{}
	for _, f := range reflect.VisibleFields(t) {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name != "" && name != "-" && fields[name] == nil {
			fields[name] = f.Type
		}
	}
	fieldsByType.Store(t, fields)
	return fields
}

var unmarshaler = reflect.TypeFor[json.Unmarshaler]()

func isUnmarshaler(t reflect.Type) bool {
	return t.Implements(unmarshaler) || reflect.PointerTo(t).Implements(unmarshaler)
}
