package knocktest

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"
	"unicode/utf8"
)

// maxBody is the size that Knock documents for a trigger; here it holds for
// every call: https://docs.knock.app/send-notifications/triggering-workflows/api.
const maxBody = 10 << 20

// readBody reads a body before anything else happens, so that a client that
// breaks off changes nothing.
func readBody(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	if r.Body == nil {
		return nil, nil
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		return nil, err
	}
	return body, nil
}

// parseBody decodes a JSON object. No body is an empty object: all parameters of
// an identify call are optional.
func parseBody(r *http.Request, body []byte, readErr error) (map[string]any, *answer) {
	if tooLarge := new(http.MaxBytesError); errors.As(readErr, &tooLarge) {
		return nil, refuse(http.StatusRequestEntityTooLarge, "request_too_large", "The body exceeds 10 MB.")
	}
	if readErr != nil {
		return nil, refuse(http.StatusBadRequest, "bad_request", "The body ended early.")
	}
	if len(bytes.TrimSpace(body)) == 0 {
		return map[string]any{}, nil
	}
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "application/json" && !strings.HasSuffix(kind, "+json") {
		return nil, refuse(http.StatusUnsupportedMediaType, "unsupported_media_type",
			"The Content-Type is not application/json.")
	}
	value, err := decode(body)
	if err != nil {
		return nil, refuse(http.StatusBadRequest, "bad_request", "The body is not valid JSON.")
	}
	params, ok := value.(map[string]any)
	if !ok {
		return nil, refuse(http.StatusUnprocessableEntity, "invalid_params", "The body is not a JSON object.")
	}
	return params, nil
}

// decode keeps numbers as they are written.
func decode(data []byte) (any, error) {
	if !utf8.Valid(data) {
		return nil, errors.New("not UTF-8")
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, errors.New("more than one value")
	}
	return v, nil
}
