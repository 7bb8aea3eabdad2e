package knocktest

import (
	"encoding/json"
	"maps"
	"net/http"
	"strconv"
)

// answer is a response: body is marshalled as JSON, raw is sent as it is.
type answer struct {
	status int
	header http.Header
	body   any
	raw    []byte
}

// errorBody is the form of Knock's errors:
// https://docs.knock.app/api-reference/overview/errors.
type errorBody struct {
	Code    string       `json:"code"`
	Errors  []fieldError `json:"errors,omitempty"`
	Message string       `json:"message"`
	Status  int          `json:"status"`
	Type    string       `json:"type"`
}

type fieldError struct {
	Field   string  `json:"field"`
	Message string  `json:"message"`
	Type    *string `json:"type"`
}

func ok(body any) answer { return answer{status: http.StatusOK, body: body} }

func noContent() answer { return answer{status: http.StatusNoContent} }

// refuse returns an error answer.
func refuse(status int, code, message string) *answer {
	kind := "api_error"
	switch {
	case status == http.StatusUnauthorized:
		kind = "authentication_error"
	case status >= 400 && status < 500 && status != http.StatusNotFound && status != http.StatusTooManyRequests:
		kind = "invalid_request_error"
	}
	return &answer{status: status, body: errorBody{Code: code, Message: message, Status: status, Type: kind}}
}

func missing(what string) answer {
	return *refuse(http.StatusNotFound, "resource_missing", "The "+what+" was not found.")
}

func rateLimited() answer {
	return *refuse(http.StatusTooManyRequests, "rate_limited", "The rate limit of this endpoint is exceeded.")
}

// problems collects what is wrong with the parameters of a call.
type problems []fieldError

func (p *problems) add(field, message string) {
	*p = append(*p, fieldError{Field: field, Message: message})
}

// refused is nil if there are no problems.
func (p problems) refused() *answer {
	if len(p) == 0 {
		return nil
	}
	a := refuse(http.StatusUnprocessableEntity, "invalid_params", "The parameters are invalid.")
	body := a.body.(errorBody)
	body.Errors = p
	a.body = body
	return a
}

func (a answer) write(w http.ResponseWriter) {
	raw := a.raw
	if a.body != nil {
		raw, _ = json.Marshal(a.body)
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
	}
	maps.Copy(w.Header(), a.header)
	if a.status != http.StatusNoContent {
		w.Header().Set("Content-Length", strconv.Itoa(len(raw)))
	}
	w.WriteHeader(a.status)
	_, _ = w.Write(raw) // fails only when the client has gone
}
