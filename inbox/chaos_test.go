//go:build unix

package inbox_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var chaos = flag.Duration("chaos", 30*time.Second, "how long processes are killed, suspended and cut off")

// newestSide stands for Knock, and knows only what it is asked for: the state of each
// user, and whether that is an older one than it was.
type newestSide struct {
	*httptest.Server
	mu      sync.Mutex
	state   map[string]int
	newest  map[string]int
	wentAt  map[string]time.Time
	wents   int
	longest time.Duration
	calls   int
}

func newNewestSide(t testing.TB) *newestSide {
	k := &newestSide{state: map[string]int{}, newest: map[string]int{}, wentAt: map[string]time.Time{}}
	k.Server = httptest.NewServer(k)
	t.Cleanup(k.Close)
	return k
}

func (k *newestSide) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var c call
	var n int
	if err := json.NewDecoder(r.Body).Decode(&c); err != nil {
		http.Error(w, err.Error(), http.StatusTeapot)
		return
	}
	if _, err := fmt.Sscanf(c.ID, "msg_"+c.User+"_%d", &n); err != nil {
		http.Error(w, err.Error(), http.StatusTeapot)
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.calls++
	k.state[c.User], k.newest[c.User] = n, max(n, k.newest[c.User])
	went, back := k.wentAt[c.User]
	switch {
	case n < k.newest[c.User] && !back:
		k.wents++
		k.wentAt[c.User] = time.Now()
	case n == k.newest[c.User] && back:
		k.longest = max(k.longest, time.Since(went))
		delete(k.wentAt, c.User)
	}
}

// Several processes, whose clocks differ, are killed, suspended for longer than a claim
// lasts, and cut off from the database, while users change.
func TestNoUserStaysInThePastWhateverBecomesOfTheProcesses(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a minute")
	}
	at, k := postgresSite(t), newNewestSide(t)
	var h hosts
	start := func(i int) *child {
		return startChild(t, site{env: append(slices.Clone(at.env), "INBOX_TEST_LATE=1",
			fmt.Sprint("INBOX_TEST_SKEW=", []string{"0s", "1h", "-1h"}[i]))}, &knockSide{Server: k.Server})
	}
	machines := []*child{start(0), start(1), start(2)}
	publish := func() {
		var addrs []string
		for _, m := range machines {
			addrs = append(addrs, m.addr)
		}
		h.set(addrs...)
	}
	publish()
	sender := &senders{targets: h.get, client: &http.Client{Timeout: time.Second}}
	end := time.Now().Add(*chaos)
	const users = 30
	sent := make([]int, users)
	var posting sync.WaitGroup
	for u := range users {
		posting.Go(func() {
			user := fmt.Sprint("user_", u)
			for n := 1; time.Now().Before(end); n += 2 {
				// The newer of two comes first.
				for _, v := range []int{n + 1, n} {
					d := change(fmt.Sprint("msg_", user, "_", v), user, v)
					for !sender.post(d.ID, d.Body) {
						pause(20 * time.Millisecond)
					}
				}
				sent[u] = n + 1
				pause(rand.N(200 * time.Millisecond))
			}
		})
	}
	random := rand.New(rand.NewPCG(1, 2))
	var kills, suspensions, cuts int
	for time.Now().Before(end) {
		i := random.IntN(len(machines))
		switch random.IntN(4) {
		case 0:
			machines[i].kill()
			machines[i] = start(i)
			publish()
			kills++
		case 1, 2:
			require.NoError(t, machines[i].cmd.Process.Signal(syscall.SIGSTOP))
			pause(20 * time.Second)
			require.NoError(t, machines[i].cmd.Process.Signal(syscall.SIGCONT))
			suspensions++
		case 3:
			at.exec(t, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
				WHERE query LIKE '%`+at.schema+`%' AND pid <> pg_backend_pid()`)
			cuts++
		}
		pause(time.Second)
	}
	posting.Wait()
	machines[0].drained(t, 90*time.Second)
	// What is to be applied again is looked for every 10 seconds.
	pause(11 * time.Second)
	machines[0].drained(t, 90*time.Second)
	k.mu.Lock()
	defer k.mu.Unlock()
	assert.Empty(t, k.wentAt, "users that are in an older state")
	for u := range users {
		assert.Equal(t, sent[u], k.state[fmt.Sprint("user_", u)], u)
	}
	t.Logf("%d kills, %d suspensions, %d cuts in %v: %d calls, %d times back, for %v at most; %d users stayed there",
		kills, suspensions, cuts, *chaos, k.calls, k.wents, k.longest.Round(time.Millisecond), len(k.wentAt))
}

func pause(d time.Duration) {
	timer := time.NewTimer(d)
	<-timer.C
}
