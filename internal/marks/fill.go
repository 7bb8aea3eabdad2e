package marks

import (
	"encoding/json"
	"reflect"
)

// Filled returns a T with a mark in all that its exported fields can hold. Functions and
// interfaces but for any stay nil, numbers and times zero.
func Filled[T any]() T {
	var v T
	fill(reflect.ValueOf(&v).Elem(), 0)
	return v
}

// maxDepth ends types that hold themselves.
const maxDepth = 10

var rawMessage = reflect.TypeFor[json.RawMessage]()

func fill(v reflect.Value, depth int) {
	if depth > maxDepth {
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(Private)
	case reflect.Interface:
		if v.NumMethod() == 0 {
			v.Set(reflect.ValueOf(Private))
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), depth+1)
	case reflect.Slice:
		switch {
		case v.Type() == rawMessage:
			v.SetBytes([]byte(`"` + Private + `"`))
		case v.Type().Elem().Kind() == reflect.Uint8:
			v.SetBytes([]byte(Private))
		default:
			v.Set(reflect.MakeSlice(v.Type(), 1, 1))
			fill(v.Index(0), depth+1)
		}
	case reflect.Array:
		for i := range v.Len() {
			fill(v.Index(i), depth+1)
		}
	case reflect.Map:
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		if key.Kind() == reflect.String {
			key.SetString("key")
		}
		fill(value, depth+1)
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(key, value)
	case reflect.Struct:
		fillStruct(v, depth)
	}
}

// fillStruct fills the exported fields. What has none and can be read from JSON, as what
// hides itself, reads its mark.
func fillStruct(v reflect.Value, depth int) {
	exported := false
	for i := range v.NumField() {
		if v.Type().Field(i).IsExported() {
			exported = true
			fill(v.Field(i), depth+1)
		}
	}
	if u, ok := v.Addr().Interface().(json.Unmarshaler); ok && !exported {
		_ = u.UnmarshalJSON([]byte(`"` + Secret + `"`))
	}
}
