package refusal_test

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/clerkknock/clerkknock/clerk/clerktest"
	"github.com/clerkknock/clerkknock/refusal"
)

var at = time.Unix(1900000000, 0)

func ExampleExplain() {
	body := clerktest.Event("user.created")
	header := clerktest.Sign(clerktest.Secret, "msg_1", at, body)
	var parsed map[string]any
	_ = json.Unmarshal(body, &parsed)
	indented, _ := json.MarshalIndent(parsed, "", "  ") // what a framework does that parses bodies

	d := refusal.Explain(refusal.Request{Header: header, Body: indented}, refusal.Config{
		Secrets: []string{clerktest.Secret}, ReceivedAt: at.Add(time.Minute),
	})
	for _, finding := range d.Findings {
		fmt.Println(finding.Cause+":", finding.Text)
	}
	// Output:
	// body: the body was parsed and encoded again: with spaces
}

// special has what encoders treat differently.
func special() []byte {
	return clerktest.Event("user.created", clerktest.Set("data.first_name", "Zoë <3 & 😀 a/b"))
}

func TestWhatWasDoneToTheBodyIsFound(t *testing.T) {
	t.Parallel()
	body := special()
	text := string(body)
	indented := func() []byte {
		var b bytes.Buffer
		_ = json.Indent(&b, body, "", " ")
		return b.Bytes()
	}
	quoted, _ := json.Marshal(text)
	var zipped bytes.Buffer
	w := gzip.NewWriter(&zipped)
	_, _ = w.Write(body)
	_ = w.Close()
	var parsed any
	require.NoError(t, json.Unmarshal(body, &parsed))
	html, _ := json.Marshal(parsed) // floats would differ; the times of the fixtures do not
	for name, test := range map[string]struct {
		body []byte
		say  string
	}{
		"base64":          {[]byte(base64.StdEncoding.EncodeToString(body)), "is base64"},
		"gzip":            {zipped.Bytes(), "is compressed"},
		"a line end":      {append(bytes.Clone(body), '\r', '\n'), "a line end was added"},
		"a mark":          {append([]byte("\ufeff"), body...), "byte order mark"},
		"text in JSON":    {quoted, "inside of a JSON text"},
		"a form":          {[]byte(url.QueryEscape(text) + "="), "encoded as a form"},
		"indented":        {indented(), "with spaces"},
		"escaped slashes": {[]byte(strings.ReplaceAll(text, "/", `\/`)), "encoded again"},
		"escaped HTML":    {[]byte(strings.NewReplacer("<", `\u003c`, "&", `\u0026`).Replace(text)), "with other escapes"},
		"escaped letters": {[]byte(strings.NewReplacer("ë", `\u00eb`, "😀", `\ud83d\ude00`).Replace(text)), "encoded again"},
		"Go's own":        {html, ""},
		"cut":             {body[:len(body)/2], "does not end"},
		"empty":           {nil, "is empty"},
		"no JSON":         {[]byte("<html>"), "is not JSON"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := refusal.Request{Header: clerktest.Sign(clerktest.Secret, "msg_1", at, body), Body: test.body}
			d := refusal.Explain(r, refusal.Config{Secrets: []string{clerktest.Secret}})
			require.Len(t, d.Findings, 1)
			assert.Equal(t, refusal.Body, d.Findings[0].Cause)
			assert.True(t, d.Findings[0].Certain)
			assert.Contains(t, d.Findings[0].Text, test.say)
			assert.NotEmpty(t, d.Findings[0].Remedy)
			assert.False(t, d.Accepted)
		})
	}
}

// An encoder of another language wrote what Clerk signed.
func TestEscapesThatWereUndoneAreFound(t *testing.T) {
	t.Parallel()
	text := string(special())
	signed := []byte(strings.NewReplacer("ë", `\u00eb`, "😀", `\ud83d\ude00`, "’", `\u2019`).Replace(text))
	r := refusal.Request{Header: clerktest.Sign(clerktest.Secret, "msg_1", at, signed), Body: []byte(text)}
	d := refusal.Explain(r, refusal.Config{Secrets: []string{clerktest.Secret}})
	require.Len(t, d.Findings, 1)
	assert.Contains(t, d.Findings[0].Text, "without escapes")
}

func TestSecretsHeadersAndTheClockAreLookedAt(t *testing.T) {
	t.Parallel()
	body := clerktest.Event("user.created")
	const other = "whsec_b3RoZXIgc2VjcmV0IG9mIHRlc3Rz"
	good := refusal.Config{Secrets: []string{clerktest.Secret}}
	signed := func(change ...string) refusal.Request {
		r := refusal.Request{Header: clerktest.Sign(clerktest.Secret, "msg_1", at, body), Body: body}
		for i := 0; i+1 < len(change); i += 2 {
			r.Header.Set(change[i], change[i+1])
		}
		return r
	}
	stranger := refusal.Config{Secrets: []string{other}}
	arriving := func(after time.Duration) refusal.Config {
		return refusal.Config{Secrets: good.Secrets, ReceivedAt: at.Add(after)}
	}
	strict := refusal.Config{Secrets: good.Secrets, ReceivedAt: at.Add(2 * time.Second), Tolerance: time.Second}
	for name, test := range map[string]struct {
		request refusal.Request
		config  refusal.Config
		cause   refusal.Cause
		say     string
	}{
		"no secret":         {signed(), refusal.Config{}, refusal.Secret, "no signing secret"},
		"another's key":     {signed(), refusal.Config{Secrets: []string{"sk_test_x"}}, refusal.Secret, "is an API key"},
		"not base64":        {signed(), refusal.Config{Secrets: []string{"whsec_!"}}, refusal.Secret, "is not base64"},
		"another secret":    {signed(), stranger, refusal.OtherSecret, "another one"},
		"no id":             {signed("svix-id", ""), good, refusal.Headers, "svix-id"},
		"milliseconds":      {signed("svix-timestamp", "1900000000000"), good, refusal.Headers, "number of seconds"},
		"another scheme":    {signed("svix-signature", "v1a,YQ=="), good, refusal.Headers, `begins with "v1,"`},
		"a longer body":     {signed("content-length", "999999"), stranger, refusal.Body, "is cut"},
		"a slow receiver":   {signed(), arriving(-time.Hour), refusal.Clock, "1h0m0s after"},
		"a late delivery":   {signed(), arriving(time.Hour), refusal.Clock, "1h0m0s before"},
		"a stricter window": {signed(), strict, refusal.Clock, "1s are allowed"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := refusal.Explain(test.request, test.config)
			require.Len(t, d.Findings, 1)
			assert.Equal(t, test.cause, d.Findings[0].Cause)
			assert.Contains(t, d.Findings[0].Text, test.say)
			assert.False(t, d.Accepted)
			shown := fmt.Sprintf("%+v %v", d, test.config)
			for _, secret := range append(test.config.Secrets, "Lovelace", test.request.Header.Get("svix-signature")) {
				if secret != "" {
					assert.NotContains(t, shown, secret)
				}
			}
		})
	}
	d := refusal.Explain(signed(), refusal.Config{Secrets: []string{other, clerktest.Secret}, ReceivedAt: at})
	assert.Equal(t, refusal.Diagnosis{Accepted: true, SignedAt: at, SignedWith: 2, Findings: []refusal.Finding{}}, d)
	noEvent := refusal.Request{Header: clerktest.Sign(clerktest.Secret, "msg_1", at, []byte("[]")), Body: []byte("[]")}
	assert.Equal(t, refusal.Event, refusal.Explain(noEvent, good).Findings[0].Cause)
}
