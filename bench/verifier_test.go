package main_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"hash"
	"io"
	"strings"
	"testing"

	"github.com/clerkknock/clerkknock/clerk/clerktest"
)

// What verification would cost without svix's library, which formats a copy of
// the body and makes a new MAC each time: the same comparison with the parts
// written into a MAC that is used again. It is here to be measured; svix's
// library is what verifies.
func BenchmarkVerifyOwn(b *testing.B) {
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(clerktest.Secret, "whsec_"))
	if err != nil {
		b.Fatal(err)
	}
	mac := hmac.New(sha256.New, key)
	each(b, func(b *testing.B, p payload) {
		id, at, signature := p.header.Get("svix-id"), p.header.Get("svix-timestamp"), p.header.Get("svix-signature")
		for b.Loop() {
			if !matches(mac, id, at, signature, p.body) {
				b.Fatal("does not match")
			}
		}
	})
}

func matches(mac hash.Hash, id, at, signature string, body []byte) bool {
	mac.Reset()
	_, _ = io.WriteString(mac, id+"."+at+".")
	_, _ = mac.Write(body)
	var sum, given [sha256.Size + 4]byte
	n, err := base64.StdEncoding.Decode(given[:], []byte(strings.TrimPrefix(signature, "v1,")))
	return err == nil && hmac.Equal(mac.Sum(sum[:0]), given[:n])
}
