package main_test

import (
	"bufio"
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
	cmd.Env = append([]string{"ADDR=127.0.0.1:0", "HOME=" + t.TempDir(), "TMPDIR=" + t.TempDir()}, env...)
	return cmd
}

// words is a text without the padding of its columns.
func words(s string) string { return strings.Join(strings.Fields(s), " ") }

func TestOncePlaysTheStoryAndStops(t *testing.T) {
	t.Parallel()
	out, err := command(t, nil, "-once").CombinedOutput()
	require.NoError(t, err, string(out))
	for _, line := range []string{
		`user.created users_identify succeeded user name "Ada Lovelace", email "ada@example.com"`,
		`session.created users_identify succeeded user name "Ada Lovelace"`,
		`session.created workflows_trigger succeeded workflow session-created runs for user_`,
		`organization.created tenants_set succeeded tenant name "Analytical Engines"`,
		`organizationMembership.created tenants_set succeeded tenant name "Analytical Engines"`,
		`organizationMembership.created objects_subscribe succeeded user_`,
		`user.updated users_identify succeeded user name "Augusta Ada Lovelace", ` +
			`email "ada@example.com", phone_number null`,
		`organization.updated tenants_set succeeded tenant name "Analytical Engines Ltd"`,
		`organizationMembership.deleted objects_unsubscribe succeeded the tenant has no members`,
		`user.deleted workflows_trigger succeeded workflow user-deleted runs for ops`,
	} {
		step, _, _ := strings.Cut(line, " succeeded")
		t.Run(step, func(t *testing.T) { require.Contains(t, words(string(out)), line) })
	}
}

func TestServingGoesOnUntilItIsInterrupted(t *testing.T) {
	t.Parallel()
	host := start(t, nil)
	get := func(path string) string {
		resp, err := http.Get(host.url + path)
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

	host.interrupt()
}

func TestTheStoryCanBeInterrupted(t *testing.T) {
	t.Parallel()
	cmd := command(t, nil)
	pipe, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	require.True(t, bufio.NewScanner(pipe).Scan(), "it has not started")
	require.NoError(t, cmd.Process.Signal(syscall.SIGINT))
	_, err = io.Copy(io.Discard, pipe)
	require.NoError(t, err)
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
