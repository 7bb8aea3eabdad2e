package main_test

import (
	"bufio"
	"io"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/clerkknock/clerkknock/clerk/clerktest"
	"github.com/clerkknock/clerkknock/cmd/clerkknock/internal/command"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A command that waits for its input ends at Ctrl-C, with the code that shells know.
func TestCtrlCEndsWhatWaits(t *testing.T) {
	t.Parallel()
	for name, args := range map[string][]string{
		"verify": {"verify", "--json"}, "send": {"send", "--stdin", "--as-is", "--url", "http://127.0.0.1:1/"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cmd := exec.Command(filepath.Join(bin, "clerkknock"), args...)
			cmd.Env = append(cleanEnv(), "CLERK_WEBHOOK_SIGNING_SECRET="+clerktest.Secret)
			in, err := cmd.StdinPipe()
			require.NoError(t, err)
			said, out := io.Pipe()
			cmd.Stdout, cmd.Stderr = out, out
			require.NoError(t, cmd.Start())
			t.Cleanup(func() { _ = cmd.Process.Kill() })
			go func() {
				_, _ = io.WriteString(in, `{"type":"ready"}`+"\n"+
					`{"type":"event","svix_id":"msg_1","headers":{},"body_b64":"e30="}`+"\n")
			}()
			lines := bufio.NewScanner(said)
			require.True(t, lines.Scan()) // it has begun, and waits for the next line
			require.NoError(t, cmd.Process.Signal(syscall.SIGINT))
			go func() {
				for lines.Scan() {
				}
			}()
			require.Error(t, cmd.Wait())
			assert.Equal(t, 130, cmd.ProcessState.ExitCode())
		})
	}
}

// Arguments are seen by every process of the machine.
func TestNoSecretIsAnArgument(t *testing.T) {
	t.Parallel()
	var walk func(c *cobra.Command)
	walk = func(c *cobra.Command) {
		c.Flags().VisitAll(func(f *pflag.Flag) {
			for _, word := range []string{"secret", "key", "token", "password"} {
				if strings.Contains(f.Name, word) {
					assert.True(t, strings.HasPrefix(f.Usage, "a file with "), "%s --%s", c.CommandPath(), f.Name)
				}
			}
		})
		for _, sub := range c.Commands() {
			walk(sub)
		}
	}
	walk(command.Root())
}

func TestEveryCommandTeaches(t *testing.T) {
	t.Parallel()
	var walk func(c *cobra.Command)
	walk = func(c *cobra.Command) {
		if !c.HasSubCommands() {
			assert.NotEmpty(t, c.Short, c.CommandPath())
			assert.NotEmpty(t, c.Long, c.CommandPath())
			assert.Contains(t, c.Example, "clerkknock "+strings.TrimPrefix(c.CommandPath(), "clerkknock "), c.CommandPath())
		}
		for line := range strings.SplitSeq(c.Long, "\n") {
			assert.LessOrEqual(t, len([]rune(line)), 100, "%s: %s", c.CommandPath(), line)
		}
		for _, sub := range c.Commands() {
			walk(sub)
		}
	}
	walk(command.Root())
}
