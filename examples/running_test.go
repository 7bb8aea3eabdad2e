package examples_test

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/clerkknock/clerkknock/clerk/clerktest"
	"github.com/stretchr/testify/require"
)

// binaries is a folder with all programs, built once. TestMain removes it.
var binaries = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "examples")
	if err != nil {
		return "", err
	}
	built = dir
	out, err := exec.Command("go", "build", "-o", dir, "./...").CombinedOutput()
	if err != nil {
		_, _ = os.Stderr.Write(out)
	}
	return dir, err
})

var built string

func TestMain(m *testing.M) {
	code := m.Run()
	if built != "" {
		_ = os.RemoveAll(built)
	}
	os.Exit(code)
}

// process is a program that runs.
type process struct {
	cmd    *exec.Cmd
	url    string // where it listens, if it does
	stdout io.Reader
	stderr *strings.Builder
}

// start starts a program as a user does. If it serves, it does so when start returns.
func start(t *testing.T, name string, p program) *process {
	t.Helper()
	dir, err := binaries()
	require.NoError(t, err)
	r := &process{cmd: exec.CommandContext(t.Context(), filepath.Join(dir, name), p.args...), stderr: new(strings.Builder)}
	r.cmd.Env = append(os.Environ(), "ADDR=127.0.0.1:0", "CLERK_WEBHOOK_SIGNING_SECRET="+clerktest.Secret,
		"KNOCK_API_KEY=", "KNOCK_BASE_URL=", "QUICKSTART_DB=", "DATABASE_URL=")
	if p.env != nil {
		r.cmd.Env = append(r.cmd.Env, p.env(t)...)
	}
	r.cmd.Stderr = r.stderr
	stdout, err := r.cmd.StdoutPipe()
	require.NoError(t, err)
	if p.gateway {
		g := newGateway(t)
		r.url = g.URL
		r.cmd.Env = append(r.cmd.Env, "AWS_LAMBDA_RUNTIME_API="+strings.TrimPrefix(g.runtime.URL, "http://"))
	}
	require.NoError(t, r.cmd.Start())
	r.stdout = stdout
	if p.serves {
		printed := bufio.NewReader(stdout)
		line, err := printed.ReadString('\n')
		require.NoError(t, err, "it has not started")
		url, ok := strings.CutPrefix(strings.TrimSpace(line), "Listening on ")
		require.True(t, ok, line)
		r.url, r.stdout = url, printed
	}
	return r
}

// stop ends a program that serves, and waits for any.
func (r *process) stop(t *testing.T, p program) {
	t.Helper()
	if p.gateway { // Lambda's own way
		require.NoError(t, r.cmd.Process.Kill())
		_ = r.cmd.Wait()
		return
	}
	if p.serves {
		require.NoError(t, r.cmd.Process.Signal(syscall.SIGINT))
	}
	_, err := io.Copy(io.Discard, r.stdout)
	require.NoError(t, err)
	require.NoError(t, r.cmd.Wait(), r.stderr.String())
}
