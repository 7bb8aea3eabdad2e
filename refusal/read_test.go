package refusal_test

import (
	"encoding/base64"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/clerkknock/clerkknock/refusal"
)

func TestASavedRequestIsRead(t *testing.T) {
	t.Parallel()
	const body = `{"type":"user.created"}`
	encoded := base64.StdEncoding.EncodeToString([]byte(body))
	listened := `{"type":"event","headers":{"svix-id":"msg_1"},"body_b64":"` + encoded + `"}`
	for name, test := range map[string]struct{ saved, body string }{
		"HTTP":                {"POST /webhooks/clerk HTTP/1.1\r\nSvix-Id: msg_1\r\n\r\n" + body, body},
		"HTTP of an editor":   {"svix-id: msg_1\ncontent-length: 23\n\n" + body + "\n", body},
		"HTTP without length": {"svix-id: msg_1\n\n" + body + "\n", body + "\n"},
		"HTTP without a body": {"svix-id: msg_1\n\n", ""},
		"the listener's":      {listened, body},
		"a gateway's":         {`{"headers":{"svix-id":["msg_1"]},"body":"e30=","isBase64Encoded":true}`, "e30="},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, err := refusal.ReadRequest([]byte(test.saved))
			require.NoError(t, err)
			assert.Equal(t, "msg_1", r.Header.Get("svix-id"))
			assert.Equal(t, test.body, string(r.Body))
		})
	}
	for name, saved := range map[string]string{
		"nothing": " ", "no headers": `{"body_b64":""}`, "no body": `{"headers":{}}`,
		"no base64": `{"headers":{},"body_b64":"{}"}`,
		"no JSON":   `{"headers"`, "no HTTP": "hello", "odd headers": `{"headers":{"a":1},"body":""}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := refusal.ReadRequest([]byte(saved))
			require.Error(t, err)
		})
	}
}

func FuzzReadRequest(f *testing.F) {
	f.Add([]byte("POST / HTTP/1.1\r\nSvix-Id: msg_1\r\n\r\n{}"))
	f.Add([]byte(`{"headers":{"svix-id":"msg_1"},"body_b64":"e30="}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := refusal.ReadRequest(data)
		if err == nil {
			refusal.Explain(r, refusal.Config{Secrets: []string{"whsec_b3RoZXIgc2VjcmV0IG9mIHRlc3Rz"}, ReceivedAt: at})
		}
	})
}
