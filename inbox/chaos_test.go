//go:build unix

package inbox_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

var (
	kills       = flag.Int("kills", 6, "how often a process is killed")
	suspensions = flag.Int("suspensions", 2, "how often a process is suspended for longer than its claims last")
	skews       = flag.Int("skews", 4, "how often a clock is set, by up to an hour")
	cuts        = flag.Int("cuts", 2, "how often all connections to the database are cut")
)

// Several processes are killed, suspended for longer than a claim lasts, also one right
// after the other, and cut off from the database, and their clocks are set, while users
// change.
func TestNoUserStaysInThePastWhateverBecomesOfTheProcesses(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a minute")
	}
	at, k := postgresSite(t), newNewestSide(t)
	s := newStorm(t, at, k)
	sender := &senders{targets: s.hosts.get, client: &http.Client{Timeout: time.Second}}
	const users = 30
	acked := make([][]string, users)
	newest := make([]int, users)
	over := make(chan struct{})
	var posting sync.WaitGroup
	for u := range users {
		posting.Go(func() {
			user := fmt.Sprint("user_", u)
			for n := 1; ; n += 2 {
				// The newer of two comes first.
				for _, v := range []int{n + 1, n} {
					d := change(fmt.Sprint("msg_", user, "_", v), user, v)
					for !sender.post(d.ID, d.Body) {
						pause(20 * time.Millisecond)
					}
					acked[u] = append(acked[u], d.ID)
				}
				newest[u] = n + 1
				select {
				case <-over:
					return
				default:
					pause(rand.N(2 * time.Second))
				}
			}
		})
	}
	start := time.Now()
	s.rage(t, map[string]int{"kill": *kills, "suspension": *suspensions, "skew": *skews, "cut": *cuts})
	close(over)
	posting.Wait()
	took := time.Since(start)
	s.machines[0].drained(t, 90*time.Second)
	// What a killed process has sent late is followed by the newest after a minute.
	for end := time.Now().Add(90 * time.Second); k.stale() > 0 && time.Now().Before(end); {
		pause(100 * time.Millisecond)
	}
	s.machines[0].drained(t, 90*time.Second)
	k.mu.Lock()
	defer k.mu.Unlock()
	var all, lost int
	for u := range users {
		assert.Equal(t, newest[u], k.state[fmt.Sprint("user_", u)], u)
		for _, id := range acked[u] {
			all++
			if !k.done(id + " trigger") {
				lost++
			}
		}
	}
	assert.Empty(t, k.wentAt, "users that are in an older state")
	assert.Zero(t, lost, "acknowledged events that have triggered nothing")
	assert.Zero(t, k.rekeyed(), "steps with two idempotency keys")
	t.Logf("%v in %v: %d acknowledged, %d lost; %d calls, %d steps under a second key; "+
		"%d times back, for %v at most; %d users stayed there", s, took.Round(time.Second),
		all, lost, k.calls, k.rekeyed(), k.wents, k.longest.Round(time.Millisecond), len(k.wentAt))
}

func pause(d time.Duration) {
	timer := time.NewTimer(d)
	<-timer.C
}
