package refusal

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/clerk"
)

// verifier is that of one secret, at the time that was signed.
type verifier struct {
	number int
	*clerkknock.SignatureVerifier
}

// signature says which secret the body was signed with, or what is wrong with the body.
func (d *Diagnosis) signature(r Request, verifiers []verifier) {
	if len(verifiers) == 0 {
		return
	}
	signedWith := func(body []byte) int {
		for _, v := range verifiers {
			if v.Verify(body, r.Header) == nil {
				return v.number
			}
		}
		return 0
	}
	if d.SignedWith = signedWith(r.Body); d.SignedWith > 0 {
		if _, err := clerk.Parse(r.Body); err != nil {
			d.found(Event, true, "the signature is right, and the body is no event of Clerk's",
				"look who else sends to this endpoint with the same secret")
		}
		return
	}
	for _, u := range undoings {
		original, ok := u.undo(r.Body)
		if !ok || bytes.Equal(original, r.Body) {
			continue
		}
		if n := signedWith(original); n > 0 {
			d.SignedWith = n
			d.found(Body, true, u.text, u.remedy)
			return
		}
	}
	d.guess(r)
}

// guess says what the body looks like where nothing that is undone makes it match.
func (d *Diagnosis) guess(r Request) {
	length, err := strconv.Atoi(strings.TrimSpace(value(r.Header, "Content-Length")))
	known := err == nil && length >= 0
	switch {
	case len(r.Body) == 0:
		d.found(Body, true, "the body is empty: something has read it before", readFirst)
		return
	case known && len(r.Body) < length:
		d.found(Body, true, fmt.Sprintf("the body is cut: there are %d of %d bytes", len(r.Body), length),
			"look for a limit on bodies in front of the receiver; Clerk's have up to about 350 kB")
		return
	case isCut(r.Body):
		d.found(Body, true, "the body is cut: its JSON does not end",
			"look for a limit on bodies in front of the receiver; Clerk's have up to about 350 kB")
		return
	case !json.Valid(r.Body):
		d.found(Body, true, "the body is not JSON, and none of what is known to be done to one", readFirst)
		return
	case isIndented(r.Body):
		d.found(Body, false, "the body is JSON with spaces between its parts, as a program writes it that has parsed it; "+
			"Clerk's has none", readFirst)
	}
	d.found(OtherSecret, len(d.Findings) == 0,
		"the body looks whole, and none of the secrets has signed it: it was signed with another one",
		"compare with the secret on the page of this very endpoint in the Clerk Dashboard: each endpoint has its own, "+
			"and so has each instance, development and production")
}

const readFirst = "verify the raw bytes of the request: mount the receiver outside of middleware that parses, " +
	"transforms or logs bodies"

// isCut reports whether a body is the beginning of JSON.
func isCut(body []byte) bool {
	err := json.NewDecoder(bytes.NewReader(body)).Decode(new(json.RawMessage))
	return errors.Is(err, io.ErrUnexpectedEOF)
}

// isIndented reports whether there is space between the parts of JSON.
func isIndented(body []byte) bool {
	var b bytes.Buffer
	return json.Compact(&b, body) == nil && b.Len() < len(body)
}
