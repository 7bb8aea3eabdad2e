package clerkknock_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/clerkknock/clerkknock"
	"github.com/stretchr/testify/require"
	svix "github.com/svix/svix-webhooks/go"
)

// pair is our verifier beside svix's own, with the same secret. The window is
// ours to check, so the timestamps of all cases lie within it.
type pair struct {
	ours   *clerkknock.SignatureVerifier
	theirs *svix.Webhook
}

func newPair(t testing.TB) pair {
	ours, err := clerkknock.NewVerifier(secret)
	require.NoError(t, err)
	ours, err = ours.WithTolerance(1e6 * time.Hour)
	require.NoError(t, err)
	theirs, err := svix.NewWebhook(secret)
	require.NoError(t, err)
	return pair{ours.WithClock(func() time.Time { return time.Unix(vectorTime, 0) }), theirs}
}

// differ verifies with both and returns the name of the difference, "" if there
// is none. A difference that is not listed here fails the test.
func (p pair) differ(t testing.TB, body []byte, h http.Header) string {
	ours, theirs := p.ours.Verify(body, h), p.theirs.VerifyIgnoringTimestamp(body, h)
	if (ours == nil) == (theirs == nil) {
		return ""
	}
	if ours != nil { // stricter
		ids := h.Get("svix-id") + h.Get("webhook-id")
		signatures := strings.Join(slices.Concat(h.Values("svix-signature"), h.Values("webhook-signature")), " ")
		switch {
		case errors.Is(ours, clerkknock.ErrBadTimestamp):
			return "stricter: a timestamp is decimal digits"
		case errors.Is(ours, clerkknock.ErrTooNew), errors.Is(ours, clerkknock.ErrTooOld):
			return "stricter: the window"
		case strings.Count(signatures, "v1") > 64:
			return "stricter: at most 64 signatures are read"
		case strings.ContainsAny(ids, " \t\r\n\v\f\u0085\u00a0"):
			return "stricter: space around an ID is not part of it"
		}
		t.Fatalf("svix accepts and we do not (%v): %q", ours, h)
	}
	// More lenient, about the layout alone: the same words in svix's own layout
	// have to satisfy svix.
	clean := http.Header{}
	for _, prefix := range []string{"svix-", "webhook-"} {
		words := strings.FieldsFunc(strings.Join(h.Values(prefix+"signature"), ","), func(r rune) bool {
			return strings.ContainsRune(", \t\r\n", r)
		})
		var entries []string
		for i := range max(0, len(words)-1) {
			entries = append(entries, words[i]+","+words[i+1])
		}
		clean.Set(prefix+"id", strings.TrimSpace(h.Get(prefix+"id")))
		clean.Set(prefix+"timestamp", strings.TrimSpace(h.Get(prefix+"timestamp")))
		clean.Set(prefix+"signature", strings.Join(entries, " "))
	}
	require.NoError(t, p.theirs.VerifyIgnoringTimestamp(body, clean), "we accept what no layout excuses: %q", h)
	return "more lenient: how the signature header is laid out"
}

func TestVerifyDiffersFromSvixOnlyWhereItSays(t *testing.T) {
	t.Parallel()
	const cases = 200_000
	p := newPair(t)
	rng := rand.New(rand.NewPCG(1, 2))
	pick := func(all ...string) string { return all[rng.IntN(len(all))] }
	found, accepted := map[string]int{}, 0
	for range cases {
		body := []byte(fmt.Sprintf(`{"n":%d}`, rng.IntN(1000)))
		id, at := pick("", "", "", " ")+fmt.Sprint("msg_", rng.IntN(1000)), vectorTime+rng.Int64N(1000)
		good := sign(secret, id, at, string(body))
		bare := strings.TrimPrefix(good, "v1,")
		entries := []string{good}
		for range rng.IntN(3) {
			entries = append(entries,
				pick("v1,AAAA", "v2,"+bare, "v1a,"+bare, "v1", "junk", "v1,", ",", "v1,"+bare[:40], vectorSignature, good))
		}
		rng.Shuffle(len(entries), func(i, j int) { entries[i], entries[j] = entries[j], entries[i] })
		lines := []string{strings.Join(entries, pick(" ", " ", " ", "  ", ", ", ",", "\t"))}
		if rng.IntN(8) == 0 {
			lines = entries
		}
		if rng.IntN(8) == 0 {
			lines = strings.Split(lines[0], ",")
		}
		if rng.IntN(500) == 0 {
			lines[0] = strings.Repeat("v1,AAAA ", 70) + lines[0]
		}
		timestamp := pick("", "", "", "", "", "+", "0", " ", "-") + strconv.FormatInt(at, 10)
		timestamp += pick("", "", "", "", ".0", " ", "x")
		if rng.IntN(6) == 0 {
			body = mutate(rng, body)
		}
		if rng.IntN(6) == 0 {
			id = string(mutate(rng, []byte(id)))
		}
		if rng.IntN(6) == 0 {
			lines[0] = string(mutate(rng, []byte(lines[0])))
		}
		prefix := pick("svix-", "svix-", "webhook-")
		h := http.Header{}
		h.Set(prefix+"id", pick("", "", "", " ")+id)
		h.Set(prefix+"timestamp", timestamp)
		for _, line := range lines {
			h.Add(prefix+"signature", line)
		}
		if rng.IntN(20) == 0 {
			h.Del(prefix + pick("id", "timestamp", "signature"))
		}
		found[p.differ(t, body, h)]++
		if p.ours.Verify(body, h) == nil {
			accepted++
		}
	}
	t.Logf("%d cases, %d accepted, differences: %v", cases, accepted, found)
	require.Len(t, found, 5, "every listed difference occurs")
	require.Greater(t, accepted, cases/10)
}

func mutate(rng *rand.Rand, b []byte) []byte {
	b = append([]byte{}, b...)
	if len(b) > 0 {
		b[rng.IntN(len(b))] ^= 1 << rng.IntN(8)
	}
	return b
}

func FuzzVerify(f *testing.F) {
	f.Add(vectorID, strconv.Itoa(vectorTime), vectorSignature, []byte(vectorBody))
	f.Add("msg_1", "1700000000", sign(secret, "msg_1", 1700000000, "{}"), []byte("{}"))
	f.Add("", "+1", "v1,", []byte(nil))
	f.Add("a.b", "01614265330", "v1, v1a,x v2,y", []byte("\xff"))
	f.Fuzz(func(t *testing.T, id, timestamp, signature string, body []byte) {
		p := newPair(t)
		at, err := strconv.ParseInt(timestamp, 10, 64)
		if err == nil {
			// Half of the work is done for the fuzzer: it cannot guess a signature.
			signature += " " + sign(secret, id, at, string(body))
		}
		h := http.Header{"Svix-Id": {id}, "Svix-Timestamp": {timestamp}, "Svix-Signature": {signature}}
		p.differ(t, body, h)
	})
}

func FuzzPath(f *testing.F) {
	for _, expr := range []string{
		"data.id", `data["a.b"][0].c`, "data.list[id=data.primary].v", "headers.svix-id", "preprocess.x", "body",
		"data.x[a=b[c=d]]", "a[", "[0]", "a..b",
	} {
		f.Add(expr, []byte(valueBody))
	}
	f.Fuzz(func(t *testing.T, expr string, body []byte) {
		m := clerkknock.NewMapper(clerkknock.Mapping{
			Event:  "test.event",
			Action: clerkknock.UsersIdentify,
			Params: clerkknock.Params{
				"id":         clerkknock.Literal("x"),
				"name":       clerkknock.Path(expr),
				"email":      clerkknock.Join("", clerkknock.Path(expr)),
				"created_at": clerkknock.Time(expr),
				"properties": clerkknock.Object(clerkknock.Params{"p": clerkknock.Path(expr)}),
			},
		})
		d := clerkknock.Delivery{ID: "msg_1", Body: body, Header: http.Header{"Svix-Id": {"msg_1"}}}
		one, err := m.Rehearse(t.Context(), d)
		if err != nil {
			return
		}
		two, err := m.Rehearse(t.Context(), d)
		require.NoError(t, err)
		require.Equal(t, one, two)
		for _, step := range one {
			require.NoError(t, step.Err)
			for name, raw := range step.Action.Params {
				require.True(t, json.Valid(raw), "%s: %q", name, raw)
			}
		}
	})
}
