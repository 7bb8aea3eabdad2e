package inbox_test

import (
	"cmp"
	"context"
	"crypto/rand"
	"database/sql"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/clerkknock/clerkknock/inbox"
	"github.com/clerkknock/clerkknock/inbox/postgres"
	"github.com/clerkknock/clerkknock/inbox/sqlite"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
)

// site is an empty place for an inbox, which can be opened more than once.
type site struct {
	engine string
	// path is that of the SQLite file, schema that in PostgreSQL.
	path, schema string
	// try opens the inbox there, which the test closes.
	try func(t testing.TB, c inbox.Config) (*inbox.Inbox, error)
	// env tells another process where the site is.
	env []string
}

// open opens the inbox there until the test ends.
func (at site) open(t testing.TB, c inbox.Config) *inbox.Inbox {
	t.Helper()
	b, err := at.try(t, c)
	require.NoError(t, err)
	return closed(t, b)
}

// exec runs statements in the site's tables, past the inbox, which is at rest meanwhile.
func (at site) exec(t testing.TB, statements ...string) {
	t.Helper()
	if at.engine == "SQLite" {
		db, err := sql.Open("sqlite", "file:"+at.path+"?_pragma=busy_timeout(10000)")
		require.NoError(t, err)
		defer db.Close()
		for _, statement := range statements {
			_, err := db.ExecContext(t.Context(), statement)
			require.NoError(t, err, statement)
		}
		return
	}
	conn := connect(t)
	defer conn.Close(t.Context()) // not with the test: there may be many
	for _, statement := range append([]string{`SET search_path TO ` + at.schema}, statements...) {
		_, err := conn.Exec(t.Context(), statement)
		require.NoError(t, err, statement)
	}
}

// count is the answer to a query for a number in the site's tables.
func (at site) count(t testing.TB, query string) (n int) {
	t.Helper()
	if at.engine == "SQLite" {
		db, err := sql.Open("sqlite", "file:"+at.path)
		require.NoError(t, err)
		defer db.Close()
		require.NoError(t, db.QueryRowContext(t.Context(), query).Scan(&n))
		return n
	}
	conn := connect(t)
	defer conn.Close(t.Context())
	_, err := conn.Exec(t.Context(), `SET search_path TO `+at.schema)
	require.NoError(t, err)
	require.NoError(t, conn.QueryRow(t.Context(), query).Scan(&n))
	return n
}

// engines are what an inbox runs on.
var engines = []struct {
	name string
	site func(testing.TB) site
}{{"SQLite", sqliteSite}, {"PostgreSQL", postgresSite}}

// onBoth runs a test on both engines, in parallel.
func onBoth(t *testing.T, test func(t *testing.T, at site)) {
	t.Helper()
	t.Parallel()
	for _, engine := range engines {
		t.Run(engine.name, func(t *testing.T) {
			t.Parallel()
			test(t, engine.site(t))
		})
	}
}

// onEach runs a test on one engine after the other, while no other test runs.
func onEach(t *testing.T, test func(t *testing.T, at site)) {
	t.Helper()
	for _, engine := range engines {
		t.Run(engine.name, func(t *testing.T) { test(t, engine.site(t)) })
	}
}

func sqliteSite(t testing.TB) site {
	path := filepath.Join(t.TempDir(), "clerk.db")
	try := func(t testing.TB, c inbox.Config) (*inbox.Inbox, error) {
		b, err := sqlite.Open(t.Context(), path, silent(c))
		if err != nil {
			return nil, err
		}
		return b.Inbox, nil
	}
	return site{engine: "SQLite", path: path, try: try, env: []string{"SQLITE_PATH=" + path}}
}

// postgresSite is a new schema in the test database.
func postgresSite(t testing.TB) site {
	url := smallPool(databaseURL(t))
	schema := "inbox_test_" + strings.ToLower(rand.Text())
	afterwards(t, `DROP SCHEMA IF EXISTS `+schema+` CASCADE`)
	try := func(t testing.TB, c inbox.Config) (*inbox.Inbox, error) {
		c.Schema = schema
		b, err := postgres.Open(t.Context(), url, silent(c))
		if err != nil {
			return nil, err
		}
		return b.Inbox, nil
	}
	env := []string{"DATABASE_URL=" + url, "DATABASE_SCHEMA=" + schema}
	return site{engine: "PostgreSQL", schema: schema, try: try, env: env}
}

// openPostgres opens an inbox until the test ends.
func openPostgres(t testing.TB, url string, c inbox.Config) *inbox.Inbox {
	t.Helper()
	b, err := postgres.Open(t.Context(), url, silent(c))
	require.NoError(t, err)
	return closed(t, b.Inbox)
}

// silent is the config with a log that nobody reads, unless it has one.
func silent(c inbox.Config) inbox.Config {
	c.Logger = cmp.Or(c.Logger, slog.New(slog.DiscardHandler))
	return c
}

// closed is the inbox, closed when the test ends.
func closed(t testing.TB, b *inbox.Inbox) *inbox.Inbox {
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

// afterwards runs statements when the test has ended, whose own context is done by then.
func afterwards(t testing.TB, statements ...string) {
	t.Cleanup(func() {
		ctx := context.Background()
		conn, err := pgx.Connect(ctx, databaseURL(t))
		require.NoError(t, err)
		defer conn.Close(ctx)
		for _, statement := range statements {
			_, err = conn.Exec(ctx, statement)
			require.NoError(t, err, statement)
		}
	})
}

// smallPool bounds the connections of an inbox: many tests share a server.
func smallPool(url string) string {
	if strings.Contains(url, "?") {
		return url + "&pool_max_conns=6"
	}
	return url + "?pool_max_conns=6"
}
