package main_test

import (
	"net/http/httptest"
	"path/filepath"
	"testing"

	"github.com/clerkknock/clerkknock/clerk/clerktest"
	"github.com/clerkknock/clerkknock/knock/knocktest"
	"github.com/stretchr/testify/require"
)

// What one emulated Knock was told, the next has never heard of.
func TestAnEmulatedKnockIsToldWhatAnotherOneWas(t *testing.T) {
	t.Parallel()
	env := []string{"CLERK_WEBHOOK_SIGNING_SECRET=" + clerktest.Secret, "HOME=" + t.TempDir()}
	for range 2 {
		host := start(t, env)
		host.post("msg_1", "user_1")
		require.Contains(t, host.line(), `user.created users_identify succeeded user name "Ada Lovelace"`)
		require.FileExists(t, host.kept)
		host.interrupt()
		require.NoDirExists(t, filepath.Dir(host.kept))
	}
}

func TestTheInboxOfAKnockThatStaysIsKept(t *testing.T) {
	t.Parallel()
	api := knocktest.New(knocktest.Config{})
	server := httptest.NewServer(api)
	t.Cleanup(server.Close)
	env := []string{
		"CLERK_WEBHOOK_SIGNING_SECRET=" + clerktest.Secret,
		"KNOCK_BASE_URL=" + server.URL,
		"HOME=" + t.TempDir(),
	}
	first := start(t, env)
	first.post("msg_1", "user_1")
	require.Contains(t, first.line(), "user.created users_identify succeeded")
	first.interrupt()

	second := start(t, env)
	require.Equal(t, first.kept, second.kept)
	second.post("msg_1", "user_1")
	second.post("msg_2", "user_2")
	require.Contains(t, second.line(), "/v1/users/user_2")
	second.interrupt()
	require.Len(t, api.Requests(), 2)
}
