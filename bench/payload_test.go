package main_test

import (
	"embed"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/clerk/clerktest"
	"github.com/stretchr/testify/require"
)

//go:embed testdata
var files embed.FS

// now is when everything was signed.
var now = time.Now()

// payload is a signed body. One byte-identical body is used by all benchmarks of
// its name, so that their ratios compare work and not inputs.
type payload struct {
	name   string
	body   []byte
	header http.Header
	// deliveries are made when a benchmark asks for them.
	deliveries func() *round
}

func newPayload(name string, body []byte) payload {
	header := clerktest.Sign(clerktest.Secret, "msg_2b3c4d5e6f7g8h9i0j1k2l3m4n", now, body)
	p := payload{name: name, body: body, header: header}
	p.deliveries = sync.OnceValue(func() *round { return newRound(p) })
	return p
}

func read(t testing.TB, name string) payload {
	body, err := files.ReadFile("testdata/" + name + ".json")
	require.NoError(t, err)
	return newPayload(name, body)
}

// names are the committed payloads: Clerk's documented user.created, a session
// with its nested user, and a user with much metadata.
var names = []string{"user-1kB", "session-3kB", "user-20kB"}

// each runs a benchmark once for each payload.
func each(b *testing.B, f func(b *testing.B, p payload)) {
	for _, name := range names {
		p := read(b, name)
		b.Run(name, func(b *testing.B) { measure(b, p, f) })
	}
}

func measure(b *testing.B, p payload, f func(b *testing.B, p payload)) {
	b.SetBytes(int64(len(p.body)))
	b.ReportAllocs()
	f(b, p)
}

func newVerifier(t testing.TB) *clerkknock.SignatureVerifier {
	v, err := clerkknock.NewVerifier(clerktest.Secret)
	require.NoError(t, err)
	// A benchmark may run longer than the signature is fresh. The window is still
	// checked, like in production.
	v, err = v.WithTolerance(24 * time.Hour)
	require.NoError(t, err)
	return v
}

// newMapper is the default table with a mapping for each of the payloads.
func newMapper() *clerkknock.Mapper {
	return clerkknock.DefaultMapper().Enable("session.created:workflows_trigger")
}
