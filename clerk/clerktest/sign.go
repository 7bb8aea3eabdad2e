package clerktest

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Secret is a signing secret for tests.
const Secret = "whsec_Y2xlcmt0ZXN0OiB0aGlzIGlzIG5vIHJlYWwgc2VjcmV0"

// Sign returns the headers with which Clerk sends a body: svix-id,
// svix-timestamp, svix-signature and Content-Type. The time is that of the attempt
// to deliver, in whole seconds, which receivers compare with their clock. Sign panics
// if the secret is not "whsec_" and base64.
//
// To sign with two secrets, as Clerk does while one replaces the other, join the
// two svix-signature values with a space.
func Sign(secret, id string, at time.Time, body []byte) http.Header {
	encoded, prefixed := strings.CutPrefix(secret, "whsec_")
	key, err := base64.StdEncoding.DecodeString(encoded)
	if !prefixed || err != nil || len(key) == 0 {
		panic(`clerktest: the secret is not "whsec_" and base64`)
	}
	timestamp := strconv.FormatInt(at.Unix(), 10)
	mac := hmac.New(sha256.New, key)
	fmt.Fprintf(mac, "%s.%s.%s", id, timestamp, body)

	header := http.Header{}
	header.Set("Content-Type", "application/json")
	header.Set("svix-id", id)
	header.Set("svix-timestamp", timestamp)
	header.Set("svix-signature", "v1,"+base64.StdEncoding.EncodeToString(mac.Sum(nil)))
	return header
}

// NewRequest returns the request with which Clerk delivers a body: a POST with the
// headers of Sign. The target is a path for a handler or a URL for a client, either
// can take the request, and GetBody returns the body once more. NewRequest panics if
// the target cannot be parsed, and like Sign.
func NewRequest(target, secret, id string, at time.Time, body []byte) *http.Request {
	request, err := http.NewRequest(http.MethodPost, target, bytes.NewReader(body))
	if err != nil {
		panic("clerktest: " + err.Error())
	}
	request.Header = Sign(secret, id, at, body)
	return request
}
