package clerkknock_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/clerkknock/clerkknock"
	"github.com/stretchr/testify/require"
	svix "github.com/svix/svix-webhooks/go"
)

// The official vector that every Svix and Standard Webhooks library tests with.
const (
	vectorSecret    = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
	vectorID        = "msg_p5jXN8AQM9LWM0D4loKWxJek"
	vectorBody      = `{"test": 2432232314}`
	vectorSignature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
	vectorTime      = 1614265330
)

// A *svix.Webhook is a Verifier as it is.
var _ clerkknock.Verifier = (*svix.Webhook)(nil)

func headers(id, timestamp string, signatures ...string) http.Header {
	h := http.Header{}
	h.Set("svix-id", id)
	h.Set("svix-timestamp", timestamp)
	for _, s := range signatures {
		h.Add("svix-signature", s)
	}
	return h
}

func vectorHeaders(signatures ...string) http.Header {
	return headers(vectorID, strconv.Itoa(vectorTime), signatures...)
}

// verifier is one whose clock stands at the given second.
func verifier(t *testing.T, now int64, secrets ...string) *clerkknock.SignatureVerifier {
	t.Helper()
	v, err := clerkknock.NewVerifier(secrets...)
	require.NoError(t, err)
	return v.WithClock(func() time.Time { return time.Unix(now, 0) })
}

// sign is an implementation of its own, so that the tests do not ask the svix
// library whether it agrees with itself.
func sign(secret, id string, at int64, body string) string {
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
	if err != nil {
		panic(err)
	}
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(id + "." + strconv.FormatInt(at, 10) + "." + body))
	return "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

func TestVerifyReproducesTheOfficialVectors(t *testing.T) {
	t.Parallel()
	for name, vector := range map[string]struct {
		secret, id, body, signature string
		at                          int64
	}{
		"A": {vectorSecret, vectorID, vectorBody, vectorSignature, vectorTime},
		"B": {
			"whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD", "msg_27UH4WbU6Z5A5EzD8u03UvzRbpk",
			`{"email":"test@example.com","username":"test_user"}`, "v1,tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw=",
			1649367553,
		},
		"C": {
			"whsec_plJ3nmyCDGBKInavdOK15jsl", "msg_loFOjxBNrRLzqYUf", `{"event_type":"ping","data":{"success":true}}`,
			"v1,rAvfW3dJ/X/qxhsaXPOyyCGmRKsaKWcsNccKXlIktD0=", 1731705121,
		},
		"1 MiB": {
			vectorSecret, vectorID, strings.Repeat("a", 1048576), "v1,txpEUxqWZJ5nteTnymUVa+7C4NHpBeXJ6CsBAW0c3/A=", vectorTime,
		},
		"256 KiB": {
			vectorSecret, vectorID, strings.Repeat("a", 262144), "v1,Mw4Pe2WgApuT7NSqnSq0PQPV9gbLdggCl9B865x5Xh0=", vectorTime,
		},
		"256 KiB less one": {
			vectorSecret, vectorID, strings.Repeat("a", 262143), "v1,NTItnqyWMoFhk2Bbe5V/BMdcFRWgcSQaTgqLHX7FC7c=", vectorTime,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v := verifier(t, vector.at, vector.secret)
			h := headers(vector.id, strconv.FormatInt(vector.at, 10), vector.signature)
			require.NoError(t, v.Verify([]byte(vector.body), h))
			require.ErrorIs(t, v.Verify([]byte(vector.body+" "), h), clerkknock.ErrNoMatch)
		})
	}
}

func TestVerifyReadsTheSignatureHeader(t *testing.T) {
	t.Parallel()
	const wrong = "v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc="
	good := strings.TrimPrefix(vectorSignature, "v1,")
	v := verifier(t, vectorTime, vectorSecret)
	for name, c := range map[string]struct {
		signatures []string
		want       error
	}{
		"one good entry": {[]string{vectorSignature}, nil},
		"good among wrong": {
			[]string{wrong + " v2,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc= " + vectorSignature + " " + wrong}, nil,
		},
		"good one last":                       {[]string{wrong + " " + wrong + " " + vectorSignature}, nil},
		"good one last of the eleven of Svix": {[]string{strings.Repeat(wrong+" ", 10) + vectorSignature}, nil},
		"space around":                        {[]string{"  " + vectorSignature + " \t"}, nil},
		"several spaces between":              {[]string{wrong + "   " + vectorSignature}, nil},
		"folded over lines":                   {[]string{wrong + "\r\n " + vectorSignature}, nil},
		"one header line each":                {[]string{wrong, vectorSignature}, nil},
		"lines joined by comma and space":     {[]string{wrong + ", " + vectorSignature}, nil},
		"split at the commas":                 {[]string{"v1", good}, nil},
		"split within a list":                 {[]string{"v1", strings.TrimPrefix(wrong, "v1,") + " v1", good}, nil},
		"space after the comma":               {[]string{"v1, " + good}, nil},
		"junk after a good entry":             {[]string{vectorSignature + ",junk"}, nil},
		"entry without a comma beside good":   {[]string{"nonsense " + vectorSignature}, nil},
		"the same entry twice":                {[]string{vectorSignature + " " + vectorSignature}, nil},
		"wrong signature":                     {[]string{wrong}, clerkknock.ErrNoMatch},
		"only wrong signatures":               {[]string{wrong + " " + wrong}, clerkknock.ErrNoMatch},
		"one character off": {
			[]string{"v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OA="}, clerkknock.ErrNoMatch,
		},
		"truncated":                    {[]string{vectorSignature[:8]}, clerkknock.ErrNoMatch},
		"missing its last character":   {[]string{vectorSignature[:len(vectorSignature)-1]}, clerkknock.ErrNoMatch},
		"label only":                   {[]string{"v1,"}, clerkknock.ErrNoMatch},
		"signature without a label":    {[]string{good}, clerkknock.ErrNoMatch},
		"not a signature":              {[]string{"BAD_SIG_NATURE"}, clerkknock.ErrNoMatch},
		"right signature labelled v2":  {[]string{"v2," + good}, clerkknock.ErrNoMatch},
		"right signature labelled v1a": {[]string{"v1a," + good}, clerkknock.ErrNoMatch},
		"right signature labelled V1":  {[]string{"V1," + good}, clerkknock.ErrNoMatch},
		"URL alphabet": {
			[]string{"v1," + strings.NewReplacer("+", "-", "/", "_").Replace(good)}, clerkknock.ErrNoMatch,
		},
		"after more entries than any sender": {
			[]string{strings.Repeat(wrong+" ", 64) + vectorSignature}, clerkknock.ErrNoMatch,
		},
		"ed25519 signature": {
			[]string{"v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7AZdpXwVLPo3mNl8EM+m7TBAg=="},
			clerkknock.ErrNoMatch,
		},
		"blank":     {[]string{" "}, clerkknock.ErrMissingHeaders},
		"no header": {nil, clerkknock.ErrMissingHeaders},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.ErrorIs(t, orNil(v.Verify([]byte(vectorBody), vectorHeaders(c.signatures...))), orNil(c.want))
		})
	}
}

// errNone stands for no error, so that tables can compare with errors.Is.
type errNone struct{ error }

func orNil(err error) error {
	if err == nil {
		return errNone{}
	}
	return err
}

func TestVerifyTakesOneSetOfHeaders(t *testing.T) {
	t.Parallel()
	v := verifier(t, vectorTime, vectorSecret)
	verify := func(h http.Header) error { return v.Verify([]byte(vectorBody), h) }

	webhook := http.Header{}
	webhook.Set("WEBHOOK-ID", " "+vectorID+" ")
	webhook.Set("webhook-timestamp", strconv.Itoa(vectorTime))
	webhook.Set("Webhook-Signature", vectorSignature)
	require.NoError(t, verify(webhook), "webhook-* alone")

	set := map[string]string{"id": vectorID, "timestamp": strconv.Itoa(vectorTime), "signature": vectorSignature}
	for _, name := range []string{"id", "timestamp", "signature"} {
		for _, prefix := range []string{"svix-", "webhook-"} {
			t.Run(prefix+name, func(t *testing.T) {
				t.Parallel()
				h := http.Header{}
				for other, value := range set {
					h.Set(prefix+other, value)
				}
				h.Set(prefix+name, " ")
				require.ErrorIs(t, verify(h), clerkknock.ErrMissingHeaders, "blank")
				h.Del(prefix + name)
				require.ErrorIs(t, verify(h), clerkknock.ErrMissingHeaders, "missing")
			})
		}
	}
	require.ErrorIs(t, verify(nil), clerkknock.ErrMissingHeaders)

	mixed := webhook.Clone()
	mixed.Del("webhook-id")
	mixed.Set("svix-id", vectorID)
	require.ErrorIs(t, verify(mixed), clerkknock.ErrMissingHeaders, "the sets are not mixed")

	both := webhook.Clone()
	both.Set("webhook-id", "msg_other")
	both.Set("svix-id", vectorID)
	both.Set("svix-timestamp", strconv.Itoa(vectorTime))
	both.Set("svix-signature", vectorSignature)
	require.NoError(t, verify(both), "svix-* wins over webhook-*")
}

func TestVerifyKeepsToTheWindow(t *testing.T) {
	t.Parallel()
	const now = 1_700_000_000
	base := verifier(t, now, vectorSecret)
	at := func(v clerkknock.Verifier, timestamp int64) error {
		h := headers("msg_1", strconv.FormatInt(timestamp, 10), sign(vectorSecret, "msg_1", timestamp, "{}"))
		return v.Verify([]byte("{}"), h)
	}
	require.NoError(t, at(base, now))
	require.NoError(t, at(base, now-300), "exactly the tolerance")
	require.NoError(t, at(base, now+300))
	require.ErrorIs(t, at(base, now-301), clerkknock.ErrTooOld)
	require.ErrorIs(t, at(base, now+301), clerkknock.ErrTooNew)
	require.ErrorIs(t, at(base, 0), clerkknock.ErrTooOld)
	require.ErrorIs(t, at(base, 99_999_999_999), clerkknock.ErrTooNew, "further away than a time.Duration reaches")
	require.ErrorIs(t, at(base, now*1000), clerkknock.ErrBadTimestamp, "milliseconds")

	half := base.WithClock(func() time.Time { return time.Unix(now, 0).Add(500 * time.Millisecond) })
	require.ErrorIs(t, at(half, now-300), clerkknock.ErrTooOld, "half a second past the tolerance")

	narrow, err := base.WithTolerance(time.Second)
	require.NoError(t, err)
	require.NoError(t, at(narrow, now-1))
	require.ErrorIs(t, at(narrow, now-2), clerkknock.ErrTooOld)
	require.ErrorIs(t, at(narrow, now+2), clerkknock.ErrTooNew)

	wide, err := base.WithTolerance(24 * time.Hour)
	require.NoError(t, err)
	require.NoError(t, at(wide, now-86400))
	require.NoError(t, at(wide, now+86400))
	require.ErrorIs(t, at(wide, now-86401), clerkknock.ErrTooOld)
	h := headers("msg_1", strconv.Itoa(now-60), sign(vectorSecret, "msg_1", now, "{}"))
	require.ErrorIs(t, wide.Verify([]byte("{}"), h), clerkknock.ErrNoMatch, "altered after signing")

	for _, d := range []time.Duration{0, -time.Second} {
		_, err := base.WithTolerance(d)
		require.Error(t, err)
	}
	for _, text := range []string{
		"hello", "-1", "+1700000000", "1700000000.5", "1700000000abc", "0x10", "1e9", "99999999999999999999", "١٧",
		"2023-11-14T22:13:20Z",
	} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			err := base.Verify([]byte("{}"), headers("msg_1", text, sign(vectorSecret, "msg_1", now, "{}")))
			require.ErrorIs(t, err, clerkknock.ErrBadTimestamp)
		})
	}
}

func TestVerifyAcceptsAnEmptySignedBody(t *testing.T) {
	t.Parallel()
	v := verifier(t, vectorTime, vectorSecret)
	require.NoError(t, v.Verify(nil, vectorHeaders(sign(vectorSecret, vectorID, vectorTime, ""))))
}

// Every bit of what is signed counts, and so does every bit of the signature.
func TestVerifyRefusesEverySingleBitFlip(t *testing.T) {
	t.Parallel()
	const secret = vectorSecret
	body := `{"data":{"id":"user_29w83sxmDNGwOuEthce5gg56FcC","first_name":"Example"},` +
		`"object":"event","type":"user.created"}`
	v, err := verifier(t, vectorTime, secret).WithTolerance(3e9 * time.Second)
	require.NoError(t, err)
	fields := map[string]string{
		"body": body, "id": vectorID, "timestamp": strconv.Itoa(vectorTime),
		"signature": sign(secret, vectorID, vectorTime, body),
	}
	verify := func(f map[string]string) error {
		return v.Verify([]byte(f["body"]), headers(f["id"], f["timestamp"], f["signature"]))
	}
	require.NoError(t, verify(fields))
	flips := 0
	for name, original := range fields {
		for i := range original {
			for bit := range 8 {
				flipped := []byte(original)
				flipped[i] ^= 1 << bit
				changed := map[string]string{
					"body": fields["body"], "id": fields["id"], "timestamp": fields["timestamp"], "signature": fields["signature"],
				}
				changed[name] = string(flipped)
				require.Error(t, verify(changed), "%s, byte %d, bit %d", name, i, bit)
				flips++
			}
		}
	}
	t.Logf("%d flips refused", flips)
}
