package inbox_test

import (
	"bytes"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/clerk/clerktest"
	"github.com/clerkknock/clerkknock/inbox"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// mark is in every private delivery, and nowhere else.
const mark = "PRIVATE-MARK"

// private is an event about a user with a mark in its body and its headers.
func private(id, user string) clerkknock.Delivery {
	d := delivery(id, user)
	d.Body = clerktest.Event("user.created", clerktest.Set("data.id", user),
		clerktest.Set("data.first_name", strings.Repeat(mark, 200)))
	d.Header = map[string][]string{"X-Private": {mark}}
	return d
}

// marks counts what is left of the private deliveries in the site's database: in its files
// if it has some, those of an open inbox included.
func (at site) marks(t testing.TB) (n int) {
	t.Helper()
	if at.engine == "PostgreSQL" {
		// A body is in base64 within JSON.
		return at.count(t, `SELECT (SELECT count(*) FROM river_job
				WHERE args::text LIKE '%`+mark+`%'
				OR position('`+mark+`'::bytea IN coalesce(decode(args ->> 'body', 'base64'), '')) > 0) +
			(SELECT count(*) FROM clerk_events
				WHERE concat(delivery, report, history, planned, planned_history) LIKE '%`+mark+`%'
				OR position('`+mark+`'::bytea IN body) > 0)`)
	}
	for _, suffix := range []string{"", "-wal", "-shm"} {
		raw, err := os.ReadFile(at.path + suffix)
		if os.IsNotExist(err) {
			continue
		}
		require.NoError(t, err)
		n += bytes.Count(raw, []byte(mark))
		for shift := range 3 {
			n += bytes.Count(raw, inBase64(mark, shift))
		}
	}
	return n
}

// inBase64 is how a text looks in base64 when it begins at a byte whose number leaves the
// rest shift when divided by 3, without the characters that its neighbours have a part in.
func inBase64(s string, shift int) []byte {
	s = s[(3-shift)%3:]
	return []byte(base64.StdEncoding.EncodeToString([]byte(s[:len(s)/3*3])))
}

// noted stores deliveries as a Source does, with the event log.
func noted(t testing.TB, b *inbox.Inbox, all ...clerkknock.Delivery) {
	t.Helper()
	for _, d := range all {
		require.NoError(t, b.Put(t.Context(), d))
		require.NoError(t, b.EventLog().Observe(t.Context(), d, clerkknock.Report{
			ID: d.ID, Type: "user.created", Outcome: clerkknock.OutcomeStored, At: d.ReceivedAt,
		}))
	}
}

func TestWhatIsThrownAwayIsInNoFile(t *testing.T) {
	onBoth(t, func(t *testing.T, at site) {
		b := at.open(t, inbox.Config{})
		for i := range 50 {
			require.NoError(t, b.Put(t.Context(), private(fmt.Sprint("msg_", i), "user_1")))
		}
		require.Positive(t, at.marks(t))
		require.NoError(t, b.Discard(t.Context(), "msg_7"))
		_, err := b.DiscardAll(t.Context(), inbox.Filter{})
		require.NoError(t, err)
		assert.Zero(t, at.marks(t), "while it is open")
		require.NoError(t, b.Close())
		assert.Zero(t, at.marks(t), "when it is closed")
	})
}

func TestWhatHasOutlivedItsRetentionIsInNoFile(t *testing.T) {
	onBoth(t, func(t *testing.T, at site) {
		b := at.open(t, inbox.Config{})
		for i := range 50 {
			d := private(fmt.Sprint("msg_", i), "user_1")
			require.NoError(t, b.EventLog().Observe(t.Context(), d, clerkknock.Report{
				Outcome: clerkknock.OutcomeFailed, At: d.ReceivedAt, Err: errors.New("refused"),
			}))
		}
		require.Positive(t, at.marks(t))
		at.age(t, 31*24*time.Hour)
		require.NoError(t, b.Sweep(t.Context()))
		assert.Zero(t, at.marks(t), "while it is open")
		if at.engine == "SQLite" {
			assert.Less(t, at.count(t, `PRAGMA page_count`), 200, "the room is given back")
			assert.Zero(t, at.count(t, `PRAGMA freelist_count`))
		}
		require.NoError(t, b.Close())
		assert.Zero(t, at.marks(t), "when it is closed")
	})
}

func TestAnOlderFileIsTightenedAndCleaned(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no modes")
	}
	at := sqliteSite(t)
	// As a version made it that let pages lie about.
	at.exec(t, `PRAGMA auto_vacuum = NONE`, `CREATE TABLE old (x text)`,
		`INSERT INTO old VALUES ('`+strings.Repeat(mark, 5000)+`')`, `DROP TABLE old`)
	require.NoError(t, os.WriteFile(at.path+".lock", nil, 0o644))
	require.NoError(t, os.Chmod(at.path, 0o644))
	require.Positive(t, at.marks(t))
	b := at.open(t, inbox.Config{})
	assert.EqualValues(t, 2, at.count(t, `PRAGMA auto_vacuum`))
	require.NoError(t, b.Put(t.Context(), delivery("msg_1", "user_1")))
	for _, suffix := range []string{"", "-wal", "-shm", ".lock"} {
		info, err := os.Stat(at.path + suffix)
		require.NoError(t, err)
		assert.Zero(t, info.Mode().Perm()&0o077, "others can read %s", suffix)
	}
	require.NoError(t, b.Close())
	assert.Zero(t, at.marks(t))
}

func TestAReaderHoldsUpASweepForAMomentAlone(t *testing.T) {
	t.Parallel()
	at := sqliteSite(t)
	b := at.open(t, inbox.Config{})
	require.NoError(t, b.Put(t.Context(), private("msg_1", "user_1")))
	db, err := sql.Open("sqlite", "file:"+at.path)
	require.NoError(t, err)
	defer db.Close()
	backup, err := db.BeginTx(t.Context(), &sql.TxOptions{ReadOnly: true})
	require.NoError(t, err)
	var n int
	require.NoError(t, backup.QueryRowContext(t.Context(), `SELECT count(*) FROM river_job`).Scan(&n))
	start := time.Now()
	require.NoError(t, b.Discard(t.Context(), "msg_1"))
	assert.Less(t, time.Since(start), 5*time.Second)
	require.NoError(t, backup.Rollback())
	require.NoError(t, b.Sweep(t.Context()))
	assert.Zero(t, at.marks(t))
}
