package refusal

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"net/textproto"
	"strconv"
	"strings"

	"github.com/clerkknock/clerkknock/clerk/listen"
)

// ReadRequest reads a request that somebody has saved, in one of these forms:
//
//   - as HTTP has it: the headers, with or without the request's first line, an empty
//     line, and the body to the end, or to the Content-Length;
//   - JSON with the members headers and body, or body_b64, which is base64: as Clerk's
//     listener prints it, and as an API gateway hands it over.
func ReadRequest(data []byte) (Request, error) {
	trimmed := bytes.TrimSpace(data)
	if len(trimmed) == 0 {
		return Request{}, errors.New("the request is empty")
	}
	if trimmed[0] == '{' {
		return fromJSON(trimmed)
	}
	return fromHTTP(data)
}

func fromJSON(data []byte) (Request, error) {
	var saved struct {
		Body    *string `json:"body"`
		Encoded bool    `json:"isBase64Encoded"`
		BodyB64 *string `json:"body_b64"`
	}
	if err := json.Unmarshal(data, &saved); err != nil {
		return Request{}, errors.New("the request begins with a brace and is no JSON object with headers and body_b64")
	}
	if saved.BodyB64 == nil {
		if saved.Body == nil {
			return Request{}, errors.New("the JSON has neither body_b64 nor body")
		}
		// What the gateway says of its encoding the receiver may have overlooked: the
		// body stays as it is, and Explain sees it.
		return fromListener(data, []byte(*saved.Body))
	}
	body, err := base64.StdEncoding.DecodeString(*saved.BodyB64)
	if err != nil {
		return Request{}, errors.New("body_b64 is not base64")
	}
	return fromListener(data, body)
}

// fromListener takes the headers as the listener's reader does.
func fromListener(data, body []byte) (Request, error) {
	var all map[string]json.RawMessage
	if err := json.Unmarshal(data, &all); err != nil {
		return Request{}, errors.New("the request is no JSON object")
	}
	line, err := json.Marshal(map[string]json.RawMessage{"headers": all["headers"], "body_b64": json.RawMessage(`""`)})
	if err != nil || all["headers"] == nil {
		return Request{}, errors.New("the JSON has no headers")
	}
	for d, err := range listen.Read(bytes.NewReader(line)) {
		return Request{Header: d.Header, Body: body}, err
	}
	return Request{}, errors.New("the JSON has no headers")
}

func fromHTTP(data []byte) (Request, error) {
	first, rest, _ := bytes.Cut(data, []byte("\n"))
	if isRequestLine(string(first)) {
		data = rest
	}
	reader := bufio.NewReader(bytes.NewReader(data))
	header, err := textproto.NewReader(reader).ReadMIMEHeader()
	if err != nil {
		return Request{}, errors.New("the request is neither HTTP, with headers and an empty line before the body, " +
			"nor JSON with headers and body_b64")
	}
	var body bytes.Buffer
	if _, err := body.ReadFrom(reader); err != nil {
		return Request{}, err
	}
	r := Request{Header: http.Header(header), Body: body.Bytes()}
	length, err := strconv.Atoi(strings.TrimSpace(r.Header.Get("Content-Length")))
	if err == nil && length >= 0 && length < len(r.Body) {
		r.Body = r.Body[:length] // what follows is the file's, such as an editor's line end
	}
	return r, nil
}

// isRequestLine reports whether a line is the first of a request: POST /path HTTP/1.1
func isRequestLine(line string) bool {
	words := strings.Fields(line)
	return len(words) == 3 && strings.HasPrefix(words[2], "HTTP/")
}
