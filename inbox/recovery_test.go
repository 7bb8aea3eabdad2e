package inbox_test

import (
	"database/sql"
	"strings"
	"testing"
	"time"

	"github.com/clerkknock/clerkknock/inbox"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A process that died at its last attempt has not used it up.
func TestSQLiteGivesAKilledAttemptBack(t *testing.T) {
	t.Parallel()
	at := sqliteSite(t)
	b := at.open(t, inbox.Config{MaxAttempts: 1})
	require.NoError(t, b.Put(t.Context(), delivery("msg_1", "user_1")))
	require.NoError(t, b.Close())
	db, err := sql.Open("sqlite", "file:"+at.path)
	require.NoError(t, err)
	for _, left := range []string{
		`UPDATE river_job SET state = 'running', attempt = 1, attempted_at = datetime('now', 'subsec'),
			attempted_by = jsonb('["lost"]')`,
		`INSERT INTO river_leader (leader_id, elected_at, expires_at)
			VALUES ('lost', datetime('now', 'subsec'), datetime('now', 'subsec', '15 seconds'))`,
	} {
		_, err := db.ExecContext(t.Context(), left)
		require.NoError(t, err)
	}
	require.NoError(t, db.Close())

	start := time.Now()
	b = at.open(t, inbox.Config{MaxAttempts: 1})
	r := &recorder{}
	require.NoError(t, b.Start(t.Context(), newSource(t, b, identify(), r.Execute).Process))
	settled(t, b)
	t.Logf("done %v after the start", time.Since(start).Round(time.Millisecond))
	assert.Equal(t, []string{"identify msg_1"}, r.recorded())
	s, err := b.Stats(t.Context())
	require.NoError(t, err)
	assert.Zero(t, s.Dead)
}

// Recovery, replay and counting read and write River's own table. What they
// know of it was true of River v0.51.1 and riversqlite v0.49.0; look at them
// again when this test fails.
func TestRiversTableIsTheOneThatIsKnown(t *testing.T) {
	onBoth(t, func(t *testing.T, at site) {
		b := at.open(t, inbox.Config{})
		require.NoError(t, b.Put(t.Context(), delivery("msg_1", "user_1")))
		var version int
		var columns string
		var err error
		if at.engine == "SQLite" {
			require.NoError(t, b.Close())
			db, openErr := sql.Open("sqlite", "file:"+at.path)
			require.NoError(t, openErr)
			defer db.Close()
			err = db.QueryRowContext(t.Context(), `
				SELECT (SELECT max(version) FROM river_migration), group_concat(name, ' ')
				FROM (SELECT name FROM pragma_table_info('river_job') ORDER BY name)`).Scan(&version, &columns)
		} else {
			err = connect(t).QueryRow(t.Context(), `
				SELECT (SELECT max(version) FROM `+at.schema+`.river_migration),
					string_agg(column_name::text, ' ' ORDER BY column_name)
				FROM information_schema.columns
				WHERE table_schema = $1 AND table_name = 'river_job'`, at.schema).Scan(&version, &columns)
		}
		require.NoError(t, err)
		assert.Equal(t, 8, version)
		assert.Equal(t, strings.Fields(`args attempt attempted_at attempted_by created_at errors finalized_at id kind
			max_attempts metadata priority queue scheduled_at state tags unique_key unique_states`), strings.Fields(columns))
	})
}

// River takes the jobs of a lost machine back within 90 seconds, by the default
// settings too, and then they are tried at once, whatever the attempt.
func TestAJobOfALostMachineIsTakenOver(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("takes a minute")
	}
	at := postgresSite(t)
	lost := at.open(t, inbox.Config{})
	require.NoError(t, lost.Put(t.Context(), delivery("msg_1", "user_1")))
	conn := connect(t)
	// Lost a moment ago, at an attempt whose failure would mean a pause of hours.
	for _, left := range []string{
		`UPDATE ` + at.schema + `.river_job
			SET state = 'running', attempt = 10, attempted_at = now(), attempted_by = '{lost}'`,
		`INSERT INTO ` + at.schema + `.river_leader (leader_id, elected_at, expires_at)
			VALUES ('lost', now(), now() + interval '15 seconds')`,
	} {
		_, err := conn.Exec(t.Context(), left)
		require.NoError(t, err)
	}
	start := time.Now()
	b := at.open(t, inbox.Config{})
	r := &recorder{}
	require.NoError(t, b.Start(t.Context(), newSource(t, b, identify(), r.Execute).Process))
	settledWithin(t, b, 90*time.Second)
	assert.Equal(t, []string{"identify msg_1"}, r.recorded())
	t.Logf("a lost machine's job was done %v after its loss", time.Since(start).Round(100*time.Millisecond))
}
