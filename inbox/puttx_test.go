package inbox_test

import (
	"database/sql"
	"path/filepath"
	"testing"

	"github.com/clerkknock/clerkknock/inbox"
	"github.com/clerkknock/clerkknock/inbox/postgres"
	"github.com/clerkknock/clerkknock/inbox/sqlite"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestPutTxStoresWithTheHostsTransactionOnSQLite(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "clerk.db")
	b, err := sqlite.Open(t.Context(), path, inbox.Config{})
	require.NoError(t, err)
	defer b.Close()
	host, err := sql.Open("sqlite", "file:"+path+"?_pragma=busy_timeout(10000)&_txlock=immediate")
	require.NoError(t, err)
	defer host.Close()
	put := func(t *testing.T) *sql.Tx {
		tx, err := host.BeginTx(t.Context(), nil)
		require.NoError(t, err)
		require.NoError(t, b.PutTx(t.Context(), tx, delivery("msg_1", "user_1")))
		return tx
	}
	t.Run("a transaction that is rolled back stores nothing", func(t *testing.T) {
		require.NoError(t, put(t).Rollback())
		assert.Zero(t, waiting(t, b.Inbox))
	})
	t.Run("one that is committed stores the delivery", func(t *testing.T) {
		require.NoError(t, put(t).Commit())
		assert.Equal(t, 1, waiting(t, b.Inbox))
	})
}

func TestPutTxStoresWithTheHostsTransactionOnPostgreSQL(t *testing.T) {
	t.Parallel()
	at := postgresSite(t)
	pool, err := pgxpool.New(t.Context(), databaseURL(t))
	require.NoError(t, err)
	defer pool.Close()
	b, err := postgres.OpenPool(t.Context(), pool, inbox.Config{Schema: at.schema})
	require.NoError(t, err)
	put := func(t *testing.T) pgx.Tx {
		tx, err := pool.Begin(t.Context())
		require.NoError(t, err)
		require.NoError(t, b.PutTx(t.Context(), tx, delivery("msg_1", "user_1")))
		return tx
	}
	t.Run("a transaction that is rolled back stores nothing", func(t *testing.T) {
		require.NoError(t, put(t).Rollback(t.Context()))
		assert.Zero(t, waiting(t, b.Inbox))
	})
	t.Run("one that is committed stores the delivery", func(t *testing.T) {
		require.NoError(t, put(t).Commit(t.Context()))
		assert.Equal(t, 1, waiting(t, b.Inbox))
	})
	require.NoError(t, b.Close())
	require.NoError(t, pool.Ping(t.Context()), "the host's pool is the host's to close")
}

// waiting is how many deliveries wait for a worker.
func waiting(t *testing.T, b *inbox.Inbox) int {
	t.Helper()
	s, err := b.Stats(t.Context())
	require.NoError(t, err)
	return s.Waiting
}
