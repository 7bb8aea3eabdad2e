//go:build unix

package inbox_test

import (
	"flag"
	"fmt"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/clerkknock/clerkknock/inbox"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var wakeups = flag.Int("wakeups", 20, "how many calls of each kind are to be sent by a process that wakes up")

// atOnce is how many of them there are at a time.
const atOnce = 200

// A process is suspended with calls that it has not sent, and others apply newer events.
func TestProcessesThatWakeUpLeaveNothingOld(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("takes a minute")
	}
	// So few calls a second that most of them still wait for their turn.
	n := min(atOnce, *wakeups)
	slow := fmt.Sprint("INBOX_TEST_SHARE=", 0.6*float64(n)/atOnce)
	for name, test := range map[string]struct {
		env []string
		// stopped is true if time passes for nobody but the database.
		stopped bool
		// late is true if calls have left when the process falls asleep.
		late bool
	}{
		"calls wait for the limit, and time passes":       {env: []string{slow}},
		"calls wait for the limit, and time stands still": {env: []string{slow}, stopped: true},
		"calls are on their way, and time stands still":   {env: []string{"INBOX_TEST_LATE=5s"}, stopped: true, late: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			at, k := postgresSite(t), newNewestSide(t)
			awake := []string{"INBOX_TEST_SHARE=1"}
			if test.late {
				awake = []string{"INBOX_TEST_LATE=50ms"}
			}
			start := func(env []string) *child {
				env = append(slices.Concat(at.env, env), fmt.Sprint("INBOX_TEST_WORKERS=", 2*n), "INBOX_TEST_TIMEOUT=6s")
				return startChild(t, site{env: env}, &knockSide{Server: k.Server})
			}
			box, conn := at.open(t, inbox.Config{}), connect(t)
			woke, rounds := 0, 0
			for woke < *wakeups {
				require.Less(t, rounds, 10+10*(*wakeups)/n, "hardly a call is sent by a process that wakes up")
				users := make([]string, n)
				for i := range users {
					users[i] = fmt.Sprintf("user_%d_%d", rounds, i)
				}
				putAll(t, box, users, 1)
				sleeper := start(test.env)
				for end := time.Now().Add(soon); claims(t, conn, at)+k.reached(users, 1) < n; pause(often) {
					require.True(t, time.Now().Before(end), "not all are claimed")
				}
				pause(time.Second) // until they wait for the limit, or are on their way
				require.NoError(t, sleeper.cmd.Process.Signal(syscall.SIGSTOP))
				pause(50 * time.Millisecond) // for what is in the sockets
				woke += n - k.reached(users, 1)
				if test.stopped {
					at.exec(t, `UPDATE clerk_claims SET expires_at = `+justNow)
				}
				other := start(awake)
				putAll(t, box, users, 2)
				require.Eventually(t, func() bool { return k.reached(users, 2) == n }, 2*time.Minute, often)
				require.NoError(t, sleeper.cmd.Process.Signal(syscall.SIGCONT))
				other.drained(t, 2*time.Minute)
				for end := time.Now().Add(90 * time.Second); k.stale() > 0 && time.Now().Before(end); {
					pause(20 * time.Millisecond)
				}
				other.drained(t, 2*time.Minute)
				sleeper.kill()
				other.kill()
				assert.Zero(t, k.stale(), "users that are in an older state")
				assert.Equal(t, n, k.reached(users, 2))
				rounds++
			}
			k.mu.Lock()
			defer k.mu.Unlock()
			assert.Zero(t, k.rekeyed(), "steps with two idempotency keys")
			if !test.late {
				assert.Zero(t, k.wents, "older states were sent")
			}
			t.Logf("%d calls of %d processes that woke up: %d times back, for %v at most; %d users stayed there",
				woke, rounds, k.wents, k.longest.Round(time.Millisecond), len(k.wentAt))
		})
	}
}

// claims is how many entities are claimed.
func claims(t testing.TB, conn *pgx.Conn, at site) (n int) {
	require.NoError(t, conn.QueryRow(t.Context(),
		`SELECT count(*) FROM `+at.schema+`.clerk_claims WHERE name LIKE 'entity/%'`).Scan(&n))
	return n
}

// putAll stores the n-th change of each user.
func putAll(t testing.TB, box *inbox.Inbox, users []string, n int) {
	t.Helper()
	for _, user := range users {
		require.NoError(t, box.Put(t.Context(), change(fmt.Sprintf("msg_%s_%d", user, n), user, n)))
	}
}

// reached counts the users that have been in a state.
func (k *newestSide) reached(users []string, n int) (count int) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, user := range users {
		if k.newest[user] >= n {
			count++
		}
	}
	return count
}

// A process falls asleep in the middle of a transaction, with rows that others need.
func TestAProcessThatSleepsHoldsNoRows(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("takes half a minute")
	}
	at, k := postgresSite(t), newKnockSide(t)
	c := startChild(t, at, k)
	startSenders(t, 8, 30, time.Millisecond, func() []string { return []string{c.addr} })
	conn := connect(t)
	holding := func() bool {
		var n int
		require.NoError(t, conn.QueryRow(t.Context(), `SELECT count(*) FROM pg_stat_activity
			WHERE state = 'idle in transaction' AND query LIKE '%`+at.schema+`%' AND pid <> pg_backend_pid()`).Scan(&n))
		return n > 0
	}
	for end := time.Now().Add(soon); ; {
		require.NoError(t, c.cmd.Process.Signal(syscall.SIGSTOP))
		pause(50 * time.Millisecond) // for what is in the sockets
		if holding() {
			break
		}
		require.NoError(t, c.cmd.Process.Signal(syscall.SIGCONT))
		pause(20 * time.Millisecond)
		require.True(t, time.Now().Before(end), "it never sleeps in a transaction")
	}
	for end := time.Now().Add(20 * time.Second); holding(); pause(100 * time.Millisecond) {
		require.True(t, time.Now().Before(end), "it holds its rows")
	}
}
