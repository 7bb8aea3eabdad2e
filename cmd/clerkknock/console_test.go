package main_test

import (
	"net/http"
	"testing"

	"github.com/clerkknock/clerkknock/clerk/clerktest"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTheConsoleAsksForItsToken(t *testing.T) {
	t.Parallel()
	_, env := emulate(t)
	const token = "a token of more than enough characters"
	p := start(t, t.TempDir(), append(env, "CLERKKNOCK_CONSOLE_TOKEN="+token), "serve")
	require.Equal(t, 202, p.post(clerktest.Secret, "msg_1", clerktest.Event("user.created")))
	for password, want := range map[string]int{"": 401, "guessed": 401, token: 200} {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, p.url+"/console/", nil)
		require.NoError(t, err)
		if password != "" {
			request.SetBasicAuth("ada", password)
		}
		response, err := http.DefaultClient.Do(request)
		require.NoError(t, err)
		require.NoError(t, response.Body.Close())
		assert.Equal(t, want, response.StatusCode)
		assert.Equal(t, want == 401, response.Header.Get("WWW-Authenticate") != "")
	}
	assert.NotContains(t, p.output(), token)

	code, out := fails(t, t.TempDir(), append(env, "CLERKKNOCK_CONSOLE_TOKEN=short"), "serve")
	assert.Equal(t, 1, code)
	assert.Contains(t, out, "is shorter than 16 characters")
}

func TestThereIsNoConsoleUnlessItIsAskedFor(t *testing.T) {
	t.Parallel()
	_, env := emulate(t)
	p := start(t, t.TempDir(), env, "serve")
	status, _ := get(t, p.url+"/console/")
	assert.Equal(t, 404, status)
	dev := start(t, t.TempDir(), []string{"ADDR=127.0.0.1:0"}, "dev")
	status, page := get(t, dev.url+"/console/")
	assert.Equal(t, 200, status, page)
}
