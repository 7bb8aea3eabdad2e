package main_test

import (
	"bufio"
	"net/http"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/clerkknock/clerkknock/clerk/clerktest"
	"github.com/stretchr/testify/require"
)

// host is a quickstart that is running.
type host struct {
	t       *testing.T
	cmd     *exec.Cmd
	printed *bufio.Scanner
	url     string
	// kept is where deliveries are kept, and send the command that it says to send with.
	kept, send string
}

// start runs the quickstart until it waits for events.
func start(t *testing.T, env []string) *host {
	t.Helper()
	h := &host{t: t, cmd: command(t, env)}
	pipe, err := h.cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, h.cmd.Start())
	h.printed = bufio.NewScanner(pipe)
	for line := ""; !strings.Contains(line, "Ctrl-C"); line = h.printed.Text() {
		require.True(t, h.printed.Scan(), "it has not started")
		if rest, ok := strings.CutPrefix(h.printed.Text(), "Listening on "); ok {
			h.url = rest
		}
		if rest, ok := strings.CutPrefix(h.printed.Text(), "Deliveries are kept in "); ok {
			h.kept = rest
		}
		if strings.Contains(h.printed.Text(), "-send") {
			h.send = h.printed.Text()
		}
	}
	return h
}

// post delivers the event of a new user.
func (h *host) post(message, user string) {
	h.t.Helper()
	body := clerktest.Event("user.created", clerktest.Set("data.id", user))
	req := clerktest.NewRequest(h.url+"/webhooks/clerk", clerktest.Secret, message, time.Now(), body)
	req.RequestURI = ""
	resp, err := http.DefaultClient.Do(req)
	require.NoError(h.t, err)
	require.NoError(h.t, resp.Body.Close())
	require.Equal(h.t, http.StatusAccepted, resp.StatusCode)
}

// line is what it prints next.
func (h *host) line() string {
	h.t.Helper()
	require.True(h.t, h.printed.Scan(), "it has stopped")
	return words(h.printed.Text())
}

func (h *host) interrupt() {
	h.t.Helper()
	require.NoError(h.t, h.cmd.Process.Signal(syscall.SIGINT))
	require.NoError(h.t, h.cmd.Wait())
}

func (h *host) kill() {
	_ = h.cmd.Process.Kill()
	_ = h.cmd.Wait()
}
