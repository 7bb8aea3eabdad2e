package clerk

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/clerkknock/clerkknock/internal/text"
	"github.com/tidwall/gjson"
)

// Envelope is what surrounds every payload. Clerk shows one on
// https://clerk.com/docs/guides/development/webhooks/overview.
//
// Printed, logged or encoded as JSON, an envelope shows its ID, Type, Timestamp
// and InstanceID and nothing of what it carries: Data and Body contain
// everything that the payload types keep to themselves. (Within an unexported field
// of another struct fmt does not ask for that, and prints all of it.) To store an
// event, store its Body.
type Envelope struct {
	// ID is the svix-id of the delivery (msg_...), the same for every retry. The
	// body has no id, so Parse leaves it empty for the receiver to fill in.
	ID string `json:"id"`
	// Type is the event's type, like "user.created". It is never empty after Parse
	// and may be one that this package does not know.
	Type string `json:"type"`
	// Object is "event" in everything Clerk sends, and "" when absent.
	Object string `json:"-"`
	// Timestamp is when the event happened, which is not when it was delivered.
	// It comes as milliseconds, in some of Clerk's examples as seconds; it is zero
	// when absent.
	Timestamp time.Time `json:"timestamp"`
	// InstanceID is the Clerk instance that sent the event (ins_...), "" when
	// absent, as in older events.
	InstanceID string `json:"instance_id"`
	// Attributes say what caused the event. Personal data.
	Attributes EventAttributes `json:"-"`
	// Data is the payload byte for byte, a part of Body: "null" when the event has
	// a null payload, nil when it has none.
	Data json.RawMessage `json:"-"`
	// Body is the whole body as it was given to Parse, not copied.
	Body []byte `json:"-"`
	// Header are those headers of the request that the receiver has kept, without
	// credentials and signatures. The body has none, so Parse leaves it nil for the
	// receiver to fill in.
	Header http.Header `json:"-"`
}

// EventAttributes are the event_attributes of an envelope: where the event came
// from. Clerk describes them in its OpenAPI document only:
// https://github.com/clerk/openapi-specs/blob/main/webhooks/2025-04-15.yml.
type EventAttributes struct {
	// HTTPRequest is the request that caused the event, zero when absent.
	HTTPRequest HTTPRequest
}

// HTTPRequest is the request to Clerk that caused an event.
type HTTPRequest struct {
	// ClientIP is the caller's IPv4 or IPv6 address, "" when unknown. It is
	// personal data, and text from outside: it need not be an address.
	ClientIP string
	// UserAgent is the caller's User-Agent, that of a backend SDK when the event
	// was caused through the API; "" when unknown.
	UserAgent string
}

// The fields of an envelope by the order of their names in envelopeFields.
const (
	fieldType = iota
	fieldObject
	fieldTimestamp
	fieldInstanceID
	fieldAttributes
	fieldData
)

var envelopeFields = []string{"type", "object", "timestamp", "instance_id", "event_attributes", "data"}

// Parse reads the envelope of a webhook body and leaves the payload undecoded.
//
// The body must be one JSON object (ErrNotJSON) with a non-empty string as its
// "type" (ErrNoType). Nothing else is an error: not an unknown type or field, not
// an optional field of an unexpected kind, which reads as absent, and not a
// payload that is null, missing or no object. Where a key occurs twice, the first
// one counts, here and in Entity and ChangedAt.
//
// Parse trusts the body. Verify its signature first.
func Parse(body []byte) (Envelope, error) {
	// gjson is only safe to use on what has passed.
	if !isObject(body) || !utf8.Valid(body) || !isValid(body) {
		return Envelope{}, ErrNotJSON
	}
	var found [6]gjson.Result
	gjson.Parse(text.View(body)).ForEach(func(key, value gjson.Result) bool {
		if i := slices.Index(envelopeFields, key.Str); i >= 0 && !found[i].Exists() {
			found[i] = value
		}
		return true
	})

	e := Envelope{
		Type:       textOf(found[fieldType]),
		Object:     textOf(found[fieldObject]),
		Timestamp:  ParseTime(found[fieldTimestamp].Raw),
		InstanceID: textOf(found[fieldInstanceID]),
		Body:       body,
	}
	request := found[fieldAttributes].Get("http_request")
	e.Attributes.HTTPRequest.ClientIP = textOf(request.Get("client_ip"))
	e.Attributes.HTTPRequest.UserAgent = textOf(request.Get("user_agent"))
	if e.Type == "" {
		return Envelope{}, ErrNoType
	}
	// Apart, so that whoever keeps a type keeps nothing personal with it.
	cloneAll(&e.Type, &e.Object, &e.InstanceID)
	cloneAll(&e.Attributes.HTTPRequest.ClientIP, &e.Attributes.HTTPRequest.UserAgent)
	if data := found[fieldData]; data.Exists() {
		end := data.Index + len(data.Raw)
		e.Data = body[data.Index:end:end]
	}
	return e, nil
}

// Is reports whether the event is of one of the types, with payloads of any kind:
//
//	e.Is(clerk.UserCreated, clerk.UserDeleted)
//
// It decodes nothing. A type that is plain text is compared with Type itself.
func (e Envelope) Is(types ...fmt.Stringer) bool {
	return slices.ContainsFunc(types, func(t fmt.Stringer) bool { return t.String() == e.Type })
}

// Format prints the envelope without its payload, whatever the verb.
func (e Envelope) Format(s fmt.State, _ rune) {
	fmt.Fprintf(s, "%s %s %s %s", e.Type, orDash(e.ID), orDash(e.InstanceID), e.Timestamp.Format(time.RFC3339))
}

// LogValue logs the envelope without its payload.
func (e Envelope) LogValue() slog.Value {
	return slog.GroupValue(
		slog.String("id", e.ID),
		slog.String("type", e.Type),
		slog.Time("timestamp", e.Timestamp),
		slog.String("instance_id", e.InstanceID),
	)
}

// textOf is the value of a JSON string, and "" for everything else.
func textOf(r gjson.Result) string {
	if r.Type != gjson.String {
		return ""
	}
	return r.Str
}

// cloneAll replaces views of the body by copies, made in one piece: a string that
// outlives its event must not hold on to the whole body.
func cloneAll(views ...*string) {
	var all strings.Builder
	size := 0
	for _, v := range views {
		size += len(*v)
	}
	all.Grow(size)
	for _, v := range views {
		start := all.Len()
		all.WriteString(*v)
		*v = all.String()[start:]
	}
}

// isValid is json.Valid in a quarter of the time. gjson checks by recursion, which
// is bounded here by the brackets that there are; encoding/json needs none and
// stops at as many levels.
func isValid(body []byte) bool {
	if bytes.Count(body, []byte{'{'})+bytes.Count(body, []byte{'['}) > 10_000 {
		return json.Valid(body)
	}
	return gjson.ValidBytes(body)
}

// isObject reports whether JSON text can only be an object.
func isObject(b []byte) bool {
	return bytes.HasPrefix(bytes.TrimLeft(b, " \t\r\n"), []byte("{"))
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}
