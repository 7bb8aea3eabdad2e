package examples_test

import (
	"bufio"
	"context"
	"crypto/rand"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/clerkknock/clerkknock/clerk/clerktest"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// program says how a user runs one of the programs.
type program struct {
	args []string
	env  func(t *testing.T) []string
	// serves is whether it takes events until it is interrupted.
	serves bool
}

var programs = map[string]program{
	"capacity":    {},
	"distributed": {serves: true, env: schema},
	"fiber":       {serves: true},
	"quickstart":  {args: []string{"-once"}},
}

func TestEveryProgramRunsAndEndsWithoutAnError(t *testing.T) {
	t.Parallel()
	folders, err := filepath.Glob("*/main.go")
	require.NoError(t, err)
	require.Len(t, folders, len(programs), "say in this test how each program is run")
	built := t.TempDir()
	out, err := exec.Command("go", "build", "-o", built, "./...").CombinedOutput()
	require.NoError(t, err, string(out))

	for name, p := range programs {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			cmd := exec.CommandContext(ctx, filepath.Join(built, name), p.args...)
			cmd.Env = append(os.Environ(), "ADDR=127.0.0.1:0", "CLERK_WEBHOOK_SIGNING_SECRET="+clerktest.Secret,
				"KNOCK_API_KEY=", "KNOCK_BASE_URL=", "QUICKSTART_DB=")
			if p.env != nil {
				cmd.Env = append(cmd.Env, p.env(t)...)
			}
			var stderr strings.Builder
			cmd.Stderr = &stderr
			stdout, err := cmd.StdoutPipe()
			require.NoError(t, err)
			require.NoError(t, cmd.Start())
			printed := bufio.NewScanner(stdout)
			if p.serves {
				require.True(t, printed.Scan(), "it has not started")
				url, ok := strings.CutPrefix(printed.Text(), "Listening on ")
				require.True(t, ok, printed.Text())
				deliver(t, url+"/webhooks/clerk")
				require.NoError(t, cmd.Process.Signal(syscall.SIGINT))
			}
			_, err = io.Copy(io.Discard, stdout)
			require.NoError(t, err)
			require.NoError(t, cmd.Wait(), stderr.String())
		})
	}
}

func deliver(t *testing.T, url string) {
	t.Helper()
	request := clerktest.NewRequest(url, clerktest.Secret, "msg_1", time.Now(), clerktest.Event("user.created"))
	request.RequestURI = ""
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	require.Less(t, response.StatusCode, 300)
}

// schema is one of the test's own in a PostgreSQL, removed when it is over.
func schema(t *testing.T) []string {
	t.Helper()
	url := os.Getenv("TEST_DATABASE_URL")
	if url == "" {
		url = "postgres://postgres@127.0.0.1:5432/postgres?sslmode=disable"
	}
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil && os.Getenv("CI") == "" {
		t.Skipf("PostgreSQL does not answer; set TEST_DATABASE_URL: %v", err)
	}
	require.NoError(t, err)
	name := "program_test_" + strings.ToLower(rand.Text())
	t.Cleanup(func() {
		_, err := conn.Exec(context.Background(), `DROP SCHEMA IF EXISTS `+name+` CASCADE`)
		assert.NoError(t, err)
		assert.NoError(t, conn.Close(context.Background()))
	})
	return []string{"DATABASE_URL=" + url, "DATABASE_SCHEMA=" + name}
}
