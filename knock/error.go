package knock

import (
	"fmt"
	"net/http"
	"strings"
	"unicode"

	"github.com/clerkknock/clerkknock"
	"github.com/tidwall/gjson"
)

// Error is an answer of Knock's other than success; get it with errors.As. Its
// text names the status, the code, the fields that Knock refused, and what is missing.
// Messages are not in it: they may repeat what was sent, which is personal data.
type Error struct {
	Action clerkknock.ActionType
	// Status is the HTTP status code.
	Status int
	// Code is Knock's word for the kind of error, such as "invalid_params", and
	// Message its explanation. Both are empty if the answer had none, as that of
	// a proxy has.
	Code, Message string
	// Fields are the single reasons of a failed validation.
	Fields []FieldError
	// RequestID finds the call in Knock's API logs.
	RequestID string

	missing string
}

// FieldError is one reason of a failed validation.
type FieldError struct{ Field, Message string }

func newError(r Request, answer response) *Error {
	e := &Error{Action: r.Action, Status: answer.status, RequestID: word(answer.header.Get("X-Request-Id"))}
	if !gjson.ValidBytes(answer.body) {
		return e
	}
	body := gjson.ParseBytes(answer.body)
	e.Code, e.Message = word(body.Get("code").String()), body.Get("message").String()
	if e.Message == "" {
		e.Message = body.Get("error").String() // the form of idempotency errors
	}
	for _, f := range body.Get("errors").Array() {
		e.Fields = append(e.Fields, FieldError{Field: f.Get("field").String(), Message: f.Get("message").String()})
	}
	if e.Status == http.StatusNotFound && e.Code != "" { // without a code it is not Knock's own
		e.missing = missing(r)
	}
	return e
}

// word lets pass what can be an identifier, and nothing that repeats a request.
func word(s string) string {
	odd := func(r rune) bool {
		return !strings.ContainsRune("-_.", r) && !unicode.IsLetter(r) && !unicode.IsDigit(r)
	}
	if len(s) > 64 || strings.ContainsFunc(s, odd) {
		return ""
	}
	return s
}

// Error implements error.
func (e *Error) Error() string {
	s := fmt.Sprintf("knock answered %d", e.Status)
	if e.Code != "" {
		s += " " + e.Code
	}
	if e.missing != "" {
		s += ": no " + e.missing
	} else if fields := e.fieldNames(); fields != "" {
		s += ": " + fields
	}
	if e.RequestID != "" {
		s += " (request " + e.RequestID + ")"
	}
	return s
}

// maxFields bounds how many field names the text of an Error has.
const maxFields = 8

// fieldNames are the names of the refused fields, as far as they are words: a name
// such as "recipients[0].email" is one, but for what may have come out of a payload.
func (e *Error) fieldNames() string {
	var names []string
	for _, f := range e.Fields {
		if word(strings.NewReplacer("[", "", "]", "").Replace(f.Field)) == "" {
			continue
		}
		if len(names) == maxFields {
			return strings.Join(names, ", ") + ", …"
		}
		names = append(names, f.Field)
	}
	return strings.Join(names, ", ")
}

// Missing says what Knock does not have, if that is why it refused the request: a
// "user", whose ID is left out, or with its key or ID, escaped as in a path, an
// "object $tenants/org_1", "tenant org_1", "audience vip" or "workflow welcome". A
// request that sets channel data may lack the channel instead: "user or channel …". It is
// empty for every other answer.
func (e *Error) Missing() string { return e.missing }

// missing names what a path is about.
func missing(r Request) string {
	p, _, _ := strings.Cut(r.Path, "?")
	parts := strings.Split(p, "/")[2:] // after "/v1"
	what := strings.TrimSuffix(parts[0], "s")
	switch {
	case parts[0] == "users", parts[0] == "objects" && parts[1] == "$users":
		what = "user"
	case parts[0] == "objects":
		what += " " + parts[1] + "/" + parts[2]
	default:
		what += " " + parts[1]
	}
	if r.Action == clerkknock.UsersSetChannelData || r.Action == clerkknock.ObjectsSetChannelData {
		what += " or channel " + parts[len(parts)-1]
	}
	return what
}

// isFutile reports whether another attempt now would meet the same answer, though a
// later one may not: the API key is refused, or the object of a subscription is
// missing.
func (e *Error) isFutile() bool { return e.refusesKey() || e.Status == http.StatusNotFound }

// refusesKey reports whether the answer is about the API key or the account, and
// not about the request.
func (e *Error) refusesKey() bool {
	switch e.Status {
	case http.StatusUnauthorized, http.StatusPaymentRequired, http.StatusForbidden:
		return true
	}
	return false
}

// Temporary reports whether the same request may succeed later. That is so for
// timeouts, rate limits, conflicts and failures of the server; for a refused API
// key, which says nothing about the request and can be mended; and for a
// subscription to something that does not exist: its own event may still be on
// its way.
func (e *Error) Temporary() bool {
	if e.refusesKey() {
		return true
	}
	switch e.Status {
	case http.StatusRequestTimeout, http.StatusConflict, http.StatusTooEarly, http.StatusTooManyRequests:
		return true
	case http.StatusNotFound:
		return e.Action == clerkknock.ObjectsSubscribe
	}
	return e.Status >= 500
}
