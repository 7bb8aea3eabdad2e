package main_test

import (
	"encoding/json"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/clerkknock/clerkknock/clerk/clerktest"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTheEventLogIsListedShownAndExplained(t *testing.T) {
	t.Parallel()
	_, env := emulate(t)
	dir := t.TempDir()
	p := start(t, dir, env, "serve")

	tail := exec.Command(filepath.Join(bin, "clerkknock"), "events", "tail")
	tail.Dir, tail.Env = dir, append(cleanEnv(), env...)
	lines := &program{t: t}
	tail.Stdout, tail.Stderr = lines, lines
	require.NoError(t, tail.Start())
	t.Cleanup(func() { _ = tail.Process.Kill() })
	time.Sleep(500 * time.Millisecond) // it shows what comes from its begin on

	now := time.Now()
	post := func(id, event string, at time.Time) {
		require.Equal(t, 202, p.post(clerktest.Secret, id, clerktest.Event(event, clerktest.At(at))))
		eventually(t, id+" is done", func() bool {
			code, out := finish(t, dir, env, "events", "list", "--json", "--search", id)
			var entries []struct{ Outcome string }
			return code == 0 && json.Unmarshal([]byte(out), &entries) == nil && len(entries) == 1 &&
				entries[0].Outcome != "stored"
		})
	}
	post("msg_2", "user.updated", now)
	post("msg_1", "user.created", now.Add(-time.Minute))
	require.Equal(t, 401, p.post("whsec_b3RoZXIgc2VjcmV0IG9mIHRlc3Rz", "msg_3", clerktest.Event("user.created")))

	for _, running := range []bool{true, false} {
		if !running {
			assert.Equal(t, 0, p.stop(syscall.SIGTERM))
		}
		code, out := finish(t, dir, env, "events", "list")
		assert.Equal(t, 0, code, out)
		assert.Regexp(t, `(?m)^20\S+ +user.updated +succeeded +1 +msg_2`, out)
		assert.Regexp(t, `(?m)^20\S+ +user.created +skipped +1 +msg_1 +a newer event`, out)
		assert.NotContains(t, out, "Lovelace")
		code, out = finish(t, dir, env, "events", "list", "--outcome", "refused")
		assert.Equal(t, 0, code)
		assert.Contains(t, out, "no signature matches")
		assert.NotContains(t, out, "user.updated")
		code, out = finish(t, dir, env, "events", "show", "msg_2")
		assert.Equal(t, 0, code, out)
		assert.Regexp(t, `stored, answered 202\n.*succeeded`, out)
		assert.Contains(t, out, "succeeded  user.updated:users_identify  PUT /v1/users/"+clerktest.UserID)
		code, out = finish(t, dir, env, "events", "explain", "user/"+clerktest.UserID)
		assert.Equal(t, 0, code, out)
		assert.Less(t, strings.Index(out, "user.created"), strings.Index(out, "user.updated"), "by Clerk's time:\n%s", out)
		code, out = finish(t, dir, env, "events", "explain", "user/user_nobody")
		assert.Equal(t, 1, code)
		assert.Contains(t, out, "knows nothing of")
		if running {
			eventually(t, "tail has printed them", func() bool {
				return strings.Contains(lines.output(), "msg_1") && strings.Contains(lines.output(), "msg_2")
			})
			require.NoError(t, tail.Process.Signal(syscall.SIGINT))
			_ = tail.Wait()
			assert.Equal(t, 130, tail.ProcessState.ExitCode())
		}
	}
	code, out := finish(t, dir, env, "events", "list", "--since", "yesterday")
	assert.Equal(t, 2, code, out)
	code, out = finish(t, dir, env, "events", "list", "--limit", "0")
	assert.Equal(t, 2, code, out)
	code, out = finish(t, dir, env, "events", "show")
	assert.Equal(t, 2, code, out)
}
