package main_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/clerkknock/clerkknock/clerk/clerktest"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestStoredEventsAreTriedAndPrinted(t *testing.T) {
	t.Parallel()
	knocks, env := emulate(t)
	dir := t.TempDir()
	p := start(t, dir, env, "serve")
	require.Equal(t, 202, p.post(clerktest.Secret, "msg_1", clerktest.Event("user.created")))
	eventually(t, "it is done", func() bool { return len(knocks.Users()) == 1 })
	_, table := finish(t, dir, env, "mappings", "list", "--json")
	changed := strings.Replace(table, "body.data.first_name", "body.data.last_name", 1)
	require.NotEqual(t, table, changed)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "changed.json"), []byte(changed), 0o600))
	sent := len(knocks.Requests())

	for _, running := range []bool{true, false} {
		if !running {
			assert.Equal(t, 0, p.stop(syscall.SIGTERM))
		}
		code, out := finish(t, dir, env, "mappings", "plan", "defaults", "changed.json")
		assert.Equal(t, 3, code, out)
		assert.Regexp(t, `user.created +user.created:users_identify +changed +1: name`, out)
		code, out = finish(t, dir, env, "mappings", "plan", "defaults", "changed.json", "--json")
		assert.Equal(t, 3, code, out)
		var result struct {
			Events  int
			Changes []struct{ Examples []struct{ Delivery string } }
		}
		require.NoError(t, json.Unmarshal([]byte(out), &result), out)
		assert.Equal(t, 1, result.Events)
		assert.Equal(t, "msg_1", result.Changes[0].Examples[0].Delivery)
		assert.NotContains(t, out, "Lovelace")
		code, out = finish(t, dir, env, "events", "payload", "msg_1")
		assert.Equal(t, 0, code)
		assert.Equal(t, string(clerktest.Event("user.created")), out)
		code, _ = finish(t, dir, env, "events", "payload", "msg_2")
		assert.Equal(t, 1, code)
		code, out = finish(t, dir, env, "mappings", "plan", "defaults", "defaults")
		assert.Equal(t, 0, code, out)
	}
	assert.Len(t, knocks.Requests(), sent, "nothing is sent")
	code, out := finish(t, dir, env, "mappings", "plan", "defaults", "changed.json", "--events", "0")
	assert.Equal(t, 2, code, out)
	code, out = finish(t, dir, env, "mappings", "plan", "defaults", "nowhere.json")
	assert.Equal(t, 1, code, out)
}
