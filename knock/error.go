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
// text names the status and the code only: Message and Fields may repeat what
// was sent, which is personal data.
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
}

// FieldError is one reason of a failed validation.
type FieldError struct{ Field, Message string }

func newError(a clerkknock.ActionType, answer response) *Error {
	e := &Error{Action: a, Status: answer.status, RequestID: word(answer.header.Get("X-Request-Id"))}
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
	if e.RequestID != "" {
		s += " (request " + e.RequestID + ")"
	}
	return s
}

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
