package refusal

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// encoded is compact JSON in which what may be escaped, beyond ASCII and what HTML
// minds, is escaped or is not.
func encoded(b []byte, escaped bool) ([]byte, bool) {
	c, ok := compacted(b)
	if !ok {
		return nil, false
	}
	if escaped {
		return escape(c), true
	}
	return unescape(c)
}

// escape writes what is beyond ASCII as \u escapes, as encoders for JavaScript do.
func escape(b []byte) []byte {
	var out bytes.Buffer
	for _, r := range string(b) {
		switch {
		case r < 0x80:
			out.WriteRune(r)
		case r > 0xffff:
			r -= 0x10000
			fmt.Fprintf(&out, `\u%04x\u%04x`, 0xd800+r>>10, 0xdc00+r&0x3ff)
		default:
			fmt.Fprintf(&out, `\u%04x`, r)
		}
	}
	return out.Bytes()
}

// unescape writes each text of JSON with as few escapes as it needs.
func unescape(b []byte) ([]byte, bool) {
	var out bytes.Buffer
	for len(b) > 0 {
		start := bytes.IndexByte(b, '"')
		if start < 0 {
			break
		}
		end := start + 1
		for end < len(b) && b[end] != '"' {
			if b[end] == '\\' {
				end++
			}
			end++
		}
		if end >= len(b) {
			return nil, false
		}
		var text string
		if json.Unmarshal(b[start:end+1], &text) != nil {
			return nil, false
		}
		out.Write(b[:start])
		enc := json.NewEncoder(&out)
		enc.SetEscapeHTML(false)
		if enc.Encode(text) != nil {
			return nil, false
		}
		out.Truncate(out.Len() - 1) // the encoder's line end
		b = b[end+1:]
	}
	out.Write(b)
	return out.Bytes(), true
}
