package clerk

import (
	"encoding/json"
	"errors"
	"reflect"

	"github.com/clerkknock/clerkknock/internal/text"
	"github.com/tidwall/gjson"
)

// EventType names an event and carries the Go type of its payload, so that the
// compiler checks what Decode returns. The constants of this package cover what
// Clerk documents; a constant of your own covers an event that is newer than this
// package, or gives one a smaller payload:
//
//	const UserLocked clerk.EventType[clerk.User] = "user.locked"
type EventType[T any] string

// String returns the type as Clerk writes it, like "user.created".
func (t EventType[T]) String() string { return string(t) }

// Event is a typed event: the envelope with its payload decoded.
//
// Printed or logged, it shows no more than its Envelope does. As JSON it also
// shows the payload, with everything Hidden redacted.
type Event[T any] struct {
	Envelope
	// Data is the decoded payload, the zero T if it was null or absent. The raw
	// payload stays reachable as Envelope.Data.
	Data T `json:"data"`
}

// Decode decodes the payload of an event of type t; for any other event it returns
// ErrWrongType.
//
// Decoding is lenient, because Clerk's events gain fields without notice and its
// own examples depart from its own schema: fields may be missing, null or new, and
// a value of an unexpected kind leaves its own field zero, or pointing to a zero,
// and costs nothing else. Envelope.Data has what the types do not show, such as
// whether a field was null or absent. Only a payload that is no object at all is an
// error, ErrPayload; a null or absent one decodes to the zero T. Where a key occurs
// twice in a payload, the first one counts, as it does in Entity and ChangedAt; the
// types of this package tell upper and lower case apart, as encoding/json does not.
func Decode[T any](e Envelope, t EventType[T]) (Event[T], error) {
	event := Event[T]{Envelope: e}
	if e.Type != string(t) {
		return event, ErrWrongType
	}
	if len(e.Data) == 0 || string(e.Data) == "null" {
		return event, nil
	}
	if !isObject(e.Data) {
		return event, ErrPayload
	}
	if err := unmarshal(e.Data, &event.Data); err != nil {
		return event, &payloadError{cause: err}
	}
	return event, nil
}

// unmarshal is json.Unmarshal with the first of equal keys, and without the error for values of an
// unexpected kind.
// encoding/json goes on after those, and reports the first when it has filled the
// rest. Any other error from an UnmarshalJSON would stop it, which is why the ones
// in this package return none for a valid value.
func unmarshal(data []byte, v any) error {
	if gjson.ValidBytes(data) { // what is not is encoding/json's to refuse
		value, kept := gjson.Parse(text.View(data)), make([]byte, 0, len(data))
		if t := reflect.TypeOf(v); isOurs(t) {
			data = exact(kept, value, t)
		} else {
			data = firstKeys(kept, value)
		}
	}
	err := json.Unmarshal(data, v)
	if mismatch := (*json.UnmarshalTypeError)(nil); errors.As(err, &mismatch) {
		return nil
	}
	return err
}
