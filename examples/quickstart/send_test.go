package main_test

import (
	"bytes"
	"os/exec"
	"strings"
	"testing"

	"github.com/clerkknock/clerkknock/clerk/clerktest"
	"github.com/stretchr/testify/require"
)

// As a newcomer does it: the printed command, from the top of a clone.
func TestWhatIsSentWithThePrintedCommandIsPrinted(t *testing.T) {
	t.Parallel()
	host := start(t, nil)
	for event, line := range map[string]string{
		"user.created":          `user.created users_identify succeeded user name "Ada Lovelace"`,
		"waitlistEntry.created": "waitlistEntry.created none ignored nothing is mapped to it",
	} {
		t.Run(event, func(t *testing.T) {
			send := exec.Command("sh", "-c", strings.ReplaceAll(host.send, "user.created", event))
			send.Dir = "../.."
			out, err := send.CombinedOutput()
			require.NoError(t, err, string(out))
			require.Contains(t, host.line(), line)
		})
	}
	host.interrupt()
}

func TestSendSaysWhatItNeeds(t *testing.T) {
	t.Parallel()
	const secret = "CLERK_WEBHOOK_SIGNING_SECRET=" + clerktest.Secret
	for name, row := range map[string]struct {
		event string
		env   []string
		says  string
	}{
		"no secret":     {"user.created", nil, "set CLERK_WEBHOOK_SIGNING_SECRET"},
		"unknown event": {"user.crated", []string{secret}, "send one of user.created, "},
		"real Knock":    {"user.created", []string{secret, "KNOCK_API_KEY=sk_1"}, "unset KNOCK_API_KEY"},
		"nobody there":  {"user.created", []string{secret, "ADDR=127.0.0.1:1"}, "connection refused"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cmd := command(t, row.env, "-send", row.event)
			var stderr bytes.Buffer
			cmd.Stderr = &stderr
			require.Error(t, cmd.Run())
			require.Equal(t, 1, cmd.ProcessState.ExitCode())
			require.Contains(t, stderr.String(), row.says)
			require.Equal(t, 1, strings.Count(stderr.String(), "\n"), stderr.String())
		})
	}
}
