package main_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// quickstart builds the program once for all tests.
var quickstart string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "quickstart")
	if err != nil {
		panic(err)
	}
	quickstart = filepath.Join(dir, "quickstart")
	if out, err := exec.Command("go", "build", "-o", quickstart, ".").CombinedOutput(); err != nil {
		panic(string(out))
	}
	code := m.Run()
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

func command(t *testing.T, env []string, args ...string) *exec.Cmd {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	t.Cleanup(cancel)
	cmd := exec.CommandContext(ctx, quickstart, args...)
	cmd.Env = append([]string{
		"ADDR=127.0.0.1:0",
		"HOME=" + t.TempDir(),
		"QUICKSTART_DB=" + filepath.Join(t.TempDir(), "quickstart.db"),
	}, env...)
	return cmd
}

func TestOncePlaysTheStoryAndStops(t *testing.T) {
	t.Parallel()
	out, err := command(t, nil, "-once").CombinedOutput()
	require.NoError(t, err, string(out))
	printed := strings.Join(strings.Fields(string(out)), " ")
	for _, line := range []string{
		`user.created users_identify 202 succeeded user name "Ada Lovelace", email "ada@example.com"`,
		`user.updated users_identify 202 succeeded user name "Augusta Ada Lovelace", ` +
			`email "ada@example.com", phone_number null`,
		`session.created workflows_trigger 202 succeeded workflow session-created runs for user_`,
		`organization.created tenants_set 202 succeeded tenant name "Analytical Engines"`,
		`organization.updated tenants_set 202 succeeded tenant name "Analytical Engines Ltd"`,
		`organizationMembership.created objects_subscribe 202 succeeded user_`,
		`organizationMembership.deleted objects_unsubscribe 202 succeeded the tenant has no members`,
		`user.deleted workflows_trigger 202 succeeded workflow user-deleted runs for ops`,
	} {
		event, _, _ := strings.Cut(line, " ")
		t.Run(event, func(t *testing.T) { require.Contains(t, printed, line) })
	}
}

func TestServingGoesOnUntilItIsInterrupted(t *testing.T) {
	t.Parallel()
	cmd, url := start(t, nil)
	get := func(path string) string {
		resp, err := http.Get(url + path)
		require.NoError(t, err)
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		require.Equal(t, 200, resp.StatusCode)
		return string(body)
	}
	require.Equal(t, "ok\n", get("/healthz"))
	require.Contains(t, get("/"), "host's own page")
	require.Contains(t, get("/knock"), `"Augusta Ada Lovelace"`)
	require.NotContains(t, get("/knock"), "do-not-forward")

	require.NoError(t, cmd.Process.Signal(syscall.SIGINT))
	require.NoError(t, cmd.Wait())
}

func TestBadSettingsStopItWithOneLine(t *testing.T) {
	t.Parallel()
	for env, says := range map[string]string{
		"CLERK_WEBHOOK_SIGNING_SECRET=whsec_not a secret": "is not base64",
		"CLERK_WEBHOOK_SIGNING_SECRET=v1,whsec_c2VjcmV0":  `begins with "v1,"`,
		"KNOCK_API_KEY=pk_test":                           "is a public key",
		"KNOCK_BASE_URL=not-a-url":                        "is not an http or https URL",
		"ADDR=nowhere:nothing":                            "set ADDR to another address",
	} {
		t.Run(env, func(t *testing.T) {
			t.Parallel()
			cmd := command(t, []string{env})
			var stderr bytes.Buffer
			cmd.Stderr = &stderr
			require.Error(t, cmd.Run())
			require.Equal(t, 1, cmd.ProcessState.ExitCode())
			require.Contains(t, stderr.String(), says)
			require.Equal(t, 1, strings.Count(stderr.String(), "\n"), stderr.String())
			require.NotContains(t, stderr.String(), "c2VjcmV0")
		})
	}
}
