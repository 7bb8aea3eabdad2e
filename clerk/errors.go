package clerk

import "errors"

// The errors of this package. None of them carries anything from a payload.
var (
	// ErrNotJSON means that a body is not one valid JSON object in UTF-8: it is
	// truncated, followed by something else, not an object at all, or nested more
	// than 10,000 levels deep.
	ErrNotJSON = errors.New("clerk: body is not a JSON object")

	// ErrNoType means that a body names no event type: its "type" is absent,
	// empty, or not a string.
	ErrNoType = errors.New("clerk: event has no type")

	// ErrWrongType means that Decode was given an event of another type than the
	// one it was asked for.
	ErrWrongType = errors.New("clerk: event is of another type")

	// ErrPayload means that the data of an event is not a JSON object, or that a
	// payload type of your own refused it. The refusal is in the chain for
	// errors.As, and kept out of the text because it may quote the payload.
	ErrPayload = errors.New("clerk: payload cannot be decoded")
)

// payloadError is ErrPayload with a cause that stays out of the text.
type payloadError struct{ cause error }

func (e *payloadError) Error() string   { return ErrPayload.Error() }
func (e *payloadError) Unwrap() []error { return []error{ErrPayload, e.cause} }
