package main_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/clerkknock/clerkknock/clerk/clerktest"
	"github.com/clerkknock/clerkknock/knock/knocktest"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// finish runs the program to its end and returns its exit code and what it says.
func finish(t *testing.T, dir string, env []string, args ...string) (int, string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), filepath.Join(bin, "clerkknock"), args...)
	cmd.Dir, cmd.Env = dir, append(cleanEnv(), env...)
	out, err := cmd.CombinedOutput()
	if cmd.ProcessState == nil {
		require.NoError(t, err)
	}
	return cmd.ProcessState.ExitCode(), string(out)
}

// letter is what events dead --json prints of a delivery.
type letter struct {
	Key, State, Type, Error string
}

func TestDeadDeliveriesAreListedReplayedAndThrownAway(t *testing.T) {
	t.Parallel()
	for name, env := range map[string]func(t *testing.T) []string{
		"SQLite":     func(*testing.T) []string { return nil },
		"PostgreSQL": func(t *testing.T) []string { return []string{"DATABASE_URL=" + databaseURL(t)} },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			api, all := emulate(t)
			all = append(all, env(t)...)
			dir := t.TempDir()
			schema := []string{}
			if name == "PostgreSQL" {
				schema = []string{"--schema", newSchema(t)}
			}
			events := func(args ...string) (int, string) {
				t.Helper()
				return finish(t, dir, all, append(append([]string{"events"}, args...), schema...)...)
			}
			dead := func() (letters []letter) {
				code, out := events("dead", "--json")
				require.Equal(t, 0, code, out)
				require.NoError(t, json.Unmarshal([]byte(out), &letters), out)
				return letters
			}
			api.Fail(knocktest.Fault{Path: "/v1/users/*", Times: 4, Status: 400})
			p := start(t, dir, all, append([]string{"serve"}, schema...)...)
			for i := range 4 {
				id := fmt.Sprint("user_", i)
				body := clerktest.Event("user.created", clerktest.Set("data.id", id))
				require.Equal(t, 202, p.post(clerktest.Secret, "msg_"+id, body))
			}
			// The server that runs has the file: it is asked.
			eventually(t, "four are dead", func() bool { return len(dead()) == 4 })
			code, out := events("dead", "--limit", "1")
			assert.Equal(t, 0, code)
			assert.Regexp(t, `msg_user_\d +dead +user.created +1 +20\S+ +.*knock answered 400`, out)
			assert.Contains(t, out, "… and 3 more")
			assert.NotContains(t, out, "Lovelace")

			code, out = events("replay", "msg_user_0")
			assert.Equal(t, "0 1 delivery replayed\n", fmt.Sprint(code, " ", out))
			eventually(t, "it is in Knock", func() bool { _, ok := api.User("user_0"); return ok })
			code, out = events("replay", "msg_user_0", "msg_nobody")
			assert.Equal(t, 1, code)
			assert.Contains(t, out, `delivery "msg_nobody" is unknown`)

			// Without a terminal it counts, and does nothing until it is told to.
			code, out = events("replay", "--all", "--since", "1h")
			assert.Equal(t, 2, code)
			assert.Contains(t, out, "3 deliveries will be replayed; there is no terminal to ask at: add --yes")
			require.Len(t, dead(), 3)
			code, out = events("discard", "msg_user_1")
			assert.Equal(t, 2, code, out)
			code, out = events("discard", "msg_user_1", "--yes")
			assert.Equal(t, "0 1 delivery thrown away\n", fmt.Sprint(code, " ", out))
			code, out = events("replay", "--all", "--type", "sms.created", "--yes", "--json")
			assert.Equal(t, 0, code)
			assert.JSONEq(t, `{"changed":0}`, out)
			code, out = events("erase", "user/user_2", "--yes")
			assert.Equal(t, "0 user/user_2 is erased here\n", fmt.Sprint(code, " ", out))
			code, out = events("replay", "--all", "--yes")
			assert.Equal(t, "0 1 delivery replayed\n", fmt.Sprint(code, " ", out))
			eventually(t, "the last one is in Knock", func() bool { _, ok := api.User("user_3"); return ok })

			// Without a server the database is opened.
			assert.Equal(t, 0, p.stop(syscall.SIGTERM))
			code, out = events("dead")
			assert.Equal(t, "0 There are none.\n", fmt.Sprint(code, " ", out))
			code, out = events("hurry", "--all", "--yes")
			assert.Equal(t, "0 0 deliveries hurried\n", fmt.Sprint(code, " ", out))
			_, err := os.Stat(filepath.Join(dir, "clerkknock.db.control"))
			assert.ErrorIs(t, err, os.ErrNotExist)
		})
	}
}

func TestEventsSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, test := range map[string]struct {
		args []string
		code int
		say  string
	}{
		"no file":         {[]string{"dead"}, 1, "there is no file clerkknock.db"},
		"nothing named":   {[]string{"replay"}, 2, "or --all"},
		"both":            {[]string{"replay", "msg_1", "--all"}, 2, "or --all"},
		"a filter alone":  {[]string{"hurry", "msg_1", "--since", "1h"}, 2, "go with --all"},
		"no state":        {[]string{"dead", "--state", "done"}, 2, "--state done"},
		"a foreign state": {[]string{"hurry", "--all", "--state", "dead"}, 2, "--state dead"},
		"no entity":       {[]string{"erase", "user_1"}, 2, "ENTITY is such as"},
		"no command":      {nil, 2, "needs a command"},
		"no such command": {[]string{"eat"}, 2, "there is no command"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			code, out := finish(t, dir, nil, append([]string{"events"}, test.args...)...)
			assert.Equal(t, test.code, code, out)
			assert.Contains(t, out, test.say)
		})
	}
}

// Whoever else has the file open does not answer at the socket.
func TestAFileThatAnotherProgramHasOpenIsSaid(t *testing.T) {
	t.Parallel()
	_, env := emulate(t)
	dir := t.TempDir()
	start(t, dir, env, "serve")
	require.NoError(t, os.RemoveAll(filepath.Join(dir, "clerkknock.db.control")))
	code, out := finish(t, dir, env, "events", "dead")
	assert.Equal(t, 1, code)
	assert.Contains(t, out, "is it another program than clerkknock serve?")
}

// Two processes share PostgreSQL; one is killed, and the other goes on.
func TestTwoProcessesShareADatabase(t *testing.T) {
	t.Parallel()
	url := databaseURL(t)
	api, env := emulate(t)
	env = append(env, "DATABASE_URL="+url)
	dir, schema := t.TempDir(), newSchema(t)
	one := start(t, dir, env, "serve", "--schema", schema)
	two := start(t, dir, env, "serve", "--schema", schema)
	for i := range 20 {
		id := fmt.Sprint("user_", i)
		body := clerktest.Event("user.created", clerktest.Set("data.id", id))
		require.Equal(t, 202, []*program{one, two}[i%2].post(clerktest.Secret, "msg_"+id, body))
		if i == 10 {
			assert.Equal(t, -1, one.stop(syscall.SIGKILL))
			one = two
		}
	}
	require.Eventually(t, func() bool { return len(api.Users()) == 20 }, 2*time.Minute, 100*time.Millisecond)
	assert.Equal(t, 0, two.stop(syscall.SIGTERM))
}

// databaseURL is that of a PostgreSQL, as for the tests of the inbox.
func databaseURL(t *testing.T) string {
	t.Helper()
	url := os.Getenv("TEST_DATABASE_URL")
	if url == "" {
		if conn, err := net.DialTimeout("tcp", "127.0.0.1:5432", time.Second); err == nil {
			_ = conn.Close()
			url = "postgres://postgres@127.0.0.1:5432/postgres?sslmode=disable"
		}
	}
	if url == "" && os.Getenv("CI") == "" {
		t.Skip("PostgreSQL does not answer; set TEST_DATABASE_URL")
	}
	// The server has few connections, and many tests beside these.
	separator := "?"
	if strings.Contains(url, "?") {
		separator = "&"
	}
	return url + separator + "pool_max_conns=4"
}

// newSchema names a schema that is dropped at the end.
func newSchema(t *testing.T) string {
	t.Helper()
	schema := "cli_" + strings.ToLower(strings.ReplaceAll(filepath.Base(t.TempDir()), "-", "_")) +
		fmt.Sprint("_", time.Now().UnixNano()%1e9)
	t.Cleanup(func() {
		url, _, _ := strings.Cut(databaseURL(t), "pool_max_conns") // which is none of a single connection's
		conn, err := pgx.Connect(context.Background(), strings.TrimRight(url, "?&"))
		require.NoError(t, err)
		defer conn.Close(context.Background())
		_, err = conn.Exec(context.Background(), `DROP SCHEMA IF EXISTS `+pgx.Identifier{schema}.Sanitize()+` CASCADE`)
		require.NoError(t, err)
	})
	return schema
}
