package inbox_test

import (
	"crypto/rand"
	"net/url"
	"strings"
	"testing"

	"github.com/clerkknock/clerkknock/eventlog"
	"github.com/clerkknock/clerkknock/inbox"
	"github.com/clerkknock/clerkknock/inbox/postgres"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// restricted returns the URL of a role that may use what is in the schema, by the grants
// of the README, and create nothing.
func restricted(t testing.TB, at site) string {
	t.Helper()
	role := "inbox_test_" + strings.ToLower(rand.Text())
	conn := connect(t)
	for _, statement := range []string{
		`CREATE ROLE ` + role + ` LOGIN PASSWORD 'hunter2'`,
		`GRANT USAGE ON SCHEMA ` + at.schema + ` TO ` + role,
		`GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ` + at.schema + ` TO ` + role,
		`GRANT USAGE ON ALL SEQUENCES IN SCHEMA ` + at.schema + ` TO ` + role,
		`ALTER DEFAULT PRIVILEGES IN SCHEMA ` + at.schema + ` GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO ` + role,
	} {
		_, err := conn.Exec(t.Context(), statement)
		require.NoError(t, err, statement)
	}
	afterwards(t, `DROP OWNED BY `+role, `DROP ROLE `+role)
	u, err := url.Parse(smallPool(databaseURL(t)))
	require.NoError(t, err)
	u.User = url.UserPassword(role, "hunter2")
	return u.String()
}

func TestARoleThatMayNotCreateUsesTablesThatAreThere(t *testing.T) {
	t.Parallel()
	for name, checkOnly := range map[string]bool{"by default": false, "with CheckOnly": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			at := postgresSite(t)
			config := inbox.Config{Schema: at.schema, CheckOnly: checkOnly, Target: "production"}
			require.NoError(t, postgres.Migrate(t.Context(), databaseURL(t), config))
			b := openPostgres(t, restricted(t, at), config)
			r := &recorder{}
			require.NoError(t, b.Put(t.Context(), delivery("msg_1", "user_1")))
			require.NoError(t, b.Start(t.Context(), newSource(t, b, identify(), r.Execute).Process))
			settled(t, b)
			require.NoError(t, b.Sweep(t.Context()))
			assert.Equal(t, []string{"identify msg_1"}, r.recorded())
			entries, err := b.EventLog().Entries(t.Context(), eventlog.Query{})
			require.NoError(t, err)
			assert.Len(t, entries, 1)
			require.NoError(t, b.Close())
		})
	}
}

func TestARoleThatMayNotCreateIsToldWhatIsMissing(t *testing.T) {
	t.Parallel()
	at := postgresSite(t)
	config := inbox.Config{Schema: at.schema}
	require.NoError(t, postgres.Migrate(t.Context(), databaseURL(t), config))
	role := restricted(t, at)
	at.exec(t, `DROP TABLE clerk_settings`, `DELETE FROM clerk_migrations WHERE name LIKE '%/003_%'`)
	for name, test := range map[string]struct {
		checkOnly bool
		says      string
	}{
		"by default":     {false, "42501"},
		"with CheckOnly": {true, "run Migrate"},
	} {
		t.Run(name, func(t *testing.T) {
			config.CheckOnly = test.checkOnly
			_, err := postgres.Open(t.Context(), role, silent(config))
			require.ErrorContains(t, err, "lack")
			require.ErrorContains(t, err, "migrations: 003_settings.sql")
			require.ErrorContains(t, err, test.says)
			assert.NotContains(t, err.Error(), "hunter2")
		})
	}
	t.Run("until somebody else has migrated", func(t *testing.T) {
		pool, err := pgxpool.New(t.Context(), databaseURL(t))
		require.NoError(t, err)
		defer pool.Close()
		require.NoError(t, postgres.MigratePool(t.Context(), pool, silent(config)))
		require.NoError(t, pool.Ping(t.Context()), "the host's pool is the host's to close")
		require.NoError(t, openPostgres(t, role, config).Close())
	})
}

func TestCheckOnlyMakesNothing(t *testing.T) {
	onBoth(t, func(t *testing.T, at site) {
		for range 2 {
			_, err := at.try(t, inbox.Config{CheckOnly: true})
			require.ErrorContains(t, err, "River's [1 2 3")
			require.ErrorContains(t, err, "001_tables.sql, 002_versions_aliases.sql")
		}
		require.NoError(t, at.open(t, inbox.Config{}).Close())
		b, err := at.try(t, inbox.Config{CheckOnly: true})
		require.NoError(t, err)
		require.NoError(t, b.Close())
	})
}

func TestASchemaThatIsNoPlainNameIsRefused(t *testing.T) {
	t.Parallel()
	for name, schema := range map[string]string{
		"a quote": `a"b`, "a semicolon": "a;b", "a dot": "a.b", "a capital": "Clerk", "a digit first": "1a",
		"a space": "a b", "an accent": "clerké", "a line": "clerk\n", "47 characters": strings.Repeat("a", 47),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			// Nobody listens there: it is refused before it is tried.
			_, err := postgres.Open(t.Context(), "postgres://127.0.0.1:1/db", inbox.Config{Schema: schema})
			require.ErrorContains(t, err, "Config.Schema")
		})
	}
	t.Run("46 characters are a name", func(t *testing.T) {
		t.Parallel()
		at := postgresSite(t)
		at.schema += strings.Repeat("_", 46-len(at.schema))
		afterwards(t, `DROP SCHEMA IF EXISTS `+at.schema+` CASCADE`)
		b := openPostgres(t, smallPool(databaseURL(t)), inbox.Config{Schema: at.schema})
		r := &recorder{}
		require.NoError(t, b.Put(t.Context(), delivery("msg_1", "user_1")))
		require.NoError(t, b.Start(t.Context(), newSource(t, b, identify(), r.Execute).Process))
		settled(t, b)
		require.NoError(t, b.Close())
	})
}

func TestTablesOfANewerVersionAreRefused(t *testing.T) {
	for says, newer := range map[string]string{
		"by migration 999_later.sql": `INSERT INTO clerk_migrations (name) VALUES ('migrations/x/999_later.sql')`,
		"by migration River's 999":   `INSERT INTO river_migration (line, version) VALUES ('main', 999)`,
	} {
		t.Run(says, func(t *testing.T) {
			onBoth(t, func(t *testing.T, at site) {
				for _, checkOnly := range []bool{false, true} {
					if !checkOnly {
						require.NoError(t, at.open(t, inbox.Config{}).Close())
						at.exec(t, newer)
					}
					_, err := at.try(t, inbox.Config{CheckOnly: checkOnly})
					require.ErrorContains(t, err, says)
					require.ErrorContains(t, err, "update the program")
				}
			})
		})
	}
}
