package examples_test

import (
	"context"
	"crypto/rand"
	"os"
	"path/filepath"
	"strings"
	"testing"

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
	// gateway is whether it is a function that gets them from one.
	gateway bool
}

var programs = map[string]program{
	"capacity":      {},
	"chi":           {serves: true},
	"distributed":   {serves: true, env: schema},
	"echo":          {serves: true},
	"fiber":         {serves: true},
	"gin":           {serves: true},
	"lambda":        {gateway: true},
	"nethttp":       {serves: true},
	"observability": {serves: true, env: file},
	"quickstart":    {args: []string{"-once"}},
}

func TestEveryProgramRunsAndEndsWithoutAnError(t *testing.T) {
	t.Parallel()
	folders, err := filepath.Glob("*/main.go")
	require.NoError(t, err)
	require.Len(t, folders, len(programs), "say in this test how each program is run")
	for name, p := range programs {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			running := start(t, name, p)
			if running.url != "" {
				post(t, running.url, "msg_1", clerktest.Event("user.created"))
			}
			running.stop(t, p)
		})
	}
}

// file is one of the test's own for an inbox.
func file(t *testing.T) []string {
	return []string{"DATABASE=" + filepath.Join(t.TempDir(), "clerk.db")}
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
