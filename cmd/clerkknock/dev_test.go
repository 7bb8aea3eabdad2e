package main_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/clerkknock/clerkknock/clerk/clerktest"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// From nothing to an event in Knock: two commands, no settings.
func TestDevAndSendNeedNoSettings(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	p := start(t, dir, []string{"ADDR=127.0.0.1:0", "TMPDIR=" + dir}, "dev")
	code, out := finish(t, dir, nil, "send", "--scenario", "chaos", "--url", p.url+"/webhooks/clerk")
	assert.Equal(t, 0, code, out)
	assert.Contains(t, out, "14 answered as expected")
	eventually(t, "the lines are printed", func() bool {
		said := p.output()
		return strings.Contains(said, "users_identify       stale") && strings.Contains(said, "nothing is mapped to it")
	})
	assert.Contains(t, p.output(), "users_identify       succeeded  PUT /v1/users/user_")
	assert.Contains(t, p.output(), "(refused)")
	assert.Contains(t, p.output(), "clerkknock send user.created --url "+p.url+"/webhooks/clerk")
	status, body := get(t, p.url+"/knock")
	assert.Equal(t, http.StatusOK, status)
	assert.Contains(t, body, clerktest.EmailAddress)
	assert.Equal(t, 0, p.stop(syscall.SIGINT))
	left, err := filepath.Glob(filepath.Join(dir, "*"))
	require.NoError(t, err)
	assert.Empty(t, left, "the deliveries are forgotten")
}

func TestDevTakesATableAndASecretOfOnesOwn(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "mappings.json")
	require.NoError(t, os.WriteFile(file, []byte(`[]`), 0o600))
	env := []string{"ADDR=127.0.0.1:0", "CLERK_WEBHOOK_SIGNING_SECRET=" + clerktest.Secret}
	p := start(t, dir, env, "dev", "-m", file)
	assert.NotContains(t, p.output(), clerktest.Secret)
	assert.Equal(t, 202, p.post(clerktest.Secret, "msg_1", clerktest.Event("user.created")))
	eventually(t, "it is ignored", func() bool { return strings.Contains(p.output(), "nothing is mapped to it") })
	require.NoError(t, os.WriteFile(file, []byte(`[{"event_type":"user.created","action_type":"users_identify",
		"active":true,"action_parameters":{"id":"body.data.id"}}]`), 0o600))
	n := 0
	eventually(t, "the new table is in force", func() bool {
		n++
		p.post(clerktest.Secret, "msg_"+strings.Repeat("x", n), clerktest.Event("user.created"))
		return strings.Contains(p.output(), "users_identify       succeeded")
	})
	code, out := finish(t, dir, nil, "dev", "now")
	assert.Equal(t, 2, code, out)
	code, out = finish(t, dir, env, "dev", "-m", "missing.json")
	assert.Equal(t, 1, code, out)
	assert.Contains(t, out, "cannot read the mappings")
	code, out = finish(t, dir, []string{"CLERK_WEBHOOK_SIGNING_SECRET=sk_test_x", "ADDR=127.0.0.1:0"}, "dev")
	assert.Equal(t, 1, code, out)
	assert.Contains(t, out, "is an API key")
}

// What more than this machine can reach gets a secret that nobody knows.
func TestDevMakesASecretWhereOthersCanSend(t *testing.T) {
	t.Parallel()
	p := start(t, t.TempDir(), []string{"ADDR=0.0.0.0:0"}, "dev")
	eventually(t, "it is printed", func() bool { return strings.Contains(p.output(), "(made for this run)") })
	assert.Contains(t, p.output(), "CLERK_WEBHOOK_SIGNING_SECRET=whsec_")
}
