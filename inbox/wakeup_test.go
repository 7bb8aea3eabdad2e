//go:build unix

package inbox_test

import (
	"flag"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var wakeups = flag.Int("wakeups", 20, "how many calls of each kind are to be sent by a process that wakes up")

// atOnce is how many of them there are at a time.
const atOnce = 100

// A process is suspended with calls that it has not sent, and others apply newer events.
func TestProcessesThatWakeUpLeaveNothingOld(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("takes a minute")
	}
	for name, test := range map[string]struct {
		env []string
		// stopped is true if time passes for nobody but the database.
		stopped bool
		// late is true if calls have left when the process falls asleep.
		late bool
	}{
		"calls wait for the limit, and time passes":       {env: []string{"INBOX_TEST_SHARE=0.2"}},
		"calls wait for the limit, and time stands still": {env: []string{"INBOX_TEST_SHARE=0.2"}, stopped: true},
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
				env = append(slices.Concat(at.env, env), fmt.Sprint("INBOX_TEST_WORKERS=", 2*atOnce), "INBOX_TEST_TIMEOUT=10s")
				return startChild(t, site{env: env}, &knockSide{Server: k.Server})
			}
			woke, rounds := 0, 0
			for woke < *wakeups {
				n := min(atOnce, *wakeups)
				users := make([]string, n)
				for i := range users {
					users[i] = fmt.Sprintf("user_%d_%d", rounds, i)
				}
				sleeper := start(test.env)
				postAll(t, sleeper, users, 1)
				require.Eventually(t, func() bool {
					return at.count(t, `SELECT count(*) FROM clerk_claims WHERE name LIKE 'entity/%'`)+k.reached(users, 1) >= n
				}, soon, often)
				require.NoError(t, sleeper.cmd.Process.Signal(syscall.SIGSTOP))
				pause(50 * time.Millisecond) // for what is in the sockets
				woke += n - k.reached(users, 1)
				if test.stopped {
					at.exec(t, `UPDATE clerk_claims SET expires_at = `+justNow)
				}
				other := start(awake)
				postAll(t, other, users, 2)
				require.Eventually(t, func() bool { return k.reached(users, 2) == n }, 2*time.Minute, often)
				require.NoError(t, sleeper.cmd.Process.Signal(syscall.SIGCONT))
				other.drained(t, 2*time.Minute)
				for end := time.Now().Add(30 * time.Second); k.stale() > 0 && time.Now().Before(end); {
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

// postAll sends the n-th change of each user.
func postAll(t testing.TB, c *child, users []string, n int) {
	t.Helper()
	s := &senders{targets: func() []string { return []string{c.addr} }, client: &http.Client{Timeout: 20 * time.Second}}
	var all sync.WaitGroup
	for page := range slices.Chunk(users, len(users)/4+1) {
		all.Go(func() {
			for _, user := range page {
				d := change(fmt.Sprintf("msg_%s_%d", user, n), user, n)
				assert.True(t, s.post(d.ID, d.Body))
			}
		})
	}
	all.Wait()
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
