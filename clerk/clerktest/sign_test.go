package clerktest_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	svix "github.com/svix/svix-webhooks/go"

	"github.com/clerkknock/clerkknock/clerk/clerktest"
)

// The vectors are those of Svix's own test suites.
func TestSignAgreesWithSvix(t *testing.T) {
	t.Parallel()
	for _, vector := range []struct {
		secret, id string
		at         int64
		body, want string
	}{
		{
			"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330,
			`{"test": 2432232314}`, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
		},
		{
			"whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD", "msg_27UH4WbU6Z5A5EzD8u03UvzRbpk", 1649367553,
			`{"email":"test@example.com","username":"test_user"}`, "v1,tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw=",
		},
	} {
		t.Run(vector.id, func(t *testing.T) {
			t.Parallel()
			header := clerktest.Sign(vector.secret, vector.id, time.Unix(vector.at, 999), []byte(vector.body))
			assert.Equal(t, vector.want, header.Get("svix-signature"))
			assert.Equal(t, vector.id, header.Get("svix-id"))
			assert.Equal(t, "application/json", header.Get("Content-Type"))
		})
	}

	verifier, err := svix.NewWebhook(clerktest.Secret)
	require.NoError(t, err)
	body := clerktest.Event("user.created")
	header := clerktest.Sign(clerktest.Secret, "msg_1", time.Now(), body)
	assert.NoError(t, verifier.Verify(body, header))
	assert.Error(t, verifier.Verify(clerktest.Event("user.updated"), header))
	assert.Error(t, verifier.Verify(body, clerktest.Sign(clerktest.Secret, "msg_1", time.Now().Add(-time.Hour), body)))
}

func TestSignPanicsWithoutAUsableSecret(t *testing.T) {
	t.Parallel()
	for _, secret := range []string{"", "whsec_", "whsec_not base64", "Y2xlcmt0ZXN0", "v1,whsec_Y2xlcmt0ZXN0"} {
		t.Run(secret, func(t *testing.T) {
			t.Parallel()
			assert.PanicsWithValue(t, `clerktest: the secret is not "whsec_" and base64`, func() {
				clerktest.Sign(secret, "msg_1", time.Now(), nil)
			})
		})
	}
}

func TestRequestServesHandlersAndClients(t *testing.T) {
	t.Parallel()
	body := clerktest.Event("user.created")
	received := 0
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got, err := io.ReadAll(r.Body)
		if assert.NoError(t, err) && assert.Equal(t, body, got) && assert.Equal(t, "msg_1", r.Header.Get("svix-id")) {
			received++
		}
		assert.Equal(t, http.MethodPost, r.Method)
		assert.Equal(t, int64(len(body)), r.ContentLength)
	})
	mux := http.NewServeMux()
	mux.Handle("POST /webhooks/clerk", handler)

	request := clerktest.NewRequest("/webhooks/clerk", clerktest.Secret, "msg_1", time.Now(), body)
	mux.ServeHTTP(httptest.NewRecorder(), request)
	again, err := request.GetBody()
	require.NoError(t, err)
	request.Body = again
	mux.ServeHTTP(httptest.NewRecorder(), request)

	server := httptest.NewServer(mux)
	defer server.Close()
	request = clerktest.NewRequest(server.URL+"/webhooks/clerk", clerktest.Secret, "msg_1", time.Now(), body)
	response, err := server.Client().Do(request)
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	assert.Equal(t, 3, received)

	assert.Panics(t, func() { clerktest.NewRequest(":", clerktest.Secret, "msg_1", time.Now(), body) })
}
