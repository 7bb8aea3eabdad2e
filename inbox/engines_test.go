package inbox_test

import (
	"context"
	"crypto/rand"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/inbox"
	"github.com/clerkknock/clerkknock/inbox/postgres"
	"github.com/clerkknock/clerkknock/inbox/sqlite"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
)

// box is what an inbox on either engine can do.
type box interface {
	clerkknock.Inbox
	Ledger() clerkknock.Ledger
	EventLog() clerkknock.EventLog
	Start(ctx context.Context, process inbox.Processor) error
	Stop(ctx context.Context) error
	Close() error
	Dead(ctx context.Context, p inbox.Period, limit int) ([]inbox.Letter, error)
	Replay(ctx context.Context, key string) error
	ReplayDead(ctx context.Context, p inbox.Period) (int, error)
	Stats(ctx context.Context) (inbox.Stats, error)
}

// site is an empty place for an inbox, which can be opened more than once.
type site struct {
	engine string
	// path is that of the SQLite file, schema that in PostgreSQL.
	path, schema string
	// open opens the inbox there until the test ends.
	open func(t testing.TB, c inbox.Config) box
	// env tells another process where the site is.
	env []string
}

// onBoth runs a test on both engines, in parallel.
func onBoth(t *testing.T, test func(t *testing.T, at site)) {
	t.Helper()
	t.Parallel()
	t.Run("SQLite", func(t *testing.T) {
		t.Parallel()
		test(t, sqliteSite(t))
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		t.Parallel()
		test(t, postgresSite(t))
	})
}

func sqliteSite(t testing.TB) site {
	path := filepath.Join(t.TempDir(), "clerk.db")
	return site{engine: "SQLite", path: path, env: []string{"SQLITE_PATH=" + path}, open: func(t testing.TB, c inbox.Config) box {
		return closed(t, c, func(c inbox.Config) (*sqlite.Inbox, error) { return sqlite.Open(t.Context(), path, c) })
	}}
}

// postgresSite is a new schema in the test database.
func postgresSite(t testing.TB) site {
	url := smallPool(databaseURL(t))
	schema := "inbox_test_" + strings.ToLower(rand.Text())
	t.Cleanup(func() {
		conn, err := pgx.Connect(context.Background(), databaseURL(t))
		require.NoError(t, err)
		defer conn.Close(context.Background())
		_, err = conn.Exec(context.Background(), `DROP SCHEMA IF EXISTS `+schema+` CASCADE`)
		require.NoError(t, err)
	})
	return site{engine: "PostgreSQL", schema: schema, env: []string{"DATABASE_URL=" + url, "DATABASE_SCHEMA=" + schema}, open: func(t testing.TB, c inbox.Config) box {
		c.Schema = schema
		return closed(t, c, func(c inbox.Config) (*postgres.Inbox, error) { return postgres.Open(t.Context(), url, c) })
	}}
}

func closed[B box](t testing.TB, c inbox.Config, open func(inbox.Config) (B, error)) box {
	t.Helper()
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	b, err := open(c)
	require.NoError(t, err)
	t.Cleanup(func() { _ = b.Close() })
	return b
}

// databaseURL is where PostgreSQL is. A test that finds none is skipped, except
// in CI, where that would hide that it never runs.
func databaseURL(t testing.TB) string {
	url := os.Getenv("TEST_DATABASE_URL")
	if url == "" {
		url = "postgres://postgres@127.0.0.1:5432/postgres?sslmode=disable"
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	conn, err := pgx.Connect(ctx, url)
	if err == nil {
		require.NoError(t, conn.Close(ctx))
		return url
	}
	if os.Getenv("CI") != "" {
		t.Fatalf("PostgreSQL does not answer, and CI is set: %v", err)
	}
	t.Skipf("PostgreSQL does not answer; set TEST_DATABASE_URL: %v", err)
	return ""
}

// connect connects to PostgreSQL until the test ends.
func connect(t testing.TB) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), databaseURL(t))
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}

// smallPool bounds the connections of an inbox: many tests share a server.
func smallPool(url string) string {
	if strings.Contains(url, "?") {
		return url + "&pool_max_conns=6"
	}
	return url + "?pool_max_conns=6"
}
