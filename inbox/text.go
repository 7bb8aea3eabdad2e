package inbox

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
	"unicode/utf8"
)

// PostgreSQL's text takes neither NUL nor invalid UTF-8, and JSON replaces the
// latter, so that two different texts could become one. encodeText makes
// something of every text that survives both and stays readable where there is
// nothing to escape; decodeText undoes it.
func encodeText(s string) string {
	if utf8.ValidString(s) && !strings.Contains(s, "\x00") && !strings.HasPrefix(s, `"`) {
		return s
	}
	return strconv.QuoteToASCII(s)
}

func decodeText(s string) string {
	if decoded, err := strconv.Unquote(s); err == nil && strings.HasPrefix(s, `"`) {
		return decoded
	}
	return s
}

// maxKey is well below what a PostgreSQL index takes.
const maxKey = 1024

// indexKey is encodeText for what is looked up but never read back.
func indexKey(s string) string {
	if encoded := encodeText(s); len(encoded) <= maxKey {
		return encoded
	}
	sum := sha256.Sum256([]byte(s))
	// No encoded text begins like this: a quote would be escaped.
	return `"sha256:` + hex.EncodeToString(sum[:])
}
