package clerk

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
)

// Secret is a string that is not printed, logged or encoded: a one-time code, the
// text of a message that contains one, a link that lets its holder in.
type Secret = Hidden[string]

// SecretJSON is JSON that is not printed, logged or encoded, like private
// metadata.
type SecretJSON = Hidden[json.RawMessage]

// Hidden keeps a value from slipping out. Whatever prints, logs or encodes it, or
// a struct that it is in, shows "[redacted]", or "" if there is nothing to hide.
// Only Reveal gives it away, which makes the places that do easy to find.
type Hidden[T string | json.RawMessage] struct {
	// A pointer to a string whatever T is: fmt does not call the methods of what it
	// finds in an unexported field, and of this it then prints an address. It would
	// follow a pointer to a slice.
	value *string
}

// Hide makes a Hidden value, for tests and for payloads of your own.
func Hide[T string | json.RawMessage](value T) Hidden[T] {
	if len(value) == 0 {
		return Hidden[T]{}
	}
	text := string(value)
	return Hidden[T]{value: &text}
}

// Reveal returns the value; the zero value means that it was absent, null or
// empty.
func (h Hidden[T]) Reveal() T {
	if h.value == nil {
		var none T
		return none
	}
	return T(*h.value)
}

// IsZero reports whether there is nothing to hide.
func (h Hidden[T]) IsZero() bool { return h.value == nil }

// String returns "[redacted]", or "" if there is nothing to hide.
func (h Hidden[T]) String() string {
	if h.value == nil {
		return ""
	}
	return "[redacted]"
}

// GoString returns the same as String.
func (h Hidden[T]) GoString() string { return h.String() }

// Format prints the same as String, whatever the verb.
func (h Hidden[T]) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, h.String()) }

// LogValue logs the same as String.
func (h Hidden[T]) LogValue() slog.Value { return slog.StringValue(h.String()) }

// MarshalText writes the same as String.
func (h Hidden[T]) MarshalText() ([]byte, error) { return []byte(h.String()), nil }

// MarshalJSON writes the same as String, as a JSON string.
func (h Hidden[T]) MarshalJSON() ([]byte, error) { return json.Marshal(h.String()) }

// UnmarshalJSON hides what it reads. A Secret for which Clerk sends something
// other than a string keeps its JSON text.
func (h *Hidden[T]) UnmarshalJSON(data []byte) error {
	*h = Hidden[T]{}
	if bytes.Equal(data, []byte("null")) {
		return nil
	}
	var value T
	if err := json.Unmarshal(data, &value); err != nil {
		value = T(bytes.Clone(data))
	}
	*h = Hide(value)
	return nil
}
