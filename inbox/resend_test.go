package inbox_test

import (
	"database/sql"
	"path/filepath"
	"testing"

	"github.com/clerkknock/clerkknock/inbox"
	"github.com/clerkknock/clerkknock/inbox/postgres"
	"github.com/clerkknock/clerkknock/inbox/sqlite"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Somebody mends the cause, and resends from Clerk's dashboard what is dead here.
func TestADeadDeliveryThatIsSentAgainIsReplayed(t *testing.T) {
	onBoth(t, func(t *testing.T, at site) {
		b := at.open(t, inbox.Config{})
		r := &recorder{fail: diesAtFirst("identify")}
		require.NoError(t, b.Start(t.Context(), newSource(t, b, identifyAndTrigger(), r.Execute).Process))
		// The trigger is done at the first time, and then not again.
		first, second := []string{"identify msg_1", "trigger msg_1"}, "identify msg_1"
		want := [][]string{first, append(first[:2:2], second), append(first[:2:2], second)}
		for i, dead := range []int{1, 0, 0} {
			require.NoError(t, b.Put(t.Context(), delivery("msg_1", "user_1")))
			settled(t, b)
			assert.Equal(t, want[i], r.recorded())
			s, err := b.Stats(t.Context())
			require.NoError(t, err)
			assert.Equal(t, dead, s.Dead)
		}
	})
}

// In a transaction of the host's it is replayed if and when that is committed.
func TestADeadDeliveryIsReplayedWithTheHostsTransaction(t *testing.T) {
	t.Parallel()
	d := delivery("msg_1", "user_1")
	die := func(t *testing.T, b *inbox.Inbox) {
		require.NoError(t, b.Put(t.Context(), d))
		r := &recorder{fail: diesAtFirst("identify")}
		require.NoError(t, b.Start(t.Context(), newSource(t, b, identify(), r.Execute).Process))
		settled(t, b)
		require.NoError(t, b.Stop(t.Context()))
		require.Zero(t, waiting(t, b))
	}
	t.Run("SQLite", func(t *testing.T) {
		t.Parallel()
		path := filepath.Join(t.TempDir(), "clerk.db")
		b, err := sqlite.Open(t.Context(), path, silent(inbox.Config{}))
		require.NoError(t, err)
		die(t, closed(t, b.Inbox))
		db, err := sql.Open("sqlite", "file:"+path+"?_pragma=busy_timeout(10000)&_txlock=immediate")
		require.NoError(t, err)
		defer db.Close()
		for i, end := range []string{"ROLLBACK", "COMMIT"} {
			tx, err := db.BeginTx(t.Context(), nil)
			require.NoError(t, err)
			require.NoError(t, b.PutTx(t.Context(), tx, d))
			if end == "COMMIT" {
				require.NoError(t, tx.Commit())
			} else {
				require.NoError(t, tx.Rollback())
			}
			assert.Equal(t, i, waiting(t, b.Inbox), end)
		}
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		t.Parallel()
		at := postgresSite(t)
		pool, err := pgxpool.New(t.Context(), smallPool(databaseURL(t)))
		require.NoError(t, err)
		t.Cleanup(pool.Close)
		b, err := postgres.OpenPool(t.Context(), pool, silent(inbox.Config{Schema: at.schema}))
		require.NoError(t, err)
		die(t, closed(t, b.Inbox))
		for i, end := range []string{"ROLLBACK", "COMMIT"} {
			tx, err := pool.Begin(t.Context())
			require.NoError(t, err)
			require.NoError(t, b.PutTx(t.Context(), tx, d))
			if end == "COMMIT" {
				require.NoError(t, tx.Commit(t.Context()))
			} else {
				require.NoError(t, tx.Rollback(t.Context()))
			}
			assert.Equal(t, i, waiting(t, b.Inbox), end)
		}
	})
}
