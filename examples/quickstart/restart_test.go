package main_test

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/clerkknock/clerkknock/clerk/clerktest"
	"github.com/stretchr/testify/require"
)

// What was accepted while Knock was down, by a process that has been killed
// since, reaches Knock when both are back.
func TestTheBacklogSurvivesARestartAndDrains(t *testing.T) {
	t.Parallel()
	const events = 20
	// A port on which nobody listens yet.
	reserved, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	address := reserved.Addr().String()
	require.NoError(t, reserved.Close())

	env := []string{
		"QUICKSTART_DB=" + filepath.Join(t.TempDir(), "restart.db"),
		"CLERK_WEBHOOK_SIGNING_SECRET=" + clerktest.Secret,
		"KNOCK_BASE_URL=http://" + address,
	}
	host, url := start(t, env)
	for i := range events {
		body := clerktest.Event("user.created", clerktest.Set("data.id", fmt.Sprint("user_", i)))
		req := clerktest.NewRequest(url+"/webhooks/clerk", clerktest.Secret, fmt.Sprint("msg_", i), time.Now(), body)
		req.RequestURI = ""
		resp, err := http.DefaultClient.Do(req)
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		require.Equal(t, http.StatusAccepted, resp.StatusCode)
	}
	require.NoError(t, host.Process.Kill())
	_ = host.Wait()

	arrived := make(chan string, 10*events)
	knock := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		arrived <- r.Method + " " + r.URL.Path
		w.WriteHeader(http.StatusOK)
	}))
	knock.Listener, err = net.Listen("tcp", address)
	require.NoError(t, err)
	knock.Start()
	defer knock.Close()
	host, _ = start(t, env)
	defer func() { _ = host.Process.Kill(); _ = host.Wait() }()

	seen := map[string]bool{}
	deadline := time.After(50 * time.Second)
	for len(seen) < events {
		select {
		case request := <-arrived:
			require.True(t, strings.HasPrefix(request, "PUT /v1/users/user_"), request)
			seen[request] = true
		case <-deadline:
			t.Fatalf("%d of %d events have arrived", len(seen), events)
		}
	}
}

// start runs the quickstart until it listens, and returns its address.
func start(t *testing.T, env []string) (*exec.Cmd, string) {
	t.Helper()
	cmd := command(t, env)
	pipe, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	lines, url := bufio.NewScanner(pipe), ""
	for lines.Scan() && !strings.Contains(lines.Text(), "Ctrl-C") {
		if rest, ok := strings.CutPrefix(lines.Text(), "Listening on "); ok {
			url = rest
		}
	}
	require.NotEmpty(t, url, "it has not started")
	return cmd, url
}
