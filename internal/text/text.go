// Package text reads and writes JSON text with as few copies as can be.
package text

import (
	"bytes"
	"encoding/json"
	"unsafe"
)

// View returns b as a string without copying it. b must not change as long as
// the string, or a part of it, is in use: what is to outlive the call that made
// the view has to be cloned.
func View(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// AppendQuoted appends s as a JSON string, byte for byte as encoding/json writes
// it without HTML escaping.
func AppendQuoted(dst []byte, s string) []byte {
	if isPlain(s) {
		return append(append(append(dst, '"'), s...), '"')
	}
	raw, _ := Encode(s) // encoding a string cannot fail
	return append(dst, raw...)
}

// Encode encodes v as encoding/json does, without HTML escaping, so that it reads
// as it was written.
func Encode(v any) (json.RawMessage, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimRight(b.Bytes(), "\n"), nil
}

// isPlain reports whether s looks the same within quotes: it is ASCII without
// control characters, quotes and backslashes.
func isPlain(s string) bool {
	for i := range len(s) {
		switch c := s[i]; {
		case c < ' ', c > '~', c == '"', c == '\\':
			return false
		}
	}
	return true
}
