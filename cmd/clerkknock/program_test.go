package main_test

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/clerkknock/clerkknock/clerk/clerktest"
	"github.com/stretchr/testify/require"
)

// program is the built program, running.
type program struct {
	t       *testing.T
	url     string
	metrics string
	cmd     *exec.Cmd
	mu      sync.Mutex
	said    bytes.Buffer
	ended   chan struct{}
}

// Write takes what the program says, on both of its outputs.
func (p *program) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.said.Write(b)
}

func (p *program) output() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.said.String()
}

// start starts the program in a folder and waits until it listens.
func start(t *testing.T, dir string, env []string, args ...string) *program {
	t.Helper()
	p := &program{t: t, ended: make(chan struct{})}
	p.cmd = exec.Command(filepath.Join(bin, "clerkknock"), args...)
	p.cmd.Dir, p.cmd.Env = dir, append(cleanEnv(), env...)
	p.cmd.Stderr = p
	out, err := p.cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, p.cmd.Start())
	listening := make(chan string, 2)
	go func() {
		defer close(p.ended)
		for lines := bufio.NewScanner(io.TeeReader(out, p)); lines.Scan(); {
			for _, mark := range []string{"Listening on ", "Metrics on "} {
				if url, ok := strings.CutPrefix(lines.Text(), mark); ok {
					listening <- url
				}
			}
			if strings.HasPrefix(lines.Text(), "Deliveries are kept") {
				close(listening)
			}
		}
		_ = p.cmd.Wait()
	}()
	t.Cleanup(func() {
		_ = p.cmd.Process.Kill()
		<-p.ended
		if t.Failed() {
			t.Logf("%v said:\n%s", args, p.output())
		}
	})
	for i := 0; i < 2; i++ {
		select {
		case url, ok := <-listening:
			switch {
			case !ok:
				return p
			case strings.HasSuffix(url, "/metrics"):
				p.metrics = url
			default:
				p.url = url
			}
		case <-p.ended:
			t.Fatalf("%v has ended:\n%s", args, p.output())
		case <-time.After(30 * time.Second):
			t.Fatalf("%v does not listen:\n%s", args, p.output())
		}
	}
	return p
}

// cleanEnv is the environment without what the program reads.
func cleanEnv() []string {
	var env []string
	for _, entry := range os.Environ() {
		name, _, _ := strings.Cut(entry, "=")
		switch strings.TrimSuffix(name, "_FILE") {
		case "ADDR", "CLERK_WEBHOOK_SIGNING_SECRET", "KNOCK_API_KEY", "KNOCK_BASE_URL", "DATABASE_URL",
			"CLERKKNOCK_DB", "CLERKKNOCK_CONSOLE_TOKEN", "CLERKKNOCK_URL", "CLERKKNOCK_ENCRYPTION_KEYS", "KNOCK_SERVICE_TOKEN":
			continue
		}
		env = append(env, entry)
	}
	return env
}

// stop ends the program with a signal and returns its exit code.
func (p *program) stop(signal syscall.Signal) int {
	p.t.Helper()
	require.NoError(p.t, p.cmd.Process.Signal(signal))
	select {
	case <-p.ended:
	case <-time.After(30 * time.Second):
		p.t.Fatalf("it does not stop:\n%s", p.output())
	}
	return p.cmd.ProcessState.ExitCode()
}

// post sends an event and returns the status of the answer.
func (p *program) post(secret, id string, body []byte) int {
	p.t.Helper()
	request := clerktest.NewRequest(p.url+"/webhooks/clerk", secret, id, time.Now(), body)
	request.RequestURI = ""
	response, err := http.DefaultClient.Do(request)
	require.NoError(p.t, err)
	defer response.Body.Close()
	_, _ = io.Copy(io.Discard, response.Body)
	return response.StatusCode
}

// get returns the status and the body of a page.
func get(t *testing.T, url string) (int, string) {
	t.Helper()
	response, err := http.Get(url)
	require.NoError(t, err)
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	return response.StatusCode, string(body)
}

// eventually waits until something holds.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	require.Eventually(t, holds, 30*time.Second, 20*time.Millisecond, what)
}
