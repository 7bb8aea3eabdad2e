package refusal

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/url"
	"strings"
)

// undoing undoes what something may have done to a body.
type undoing struct {
	text, remedy string
	undo         func(body []byte) ([]byte, bool)
}

// undoings are tried in this order.
var undoings = []undoing{
	{"the body is base64",
		"decode it before it is verified: API Gateway and Lambda mark it with isBase64Encoded", fromBase64},
	{"the body is compressed", "let the proxy that compresses it undo that, or verify what comes before it", fromGzip},
	{"a line end was added to the body", "pass on the bytes as they came; a shell's echo and an editor add one", trimEnd},
	{"the line end of the body was taken away", "pass on the bytes as they came", func(b []byte) ([]byte, bool) {
		return append(bytes.Clone(b), '\n'), true
	}},
	{"a byte order mark was put before the body", "pass on the bytes as they came", func(b []byte) ([]byte, bool) {
		return bytes.CutPrefix(b, []byte("\ufeff"))
	}},
	{"the body is JSON inside of a JSON text", "hand over the text, not its JSON", fromText},
	{"the body is encoded as a form", "pass on the bytes as they came", fromForm},
	{"the body was parsed and encoded again: with spaces", readFirst, compacted},
	{"the body was parsed and encoded again: with other escapes", readFirst, func(b []byte) ([]byte, bool) {
		return encoded(b, false)
	}},
	{"the body was parsed and encoded again: without escapes", readFirst, func(b []byte) ([]byte, bool) {
		return encoded(b, true)
	}},
	{"the body was parsed and encoded again: with escaped slashes", readFirst, func(b []byte) ([]byte, bool) {
		return bytes.ReplaceAll(b, []byte(`\/`), []byte(`/`)), true
	}},
	{"the line ends of the body were changed", "pass on the bytes as they came", func(b []byte) ([]byte, bool) {
		return bytes.ReplaceAll(b, []byte("\r\n"), []byte("\n")), true
	}},
}

func fromBase64(b []byte) ([]byte, bool) {
	decoded, err := base64.StdEncoding.DecodeString(string(bytes.Trim(bytes.TrimSpace(b), `"`)))
	return decoded, err == nil
}

// maxDecompressed bounds what a compressed body may become.
const maxDecompressed = 4 << 20

func fromGzip(b []byte) ([]byte, bool) {
	r, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		return nil, false
	}
	body, err := io.ReadAll(io.LimitReader(r, maxDecompressed))
	return body, err == nil
}

func trimEnd(b []byte) ([]byte, bool) { return bytes.TrimRight(b, "\r\n"), true }

func fromText(b []byte) ([]byte, bool) {
	var text string
	err := json.Unmarshal(b, &text)
	return []byte(text), err == nil
}

func fromForm(b []byte) ([]byte, bool) {
	text, err := url.QueryUnescape(strings.TrimSuffix(string(b), "="))
	return []byte(text), err == nil
}

func compacted(b []byte) ([]byte, bool) {
	var c bytes.Buffer
	err := json.Compact(&c, b)
	return c.Bytes(), err == nil
}
