//go:build unix

package inbox_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/clerkknock/clerkknock/inbox"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// child is a host in another process.
type child struct {
	cmd  *exec.Cmd
	addr string
}

func startChild(t testing.TB, at site, k *knockSide) *child {
	t.Helper()
	c := &child{cmd: exec.Command(os.Args[0])}
	c.cmd.Env = append(append(os.Environ(), childEnv+"="+k.URL), at.env...)
	c.cmd.Stderr = os.Stderr
	out, err := c.cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, c.cmd.Start())
	t.Cleanup(c.kill)
	line, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err, "the host did not start")
	c.addr = "http://" + strings.TrimSpace(line)
	return c
}

func (c *child) kill() {
	_ = c.cmd.Process.Kill()
	_ = c.cmd.Wait()
}

func (c *child) stop(t testing.TB) {
	t.Helper()
	require.NoError(t, c.cmd.Process.Signal(syscall.SIGTERM))
	require.NoError(t, c.cmd.Wait())
}

func (c *child) stats() (s inbox.Stats, err error) {
	response, err := http.Get(c.addr + "/stats")
	if err != nil {
		return s, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return s, fmt.Errorf("answer is %s", response.Status)
	}
	return s, json.NewDecoder(response.Body).Decode(&s)
}

// drained waits until the child has nothing left to do, and returns how long
// that took.
func (c *child) drained(t testing.TB, within time.Duration) time.Duration {
	t.Helper()
	start := time.Now()
	require.EventuallyWithT(t, func(ct *assert.CollectT) {
		s, err := c.stats()
		assert.NoError(ct, err)
		assert.Zero(ct, s.Backlog(), "%+v", s)
	}, within, 20*time.Millisecond)
	return time.Since(start)
}
