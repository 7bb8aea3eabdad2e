package refusal

import (
	"net/http"
	"strings"
)

// timestamp is the signed time as it stands in the headers of either family.
func timestamp(header http.Header) string {
	for _, name := range []string{"Svix-Timestamp", "Webhook-Timestamp"} {
		if text := strings.TrimSpace(value(header, name)); text != "" {
			return text
		}
	}
	return ""
}

// hasV1 reports whether there is a signature of the scheme that Clerk uses.
func hasV1(header http.Header) bool {
	all := value(header, "Svix-Signature") + " " + value(header, "Webhook-Signature")
	for _, word := range strings.FieldsFunc(all, func(r rune) bool { return r == ' ' || r == ',' || r == '\t' }) {
		if word == "v1" {
			return true
		}
	}
	return false
}

// value joins the values of a header, in whatever letters its name is.
func value(header http.Header, name string) string {
	for other, values := range header {
		if strings.EqualFold(other, name) {
			return strings.Join(values, ",")
		}
	}
	return ""
}
