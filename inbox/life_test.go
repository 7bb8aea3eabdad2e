package inbox_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/inbox"
	"github.com/clerkknock/clerkknock/inbox/postgres"
	"github.com/clerkknock/clerkknock/inbox/sqlite"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestStopLosesNoAttempt(t *testing.T) {
	onBoth(t, func(t *testing.T, at site) {
		b := at.open(t, inbox.Config{MaxAttempts: 1, StopTimeout: 200 * time.Millisecond})
		started := make(chan struct{})
		var once sync.Once
		hang := func(ctx context.Context, _ clerkknock.Invocation) error {
			once.Do(func() { close(started) })
			<-ctx.Done()
			return fmt.Errorf("knock: %w", ctx.Err())
		}
		require.NoError(t, b.Put(t.Context(), delivery("msg_1", "user_1")))
		require.NoError(t, b.Start(t.Context(), newSource(t, b, identify(), hang).Process))
		require.Error(t, b.Start(t.Context(), newSource(t, b, identify(), hang).Process), "started twice")
		<-started
		stopping := time.Now()
		require.NoError(t, b.Stop(t.Context()))
		took := time.Since(stopping)
		require.NoError(t, b.Stop(t.Context()))
		assert.Less(t, took, 5*time.Second)

		s, err := b.Stats(t.Context())
		require.NoError(t, err)
		assert.Equal(t, 1, s.Waiting, "%+v", s)
		// The only attempt is still there.
		r := &recorder{}
		require.NoError(t, b.Start(t.Context(), newSource(t, b, identify(), r.Execute).Process))
		settled(t, b)
		assert.Equal(t, []string{"identify msg_1"}, r.recorded())
		t.Logf("%s: stopped in %v", at.engine, took.Round(time.Millisecond))
	})
}

func TestStopLetsWorkersFinish(t *testing.T) {
	onBoth(t, func(t *testing.T, at site) {
		b := at.open(t, inbox.Config{})
		started, finish := make(chan struct{}), make(chan struct{})
		work := func(ctx context.Context, _ clerkknock.Invocation) error {
			close(started)
			<-finish
			return ctx.Err()
		}
		require.NoError(t, b.Put(t.Context(), delivery("msg_1", "user_1")))
		ctx, cancel := context.WithCancel(t.Context())
		require.NoError(t, b.Start(ctx, newSource(t, b, identify(), work).Process))
		<-started
		cancel() // the host's own signal to stop
		require.NoError(t, b.Put(t.Context(), delivery("msg_2", "user_2")), "what is stopping still stores")
		close(finish)
		require.NoError(t, b.Stop(t.Context()))
		s, err := b.Stats(t.Context())
		require.NoError(t, err)
		assert.Equal(t, 1, s.Backlog(), "%+v", s)
	})
}

func TestAFullInboxRefusesUntilThereIsRoom(t *testing.T) {
	onBoth(t, func(t *testing.T, at site) {
		b := at.open(t, inbox.Config{MaxBacklog: 5})
		for i := range 5 {
			require.NoError(t, b.Put(t.Context(), delivery(fmt.Sprint("msg_", i), "user_1")))
		}
		require.ErrorIs(t, b.Put(t.Context(), delivery("msg_5", "user_1")), clerkknock.ErrInboxFull)
		require.NoError(t, b.Start(t.Context(), newSource(t, b, identify(), (&recorder{}).Execute).Process))
		require.Eventually(t, func() bool { return b.Put(t.Context(), delivery("msg_5", "user_1")) == nil }, soon, often)
	})
}

func TestADeadDeliveryIsLogged(t *testing.T) {
	onBoth(t, func(t *testing.T, at site) {
		var mu sync.Mutex
		var lines bytes.Buffer
		b := at.open(t, inbox.Config{MaxAttempts: 1, Logger: slog.New(slog.NewTextHandler(locked{&mu, &lines}, nil))})
		r := &recorder{fail: func(call string, _ int) error {
			err := errors.New("refused")
			if strings.Contains(call, "permanent") {
				err = clerkknock.Permanent(err)
			}
			return err
		}}
		require.NoError(t, b.Put(t.Context(), delivery("msg_permanent", "user_1")))
		require.NoError(t, b.Put(t.Context(), delivery("msg_exhausted", "user_2")))
		require.NoError(t, b.Start(t.Context(), newSource(t, b, identify(), r.Execute).Process))
		settled(t, b)
		require.NoError(t, b.Stop(t.Context()))
		mu.Lock()
		defer mu.Unlock()
		for _, id := range []string{"msg_permanent", "msg_exhausted"} {
			assert.Contains(t, lines.String(), `msg="clerkknock: delivery is dead" svix_id=`+id)
		}
		assert.NotContains(t, lines.String(), "example.com")
	})
}

type locked struct {
	mu *sync.Mutex
	b  *bytes.Buffer
}

func (l locked) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func TestOldRecordsAreRemovedAndYoungOnesKept(t *testing.T) {
	onBoth(t, func(t *testing.T, at site) {
		now := time.Now()
		var mu sync.Mutex
		clock := func() time.Time {
			mu.Lock()
			defer mu.Unlock()
			return now
		}
		b := at.open(t, inbox.Config{Now: clock})
		const many = 1200 // more than one statement removes
		l, log := b.Ledger(), b.EventLog()
		c, err := l.Claim(t.Context(), "msg_1", "user/1")
		require.NoError(t, err)
		for i := range many {
			require.NoError(t, l.Record(t.Context(), c, fmt.Sprint(i), clerkknock.Version{Time: now}))
		}
		require.NoError(t, l.Release(t.Context(), c))
		for _, outcome := range []clerkknock.Outcome{clerkknock.OutcomeSucceeded, clerkknock.OutcomeFailed} {
			require.NoError(t, log.Record(t.Context(), clerkknock.Entry{At: now, Report: clerkknock.Report{Outcome: outcome}}))
		}
		remaining := func(after time.Duration) (steps, entries int, version bool) {
			mu.Lock()
			now = now.Add(after)
			mu.Unlock()
			require.NoError(t, b.(interface{ RemoveOld(context.Context) error }).RemoveOld(t.Context()))
			c, err := l.Claim(t.Context(), "msg_1", "user/1")
			require.NoError(t, err)
			require.NoError(t, l.Release(t.Context(), c))
			logged, err := log.Entries(t.Context(), clerkknock.EntryQuery{})
			require.NoError(t, err)
			return len(c.Done), len(logged), !c.Newest.IsZero()
		}
		const day = 24 * time.Hour
		steps, entries, version := remaining(8 * day)
		assert.Equal(t, []any{many, 1, true}, []any{steps, entries, version}, "after 8 days the dead are kept")
		steps, entries, version = remaining(23 * day)
		assert.Equal(t, []any{0, 0, false}, []any{steps, entries, version}, "after 31 days all is gone")
	})
}

// Not parallel: it counts the goroutines of the process.
func TestCloseLeavesNothingRunning(t *testing.T) {
	for _, place := range []func(testing.TB) site{sqliteSite, postgresSite} {
		before := runtime.NumGoroutine()
		at := place(t)
		b := at.open(t, inbox.Config{})
		require.NoError(t, b.Start(t.Context(), newSource(t, b, identify(), (&recorder{}).Execute).Process))
		require.NoError(t, b.Put(t.Context(), delivery("msg_1", "user_1")))
		settled(t, b)
		during := runtime.NumGoroutine()
		require.NoError(t, b.Close())
		require.NoError(t, b.Close(), "a second time")
		// One more asks.
		require.Eventually(t, func() bool { return runtime.NumGoroutine() <= before+1 }, soon, often)
		t.Logf("%s: %d goroutines while open, %d more than before and after", at.engine, during, during-before)
	}
}

func TestASecondProcessIsRefusedTheSQLiteFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "clerk.db")
	first, err := sqlite.Open(t.Context(), path, inbox.Config{})
	require.NoError(t, err)
	_, err = sqlite.Open(t.Context(), path, inbox.Config{})
	require.ErrorIs(t, err, sqlite.ErrInUse)
	require.NoError(t, first.Close())
	second, err := sqlite.Open(t.Context(), path, inbox.Config{})
	require.NoError(t, err)
	require.NoError(t, second.Close())
	for _, file := range []string{path, path + ".lock"} {
		info, err := os.Stat(file)
		require.NoError(t, err)
		if runtime.GOOS != "windows" {
			assert.Zero(t, info.Mode().Perm()&0o077, "others can read %s", file)
		}
	}
}

func TestAnyPathIsAFile(t *testing.T) {
	t.Parallel()
	b, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "a?b#c%20d e.db"), inbox.Config{})
	require.NoError(t, err)
	require.NoError(t, b.Put(t.Context(), delivery("msg_1", "user_1")))
	require.NoError(t, b.Close())
	require.Error(t, b.Put(t.Context(), delivery("msg_2", "user_1")))
	_, err = sqlite.Open(t.Context(), "", inbox.Config{})
	require.Error(t, err)
	_, err = sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "none", "clerk.db"), inbox.Config{})
	require.Error(t, err)
}

func TestPutTxStoresWithTheHostsTransactionOnSQLite(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "clerk.db")
	b, err := sqlite.Open(t.Context(), path, inbox.Config{})
	require.NoError(t, err)
	defer b.Close()
	host, err := sql.Open("sqlite", "file:"+path+"?_pragma=busy_timeout(10000)&_txlock=immediate")
	require.NoError(t, err)
	defer host.Close()
	for _, commit := range []bool{false, true} {
		tx, err := host.BeginTx(t.Context(), nil)
		require.NoError(t, err)
		require.NoError(t, b.PutTx(t.Context(), tx, delivery("msg_1", "user_1")))
		if commit {
			require.NoError(t, tx.Commit())
		} else {
			require.NoError(t, tx.Rollback())
		}
		s, err := b.Stats(t.Context())
		require.NoError(t, err)
		assert.Equal(t, commit, s.Waiting == 1, "%+v", s)
	}
}

func TestPutTxStoresWithTheHostsTransactionOnPostgreSQL(t *testing.T) {
	t.Parallel()
	at := postgresSite(t)
	pool, err := pgxpool.New(t.Context(), databaseURL(t))
	require.NoError(t, err)
	defer pool.Close()
	b, err := postgres.OpenPool(t.Context(), pool, inbox.Config{Schema: at.schema})
	require.NoError(t, err)
	for _, commit := range []bool{false, true} {
		tx, err := pool.Begin(t.Context())
		require.NoError(t, err)
		require.NoError(t, b.PutTx(t.Context(), tx, delivery("msg_1", "user_1")))
		if commit {
			require.NoError(t, tx.Commit(t.Context()))
		} else {
			require.NoError(t, tx.Rollback(t.Context()))
		}
		s, err := b.Stats(t.Context())
		require.NoError(t, err)
		assert.Equal(t, commit, s.Waiting == 1, "%+v", s)
	}
	require.NoError(t, b.Close())
	require.NoError(t, pool.Ping(t.Context()), "the host's pool is the host's to close")
}

func TestAConnectionErrorHasNoPassword(t *testing.T) {
	t.Parallel()
	for _, url := range []string{
		"postgres://user:hunter2@127.0.0.1:1/db",
		"postgres://user:hunter2@127.0.0.1:port/db",
		"host=127.0.0.1 port=1 password=hunter2 bad",
	} {
		_, err := postgres.Open(t.Context(), url, inbox.Config{})
		require.Error(t, err)
		assert.NotContains(t, err.Error(), "hunter2")
		t.Log(err)
	}
}

func TestAConfigWithANegativeFieldIsRefused(t *testing.T) {
	t.Parallel()
	_, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "clerk.db"), inbox.Config{Workers: -1})
	require.ErrorContains(t, err, "Config.Workers")
}
