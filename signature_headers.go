package clerkknock

import (
	"maps"
	"net/http"
	"slices"
	"strings"
)

// signedHeaders are the three header values that belong to one signature.
type signedHeaders struct {
	id, timestamp string
	signatures    []string
}

// isPlain reports whether the values stand in the header just as svix reads them:
// the usual case, in which there is one signature and nothing to put in order.
func (h signedHeaders) isPlain(header http.Header) bool {
	signature, ok := strings.CutPrefix(h.signatures[0], "v1,")
	return ok && len(h.signatures) == 1 && !strings.ContainsAny(signature, ", \t\r\n") &&
		header.Get(headerFamilies[0].id) == h.id && header.Get(headerFamilies[0].timestamp) == h.timestamp
}

// headerFamily names the three headers of one signature.
type headerFamily struct{ id, timestamp, signature string }

// headerFamilies are the two sets of headers that a signature comes in, Svix's own
// first, then that of https://www.standardwebhooks.com.
var headerFamilies = [...]headerFamily{
	{"Svix-Id", "Svix-Timestamp", "Svix-Signature"},
	{"Webhook-Id", "Webhook-Timestamp", "Webhook-Signature"},
}

// signatureHeaders picks the first family that is complete. Families are never
// mixed, so that the id used for deduplication is always the id that was signed.
func signatureHeaders(header http.Header) (signedHeaders, bool) {
	for _, family := range headerFamilies {
		h := signedHeaders{
			id:         strings.TrimSpace(first(values(header, family.id))),
			timestamp:  strings.TrimSpace(first(values(header, family.timestamp))),
			signatures: values(header, family.signature),
		}
		if h.id != "" && h.timestamp != "" && strings.TrimSpace(strings.Join(h.signatures, "")) != "" {
			return h, true
		}
	}
	return signedHeaders{}, false
}

// values are the values of a header under its name, or else under the same name in
// other letters: an API gateway's map of headers has them in lower case.
func values(header http.Header, name string) []string {
	if found, ok := header[name]; ok {
		return found
	}
	var all []string
	spellings := 0
	for other, found := range header {
		if strings.EqualFold(other, name) {
			all = found
			spellings++
		}
	}
	if spellings > 1 {
		return nil // which of them was signed nobody can tell
	}
	return all
}

func first(values []string) string {
	if len(values) == 0 {
		return ""
	}
	return values[0]
}

// missingHeaders names what a family lacks: the one that has some, or Svix's own.
func missingHeaders(header http.Header) string {
	lacking := func(f headerFamily) (names []string) {
		for _, name := range [...]string{f.id, f.timestamp, f.signature} {
			if strings.TrimSpace(strings.Join(values(header, name), "")) == "" {
				names = append(names, strings.ToLower(name))
			}
		}
		return names
	}
	missing := lacking(headerFamilies[0])
	if other := lacking(headerFamilies[1]); len(other) < len(missing) {
		missing = other
	}
	return strings.Join(missing, ", ")
}

// claimedID is the id that a refused request has, "" unless it is one as Svix
// makes them: it is a stranger's text.
func claimedID(header http.Header) string {
	for _, family := range headerFamilies {
		id := strings.TrimSpace(first(values(header, family.id)))
		if id == "" {
			continue
		}
		if len(id) > maxID || strings.ContainsFunc(id, func(r rune) bool { return r <= ' ' || r > '~' }) {
			return ""
		}
		return strings.Clone(id)
	}
	return ""
}

// changesWithAttempt reports whether a header differs between two attempts to
// deliver one event. A request to Knock made from it would differ too, and Knock
// refuses an idempotency key that comes again with other parameters. It proves
// who sent the event, too, and so must not be stored.
func changesWithAttempt(name string) bool {
	name = http.CanonicalHeaderKey(name)
	return slices.ContainsFunc(headerFamilies[:], func(f headerFamily) bool {
		return name == f.timestamp || name == f.signature
	})
}

// withSignedID returns the header with the signed id under one name, whichever
// family it came in.
func withSignedID(header http.Header, id string) http.Header {
	for _, family := range headerFamilies {
		delete(header, family.id)
	}
	header[headerFamilies[0].id] = []string{id}
	return header
}

// safeHeaders copies the headers that are kept and leaves out what must not be stored or
// reach a mapping, and what differs between two attempts.
func safeHeaders(header http.Header, keeps func(name string) bool) http.Header {
	safe := make(http.Header)
	// In order: of several spellings of one name the canonical one stands first.
	for _, name := range slices.Sorted(maps.Keys(header)) {
		values, canonical := header[name], http.CanonicalHeaderKey(name)
		if _, taken := safe[canonical]; taken {
			continue
		}
		if keeps(canonical) && !isCredential(canonical) && !changesWithAttempt(name) {
			copies := make([]string, len(values))
			for i, value := range values {
				copies[i] = strings.Clone(value)
			}
			safe[http.CanonicalHeaderKey(strings.Clone(name))] = copies
		}
	}
	return safe
}
