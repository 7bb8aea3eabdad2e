package clerkknock

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	svix "github.com/svix/svix-webhooks/go"
)

// defaultTolerance is how far a delivery's timestamp may lie from the
// receiver's clock, in the past or in the future, as Svix's own libraries
// have it: https://docs.svix.com/receiving/verifying-payloads/how-manual
const defaultTolerance = 5 * time.Minute

// The reasons why a delivery is refused. Each is returned wrapped or as it is;
// test with errors.Is. None of them, nor the errors around them, carries a
// secret, a signature or a part of the body.
var (
	// ErrMissingHeaders: the id, timestamp or signature header is absent or blank.
	ErrMissingHeaders = errors.New("signature headers are missing")
	// ErrBadTimestamp: the timestamp header is not a whole number of seconds.
	ErrBadTimestamp = errors.New("signature timestamp is not a number of seconds")
	// ErrTooOld: the timestamp lies further in the past than the tolerance.
	ErrTooOld = errors.New("signature timestamp is too old; check this machine's clock")
	// ErrTooNew: the timestamp lies further in the future than the tolerance.
	ErrTooNew = errors.New("signature timestamp is in the future; check this machine's clock")
	// ErrNoMatch: no signature in the header was made with a configured secret
	// over exactly these bytes.
	ErrNoMatch = errors.New("no signature matches; check the signing secret and that nothing rewrites the body")
)

// Verifier tells whether a request was signed by who it claims to be from.
//
// Verify returns nil only if payload, the unaltered request body, is covered
// by a valid, timely signature in header. It must not keep or change either. The
// svix-id header should be covered too: deliveries are told apart by it.
//
// A Verifier may have a second method, VerifyHeaders(header http.Header) error, which
// is asked before the body is read: what it refuses costs no memory.
//
// A *svix.Webhook is a Verifier as it is. Its constructor takes an empty secret;
// New refuses such a Verifier.
type Verifier interface {
	Verify(payload []byte, header http.Header) error
}

// SignatureVerifier verifies Svix signatures with one or several secrets. It is
// immutable and safe for concurrent use; make one with NewVerifier.
type SignatureVerifier struct {
	webhooks  []*svix.Webhook
	tolerance time.Duration
	now       func() time.Time
}

// NewVerifier returns a verifier that accepts a delivery signed with any of
// the secrets. Give the old and the new one while a secret is being rotated:
// Clerk's guide runs two endpoints with two secrets for a while,
// https://clerk.com/docs/guides/secure/rotate-api-keys.
//
// A secret is the endpoint's "Signing Secret" from the Clerk Dashboard, with or
// without its "whsec_" prefix; space around it is ignored. No secret at all,
// or one that does not decode, is an error.
func NewVerifier(secrets ...string) (*SignatureVerifier, error) {
	if len(secrets) == 0 {
		return nil, errors.New("unusable signing secret: none given")
	}
	v := &SignatureVerifier{tolerance: defaultTolerance, now: time.Now}
	for i, secret := range secrets {
		key, err := decodeSecret(secret)
		if err != nil {
			return nil, fmt.Errorf("unusable signing secret: number %d %w", i+1, err)
		}
		webhook, err := svix.NewWebhookRaw(key)
		if err != nil {
			return nil, fmt.Errorf("unusable signing secret: number %d is refused by svix", i+1)
		}
		v.webhooks = append(v.webhooks, webhook)
	}
	return v, nil
}

// WithTolerance returns a verifier with another tolerance, which must be
// positive. Wide windows let a captured request be replayed for longer.
func (v *SignatureVerifier) WithTolerance(d time.Duration) (*SignatureVerifier, error) {
	if d <= 0 {
		return nil, errors.New("tolerance must be positive")
	}
	c := *v
	c.tolerance = d
	return &c, nil
}

// WithClock returns a verifier that reads the time from now, for tests.
func (v *SignatureVerifier) WithClock(now func() time.Time) *SignatureVerifier {
	c := *v
	c.now = now
	return &c
}

// Format prints nothing of the secrets, whatever the verb.
func (v SignatureVerifier) Format(s fmt.State, _ rune) {
	_, _ = fmt.Fprintf(s, "verifier with %d secrets", len(v.webhooks))
}

// Verify implements Verifier. The signature itself is svix's to check. Around it
// the official libraries differ, and this is what was chosen:
//
//   - Headers: the svix-* set, or else the whole webhook-* set; never a mixture.
//     Space around a value is not part of it, and a blank value is missing.
//   - Timestamp: decimal digits only, no sign, fraction or other text.
//   - Window: to the fraction of a second, the edges included.
//   - Signatures: an entry labelled "v1" must match in full; other labels and
//     what is malformed are passed over. At most 64 are read. The header may be
//     folded, repeated, split or padded at its commas, as proxies do.
//   - Body: any bytes, also none. There is no mode that ignores the timestamp.
func (v *SignatureVerifier) Verify(payload []byte, header http.Header) error {
	h, err := v.verifyHeaders(header)
	if err != nil {
		return err
	}
	clean := header
	if !h.isPlain(header) {
		entries := v1Entries(h.signatures)
		if len(entries) == 0 {
			return ErrNoMatch
		}
		svix := headerFamilies[0]
		clean = http.Header{
			svix.id:        {h.id},
			svix.timestamp: {h.timestamp},
			svix.signature: {strings.Join(entries, " ")},
		}
	}
	for _, webhook := range v.webhooks {
		// The window was checked above, against our clock and tolerance.
		if webhook.VerifyIgnoringTimestamp(payload, clean) == nil {
			return nil
		}
	}
	return ErrNoMatch
}

// VerifyHeaders is the part of Verify that needs no body: whether the headers are
// there, and the window. A Source asks for it before it reads anything of a stranger's.
func (v *SignatureVerifier) VerifyHeaders(header http.Header) error {
	_, err := v.verifyHeaders(header)
	return err
}

func (v *SignatureVerifier) verifyHeaders(header http.Header) (signedHeaders, error) {
	h, ok := signatureHeaders(header)
	if !ok {
		return h, fmt.Errorf("%w: %s", ErrMissingHeaders, missingHeaders(header))
	}
	sent, err := parseTimestamp(h.timestamp)
	if err != nil {
		return h, err
	}
	switch now := v.now(); {
	case now.Add(-v.tolerance).After(sent):
		return h, ErrTooOld
	case now.Add(v.tolerance).Before(sent):
		return h, ErrTooNew
	}
	return h, nil
}

// acceptsEmptyKey tries whether anybody could sign for a verifier: the one of the
// svix library takes an empty secret without a word.
func acceptsEmptyKey(v Verifier, now time.Time) bool {
	anybody, err := svix.NewWebhookRaw(nil)
	if err != nil {
		return false
	}
	probe := []byte("{}")
	signature, err := anybody.Sign("msg_probe", now, probe)
	if err != nil {
		return false
	}
	header := http.Header{}
	for _, family := range headerFamilies {
		header.Set(family.id, "msg_probe")
		header.Set(family.timestamp, strconv.FormatInt(now.Unix(), 10))
		header.Set(family.signature, signature)
	}
	return guard(func() error { return v.Verify(probe, header) }) == nil
}

func parseTimestamp(s string) (time.Time, error) {
	for _, c := range []byte(s) {
		if c < '0' || c > '9' {
			return time.Time{}, ErrBadTimestamp
		}
	}
	seconds, err := strconv.ParseInt(s, 10, 64)
	// Beyond the year 5138 it is no time in seconds; milliseconds are caught here.
	if err != nil || seconds > 1e11 {
		return time.Time{}, ErrBadTimestamp
	}
	return time.Unix(seconds, 0), nil
}

// maxSignatures bounds the work one request can cause. Svix sends at most
// eleven: the current key's and those of ten former keys.
const maxSignatures = 64

// v1Entries collects the "v1" signatures of all header lines. Entries are
// separated by spaces and hold a comma, which is why proxies that treat the
// comma as a list separator split or pad them; reading the values as a stream
// of words, in which a version is followed by its signature, undoes that.
func v1Entries(lines []string) []string {
	words := strings.FieldsFunc(strings.Join(lines, ","), func(r rune) bool {
		return r == ',' || r == ' ' || r == '\t' || r == '\r' || r == '\n'
	})
	var entries []string
	for i := 0; i+1 < len(words) && len(entries) < maxSignatures; i++ {
		if isVersion(words[i]) && !isVersion(words[i+1]) {
			if words[i] == "v1" {
				entries = append(entries, "v1,"+words[i+1])
			}
			i++
		}
	}
	return entries
}

// isVersion reports whether a word labels a signature scheme: v1, v1a, v2.
func isVersion(word string) bool {
	if len(word) < 2 || len(word) > 4 || word[0] != 'v' || word[1] < '0' || word[1] > '9' {
		return false
	}
	return !slices.ContainsFunc([]byte(word[1:]), func(c byte) bool {
		return (c < '0' || c > '9') && (c < 'a' || c > 'z')
	})
}

// minSecret keeps out what is no secret but a word somebody has put in its place.
const minSecret = 8

func decodeSecret(secret string) ([]byte, error) {
	s := strings.TrimSpace(secret)
	name, _, named := strings.Cut(s, "=whsec_")
	switch {
	case strings.ContainsAny(s, "\"'`"):
		return nil, errors.New("holds quotes; give what is between them")
	case named && name != "":
		return nil, errors.New(`begins with a name and "="; give the part from "whsec_" on`)
	case strings.Count(s, "whsec_") > 1:
		return nil, errors.New("holds several secrets and what separates them; give them one by one")
	case strings.HasPrefix(s, "v1,whsec_"):
		return nil, errors.New(`begins with "v1,": that is the form of a signature; give the part from "whsec_" on`)
	case strings.HasPrefix(s, "whsk_"), strings.HasPrefix(s, "whpk_"):
		return nil, errors.New(`is an asymmetric key; Clerk signs with the symmetric "whsec_" secret`)
	case strings.HasPrefix(s, "sk_"), strings.HasPrefix(s, "pk_"):
		return nil, errors.New(`is an API key; give the webhook endpoint's "whsec_" signing secret`)
	}
	s = strings.TrimRight(strings.TrimPrefix(s, "whsec_"), "=")
	if s == "" {
		return nil, errors.New("is empty; copy it from the endpoint's page in the Clerk Dashboard")
	}
	key, err := base64.RawStdEncoding.DecodeString(s)
	if err != nil {
		// The decoder's own error is left out: it tells about the secret's bytes.
		return nil, errors.New(`is not base64; copy it whole, from "whsec_" to the end`)
	}
	if len(key) < minSecret {
		return nil, errors.New("is too short to be one; Svix's have 24 bytes")
	}
	return key, nil
}
