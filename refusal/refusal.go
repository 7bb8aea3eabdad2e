// Package refusal says why a delivery was refused: what is wrong with the secret, the
// clock, the headers, or what something on the way has done to the body.
//
//	diagnosis := refusal.Explain(refusal.Request{Header: header, Body: body}, refusal.Config{Secrets: secrets})
//	for _, finding := range diagnosis.Findings {
//		fmt.Println(finding.Text, finding.Remedy)
//	}
//
// It tries what proxies and frameworks are known to do to a body, and undoes it: where the
// signature then matches, that was it. Nothing that it says holds a secret, a signature or
// a part of the body.
package refusal

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/clerkknock/clerkknock"
)

// Cause is a reason for which a delivery is refused.
type Cause string

// The causes.
const (
	// Secret: a signing secret cannot be used.
	Secret Cause = "secret"
	// Headers: the signature's headers are missing, or are not what Svix sends.
	Headers Cause = "headers"
	// Clock: the time that was signed is too far from that of the receiver.
	Clock Cause = "clock"
	// Body: the body is not as it was signed.
	Body Cause = "body"
	// OtherSecret: it was signed with another secret, as far as can be seen.
	OtherSecret Cause = "other_secret"
	// Event: the signature is right, and what it signs is no event of Clerk's.
	Event Cause = "event"
)

// Request is a delivery as it was received.
type Request struct {
	Header http.Header
	// Body is what the receiver has verified, byte for byte.
	Body []byte
}

// Config says what the receiver has. Secrets are required.
type Config struct {
	// Secrets are the signing secrets. Printed, the Config shows none of them.
	Secrets []string
	// ReceivedAt is the receiver's clock when the delivery arrived. Defaults to the time
	// that was signed: then nothing is said about the clock.
	ReceivedAt time.Time
	// Tolerance is how far the two may lie apart. Defaults to 5 minutes.
	Tolerance time.Duration
}

// Diagnosis is what was found.
type Diagnosis struct {
	// Accepted says that a Source takes the delivery, if it has the secrets.
	Accepted bool `json:"accepted"`
	// SignedAt is when it was signed, zero if the headers do not say.
	SignedAt time.Time `json:"signed_at,omitzero"`
	// SignedWith is which of the secrets it was signed with, from 1, 0 if with none.
	SignedWith int `json:"signed_with,omitempty"`
	// Findings are the reasons for which it is refused, the most certain first.
	Findings []Finding `json:"findings"`
}

// Finding is a reason, and what helps.
type Finding struct {
	Cause Cause `json:"cause"`
	// Certain says that nothing else explains it.
	Certain bool `json:"certain"`
	// Text says what was seen, and Remedy what to do.
	Text   string `json:"text"`
	Remedy string `json:"remedy"`
}

// Explain looks for the reasons for which a delivery is refused.
func Explain(r Request, c Config) Diagnosis {
	d := Diagnosis{Findings: []Finding{}}
	secrets := d.secrets(c.Secrets)
	signedAt, ok := d.headers(r.Header)
	if !ok {
		return d
	}
	d.SignedAt = signedAt
	d.clock(c)
	verifiers := make([]verifier, 0, len(secrets))
	for _, s := range secrets {
		v, err := clerkknock.NewVerifier(s.text)
		if err == nil {
			verifiers = append(verifiers, verifier{s.number, v.WithClock(func() time.Time { return signedAt })})
		}
	}
	d.signature(r, verifiers)
	d.Accepted = d.SignedWith > 0 && len(d.Findings) == 0
	return d
}

// found adds a finding.
func (d *Diagnosis) found(cause Cause, certain bool, text, remedy string) {
	d.Findings = append(d.Findings, Finding{cause, certain, text, remedy})
}

// secret is one that can be used, and its place in the list.
type secret struct {
	number int
	text   string
}

// secrets names those that cannot be used.
func (d *Diagnosis) secrets(all []string) []secret {
	if len(all) == 0 {
		d.found(Secret, true, "no signing secret is configured",
			"copy it from the endpoint's page in the Clerk Dashboard, under Webhooks")
	}
	var usable []secret
	for i, text := range all {
		if _, err := clerkknock.NewVerifier(text); err != nil {
			reason := strings.TrimPrefix(err.Error(), "unusable signing secret: number 1 ")
			d.found(Secret, true, fmt.Sprintf("signing secret number %d %s", i+1, reason),
				"copy it whole from the endpoint's page in the Clerk Dashboard, under Webhooks")
			continue
		}
		usable = append(usable, secret{i + 1, text})
	}
	return usable
}

// anySecret signs nothing: what is asked of its verifier is about the headers alone.
const anySecret = "whsec_cmVmdXNhbDogbm8gc2VjcmV0"

// headers returns when the delivery was signed.
func (d *Diagnosis) headers(header http.Header) (time.Time, bool) {
	v, err := clerkknock.NewVerifier(anySecret)
	if err != nil {
		return time.Time{}, false
	}
	v, err = v.WithTolerance(1<<63 - 1) // the clock is looked at elsewhere
	if err != nil {
		return time.Time{}, false
	}
	err = v.VerifyHeaders(header)
	text := timestamp(header)
	switch {
	case errors.Is(err, clerkknock.ErrMissingHeaders):
		d.found(Headers, true, err.Error(), "let whatever stands in front of the receiver pass on all svix-… headers; "+
			"a request without them is not from Clerk")
		return time.Time{}, false
	case errors.Is(err, clerkknock.ErrBadTimestamp):
		remedy := "let nothing in front of the receiver change the svix-timestamp header"
		if len(text) == 13 {
			remedy = "it looks like milliseconds; Svix signs seconds, so whoever made this request is not Svix"
		}
		d.found(Headers, true, err.Error(), remedy)
		return time.Time{}, false
	}
	seconds, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return time.Time{}, false
	}
	if !hasV1(header) {
		d.found(Headers, true, `the signature header has no entry that begins with "v1,"`,
			"Clerk signs with the scheme v1; let nothing change the svix-signature header")
		return time.Time{}, false
	}
	return time.Unix(seconds, 0), true
}

// clock compares when it was signed and when it arrived.
func (d *Diagnosis) clock(c Config) {
	tolerance := c.Tolerance
	if tolerance <= 0 {
		tolerance = 5 * time.Minute
	}
	if c.ReceivedAt.IsZero() {
		return
	}
	late := c.ReceivedAt.Sub(d.SignedAt)
	switch {
	case late > tolerance:
		d.found(Clock, true, fmt.Sprintf("it was signed %s before it arrived; %s are allowed",
			late.Round(time.Second), tolerance),
			"set the receiver's clock (NTP), or deliver without a queue in between; Svix signs each attempt anew")
	case -late > tolerance:
		d.found(Clock, true, fmt.Sprintf("it was signed %s after it arrived; %s are allowed",
			(-late).Round(time.Second), tolerance), "set the receiver's clock (NTP): it is slow")
	}
}
