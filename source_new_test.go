package clerkknock_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/clerkknock/clerkknock"
	"github.com/stretchr/testify/require"
	svix "github.com/svix/svix-webhooks/go"
)

func TestNewFailsClosed(t *testing.T) {
	t.Parallel()
	ok := clerkknock.DryRun(nil)
	for says, c := range map[string]clerkknock.Config{
		"Config.Executor is required":             {SigningSecrets: []string{secret}},
		"Config.SigningSecrets: unusable":         {Executor: ok},
		"Config.SigningSecrets: unusable signing": {Executor: ok, SigningSecrets: []string{secret, "whsec_"}},
		"exclude each other": {
			Executor: ok, SigningSecrets: []string{secret}, Verifier: verifier(t, 0, secret),
		},
		"Config.Executor: Tee has no executor": {SigningSecrets: []string{secret}, Executor: clerkknock.Tee()},
		"Config.Executor is required; knock.New makes": {
			SigningSecrets: []string{secret}, Executor: clerkknock.ExecutorFunc(nil),
		},
		"Config.Verifier is a nil pointer":     {Executor: ok, Verifier: (*clerkknock.SignatureVerifier)(nil)},
		"signed with an empty key":             {Executor: ok, Verifier: unset(t)},
		"Config.Tolerance is negative":         {Executor: ok, SigningSecrets: []string{secret}, Tolerance: -1},
		"Config.Budget is negative":            {Executor: ok, SigningSecrets: []string{secret}, Budget: -1},
		"Config.MaxBodyBytes is negative":      {Executor: ok, SigningSecrets: []string{secret}, MaxBodyBytes: -1},
		"Config.InstanceIDs holds an empty ID": {Executor: ok, SigningSecrets: []string{secret}, InstanceIDs: []string{""}},
		`Config.Mapper: mapping "x": there is none`: {
			Executor: ok, SigningSecrets: []string{secret}, Mapper: clerkknock.DefaultMapper().Enable("x"),
		},
	} {
		t.Run(says, func(t *testing.T) {
			t.Parallel()
			_, err := clerkknock.New(c)
			require.ErrorContains(t, err, says)
		})
	}
}

// unset is what svix makes of an environment variable that nobody has set.
func unset(t *testing.T) *svix.Webhook {
	t.Helper()
	w, err := svix.NewWebhook("")
	require.NoError(t, err)
	return w
}

func TestASourceDoesNotPrintItsSecrets(t *testing.T) {
	t.Parallel()
	s, err := clerkknock.New(clerkknock.Config{SigningSecrets: []string{secret}, Executor: clerkknock.DryRun(nil)})
	require.NoError(t, err)
	require.NotContains(t, fmt.Sprintf("%v %+v %#v", s, s, s), "whsec_")
}

func TestAForeignVerifierWorksAsItIs(t *testing.T) {
	t.Parallel()
	w, err := svix.NewWebhook(secret)
	require.NoError(t, err)
	h := serve(t, clerkknock.Config{Verifier: w})
	require.Equal(t, 200, h.post(t, "msg_1", userCreated).status)
	require.Equal(t, 401, h.post(t, "msg_1", userCreated, func(r *http.Request) {
		r.Header.Set("svix-signature", "v1,x")
	}).status)
}
