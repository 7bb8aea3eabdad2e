//go:build unix

package inbox_test

import (
	"io"
	"math/rand/v2"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// hosts are the addresses that the senders know.
type hosts struct {
	mu    sync.Mutex
	addrs []string
}

func (h *hosts) set(addrs ...string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.addrs = addrs
}

func (h *hosts) get() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.addrs
}

func TestNothingAcknowledgedIsLostToKills(t *testing.T) {
	onBoth(t, func(t *testing.T, at site) {
		cycles, within := 100, 60*time.Second
		if at.engine == "PostgreSQL" {
			cycles, within = 20, 90*time.Second
		}
		if testing.Short() {
			cycles = 3
		}
		random := rand.New(rand.NewPCG(1, uint64(cycles)))
		k := newKnockSide(t)
		var h hosts
		s := startSenders(t, 4, 1_000_000, 10*time.Millisecond, h.get)
		var slowest time.Duration
		var c *child
		for range cycles {
			start := time.Now()
			c = startChild(t, at, k)
			slowest = max(slowest, time.Since(start))
			h.set(c.addr)
			alive := time.NewTimer(50*time.Millisecond + time.Duration(random.Int64N(int64(350*time.Millisecond))))
			<-alive.C
			c.kill()
		}
		s.stop()
		killed := time.Now()
		c = startChild(t, at, k)
		c.drained(t, within)
		took := time.Since(killed)
		c.stop(t)
		t.Logf("%s, %d kills: %s; slowest start %v; all done %v after the last kill", at.engine, cycles,
			account(t, at, k, s.acknowledged()), slowest.Round(time.Millisecond), took.Round(10*time.Millisecond))
	})
}

func TestSQLiteTakesOverAtOnce(t *testing.T) {
	t.Parallel()
	at, k := sqliteSite(t), newKnockSide(t)
	c := startChild(t, at, k)
	s := startSenders(t, 4, 1_000_000, time.Millisecond, func() []string { return []string{c.addr} })
	require.Eventually(t, func() bool { return len(s.acknowledged()) > 100 }, soon, often)
	s.stop()
	c.kill()
	start := time.Now()
	c = startChild(t, at, k)
	stats, err := c.stats()
	require.NoError(t, err)
	up := time.Since(start)
	c.drained(t, soon)
	took := time.Since(start)
	c.stop(t)
	t.Logf("SQLite after a kill: up in %v with a backlog of %d, all done in %v; %s",
		up.Round(time.Millisecond), stats.Backlog(), took.Round(time.Millisecond), account(t, at, k, s.acknowledged()))
}

func TestThreeMachinesLoseOneAndNothingElse(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("takes a minute")
	}
	at, k := postgresSite(t), newKnockSide(t)
	var h hosts
	machines := []*child{startChild(t, at, k), startChild(t, at, k), startChild(t, at, k)}
	h.set(machines[0].addr, machines[1].addr, machines[2].addr)
	// Few users, so that machines compete for them.
	s := startSenders(t, 6, 30, 15*time.Millisecond, h.get)
	require.Eventually(t, func() bool { return len(s.acknowledged()) > 300 }, soon, often)
	machines[0].kill()
	killed := time.Now()
	before := len(s.acknowledged())
	h.set(machines[1].addr, machines[2].addr)
	require.Eventually(t, func() bool { return len(s.acknowledged()) > before+300 }, soon, often)
	s.stop()
	machines[1].drained(t, 90*time.Second)
	took := time.Since(killed)
	machines[1].stop(t)
	machines[2].stop(t)
	t.Logf("3 machines, one killed: %s; all done %v after the kill",
		account(t, at, k, s.acknowledged()), took.Round(10*time.Millisecond))
}

// The disk is full at the limit for the size of a file, which needs no special
// rights and can be lifted again.
func TestAFullDiskIsAnErrorAndThenOver(t *testing.T) {
	t.Parallel()
	at, k := sqliteSite(t), newKnockSide(t)
	c := startChild(t, at, k)
	limit := func(bytes string) {
		response, err := http.Post(c.addr+"/limit?bytes="+bytes, "", nil)
		require.NoError(t, err)
		defer response.Body.Close()
		answer, _ := io.ReadAll(response.Body)
		require.Equal(t, http.StatusOK, response.StatusCode, string(answer))
	}
	s := startSenders(t, 4, 1_000_000, 5*time.Millisecond, func() []string { return []string{c.addr} })
	require.Eventually(t, func() bool { return len(s.acknowledged()) > 50 }, soon, often)
	assert.Zero(t, s.refused.Load(), "refused while there is room")
	limit("4096")
	require.Eventually(t, func() bool { return s.refused.Load() > 50 }, soon, often)
	before := len(s.acknowledged())
	refused := s.refused.Load()
	limit("0")
	lifted := time.Now()
	require.Eventually(t, func() bool { return len(s.acknowledged()) > before+50 }, soon, often)
	recovered := time.Since(lifted)
	s.stop()
	c.drained(t, 90*time.Second)
	took := time.Since(lifted)
	c.stop(t)
	t.Logf("full disk: %d posts refused, 50 accepted %v after there was room, all done after %v; %s", refused,
		recovered.Round(time.Millisecond), took.Round(10*time.Millisecond), account(t, at, k, s.acknowledged()))
}
