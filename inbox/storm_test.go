//go:build unix

package inbox_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// asleep is for how long a process is suspended. Its claims last for 12 seconds.
const asleep = 15 * time.Second

// storm is what befalls three processes that share a database.
type storm struct {
	at       site
	knock    *newestSide
	hosts    hosts
	machines []*machine
	random   *rand.Rand
	faults   []string
	// What has been done; of the kills those of a process that had just woken up.
	kills, justAwake, suspensions, skews, cuts int
}

// machine is a process, suspended until wakes if that is not zero.
type machine struct {
	*child
	wakes time.Time
}

func newStorm(t testing.TB, at site, k *newestSide) *storm {
	s := &storm{at: at, knock: k, random: rand.New(rand.NewPCG(1, 2))}
	for range 3 {
		s.machines = append(s.machines, &machine{child: s.start(t)})
	}
	s.publish()
	return s
}

// skew is an offset of up to an hour.
func (s *storm) skew() string {
	return (time.Duration(s.random.Int64N(int64(2*time.Hour))) - time.Hour).String()
}

func (s *storm) start(t testing.TB) *child {
	env := append(slices.Clone(s.at.env), "INBOX_TEST_LATE=500ms", "INBOX_TEST_SKEW="+s.skew())
	return startChild(t, site{env: env}, &knockSide{Server: s.knock.Server})
}

func (s *storm) publish() {
	var addrs []string
	for _, m := range s.machines {
		addrs = append(addrs, m.addr)
	}
	s.hosts.set(addrs...)
}

// rage brings so many faults of each kind, in any order.
func (s *storm) rage(t testing.TB, counts map[string]int) {
	for kind, n := range counts {
		s.faults = append(s.faults, slices.Repeat([]string{kind}, n)...)
	}
	slices.Sort(s.faults)
	s.random.Shuffle(len(s.faults), func(i, j int) { s.faults[i], s.faults[j] = s.faults[j], s.faults[i] })
	for len(s.faults) > 0 || len(s.awake()) < len(s.machines) {
		for _, m := range s.machines {
			if !m.wakes.IsZero() && time.Now().After(m.wakes) {
				s.wake(t, m)
			}
		}
		if len(s.faults) > 0 && s.strike(t, s.faults[0]) {
			s.faults = s.faults[1:]
		}
		pause(time.Duration(s.random.Int64N(int64(time.Second))))
	}
}

func (s *storm) awake() (all []*machine) {
	for _, m := range s.machines {
		if m.wakes.IsZero() {
			all = append(all, m)
		}
	}
	return all
}

// strike brings one fault, unless it would be one too many at once.
func (s *storm) strike(t testing.TB, kind string) bool {
	awake := s.awake()
	m := awake[s.random.IntN(len(awake))]
	switch kind {
	case "suspension":
		if len(awake) == 1 {
			return false
		}
		require.NoError(t, m.cmd.Process.Signal(syscall.SIGSTOP))
		m.wakes = time.Now().Add(asleep)
		s.suspensions++
	case "kill": // not of one that sleeps, which has to wake up
		s.kill(t, m)
	case "skew":
		response, err := http.Post(m.addr+"/skew?by="+s.skew(), "", nil)
		if assert.NoError(t, err) {
			response.Body.Close()
		}
		s.skews++
	case "cut":
		s.at.exec(t, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
			WHERE query LIKE '%`+s.at.schema+`%' AND pid <> pg_backend_pid()`)
		s.cuts++
	}
	return true
}

func (s *storm) kill(t testing.TB, m *machine) {
	m.child.kill()
	m.child, m.wakes = s.start(t), time.Time{}
	s.publish()
	s.kills++
}

// wake wakes a process up. Some are killed before they can say what they have done.
func (s *storm) wake(t testing.TB, m *machine) {
	require.NoError(t, m.cmd.Process.Signal(syscall.SIGCONT))
	m.wakes = time.Time{}
	if i := slices.Index(s.faults, "kill"); i >= 0 && s.random.IntN(3) == 0 {
		s.faults = slices.Delete(s.faults, i, i+1)
		pause(time.Duration(s.random.Int64N(int64(300 * time.Millisecond))))
		s.kill(t, m)
		s.justAwake++
	}
}

// String says what has been done.
func (s *storm) String() string {
	return fmt.Sprintf("%d kills (%d just awake), %d suspensions, %d skews, %d cuts",
		s.kills, s.justAwake, s.suspensions, s.skews, s.cuts)
}
