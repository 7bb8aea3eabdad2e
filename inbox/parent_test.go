//go:build unix

package inbox_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/clerkknock/clerkknock/clerk/clerktest"
	"github.com/clerkknock/clerkknock/inbox"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// knockSide stands for Knock, in the parent: it outlives the hosts and
// remembers everything they ask for.
type knockSide struct {
	*httptest.Server
	mu sync.Mutex
	// keys has, for each step of each event, how often each idempotency key was
	// answered with success.
	keys     map[string]map[string]int
	failed   map[string]bool
	inFlight map[string]int
	overlaps int
}

func newKnockSide(t testing.TB) *knockSide {
	k := &knockSide{keys: map[string]map[string]int{}, failed: map[string]bool{}, inFlight: map[string]int{}}
	k.Server = httptest.NewServer(k)
	t.Cleanup(k.Close)
	return k
}

// ServeHTTP takes its time. Of every 20 events it fails one for now, at the
// first attempt, and of every 50 it refuses one for good.
func (k *knockSide) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var c call
	if err := json.NewDecoder(r.Body).Decode(&c); err != nil {
		http.Error(w, err.Error(), http.StatusTeapot)
		return
	}
	k.mu.Lock()
	if k.inFlight[c.User]++; k.inFlight[c.User] > 1 {
		k.overlaps++
	}
	k.mu.Unlock()
	effect := time.NewTimer(5 * time.Millisecond)
	<-effect.C
	k.mu.Lock()
	defer k.mu.Unlock()
	k.inFlight[c.User]--
	step := c.ID + " " + c.Step
	switch {
	case c.Step == "trigger" && dies(c.ID):
		w.WriteHeader(http.StatusUnprocessableEntity)
		return
	case c.Step == "trigger" && sum(c.ID)%20 == 1 && !k.failed[step]:
		k.failed[step] = true
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	if k.keys[step] == nil {
		k.keys[step] = map[string]int{}
	}
	k.keys[step][c.Key]++
}

func dies(id string) bool { return sum(id)%50 == 0 }

func sum(s string) uint32 {
	h := fnv.New32a()
	_, _ = h.Write([]byte(s))
	return h.Sum32()
}

// child is a host in another process.
type child struct {
	cmd  *exec.Cmd
	addr string
}

func startChild(t testing.TB, at site, k *knockSide) *child {
	t.Helper()
	c := &child{cmd: exec.Command(os.Args[0])}
	c.cmd.Env = append(append(os.Environ(), childEnv+"="+k.URL), at.env...)
	c.cmd.Stderr = os.Stderr
	out, err := c.cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, c.cmd.Start())
	t.Cleanup(c.kill)
	line, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err, "the host did not start")
	c.addr = "http://" + strings.TrimSpace(line)
	return c
}

func (c *child) kill() {
	_ = c.cmd.Process.Kill()
	_ = c.cmd.Wait()
}

func (c *child) stop(t testing.TB) {
	t.Helper()
	require.NoError(t, c.cmd.Process.Signal(syscall.SIGTERM))
	require.NoError(t, c.cmd.Wait())
}

func (c *child) stats() (s inbox.Stats, err error) {
	response, err := http.Get(c.addr + "/stats")
	if err != nil {
		return s, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return s, fmt.Errorf("answer is %s", response.Status)
	}
	return s, json.NewDecoder(response.Body).Decode(&s)
}

// drained waits until the child has nothing left to do, and returns how long
// that took.
func (c *child) drained(t testing.TB, within time.Duration) time.Duration {
	t.Helper()
	start := time.Now()
	require.EventuallyWithT(t, func(ct *assert.CollectT) {
		s, err := c.stats()
		assert.NoError(ct, err)
		assert.Zero(ct, s.Backlog(), "%+v", s)
	}, within, 20*time.Millisecond)
	return time.Since(start)
}

// senders post events to whichever addresses are there, and like Svix the same
// event again until it is taken.
type senders struct {
	targets  func() []string
	users    int
	client   *http.Client
	posts    atomic.Int64
	refused  atomic.Int64
	stopping context.CancelFunc
	running  sync.WaitGroup
	mu       sync.Mutex
	acked    []string
}

func startSenders(t testing.TB, n, users int, pause time.Duration, targets func() []string) *senders {
	ctx, cancel := context.WithCancel(context.Background())
	s := &senders{targets: targets, users: users, stopping: cancel, client: &http.Client{Timeout: 20 * time.Second}}
	t.Cleanup(s.stop)
	for worker := range n {
		s.running.Go(func() {
			for i := 0; ctx.Err() == nil; i++ {
				s.deliver(ctx, fmt.Sprintf("msg_%d_%d", worker, i), pause)
			}
		})
	}
	return s
}

func (s *senders) deliver(ctx context.Context, id string, pause time.Duration) {
	body := clerktest.Event("user.created", clerktest.Set("data.id", fmt.Sprint("user_", sum(id)%uint32(s.users))))
	tick := time.NewTicker(pause)
	defer tick.Stop()
	for ctx.Err() == nil {
		if s.post(id, body) {
			s.mu.Lock()
			s.acked = append(s.acked, id)
			s.mu.Unlock()
			<-tick.C
			return
		}
		s.refused.Add(1)
		<-tick.C
	}
}

func (s *senders) post(id string, body []byte) bool {
	targets := s.targets()
	if len(targets) == 0 {
		return false
	}
	target := targets[s.posts.Add(1)%int64(len(targets))]
	request := clerktest.NewRequest(target+"/webhooks/clerk", clerktest.Secret, id, time.Now(), body)
	request.RequestURI = "" // it is sent, not served
	response, err := s.client.Do(request)
	if err != nil {
		return false
	}
	defer response.Body.Close()
	return response.StatusCode == http.StatusAccepted
}

func (s *senders) acknowledged() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.acked...)
}

// stop may be called twice.
func (s *senders) stop() {
	s.stopping()
	s.running.Wait()
}

// account checks that every acknowledged event is done or dead, and that no
// step of it has had two idempotency keys.
func account(t testing.TB, at site, k *knockSide, acked []string) string {
	t.Helper()
	b := at.open(t, inbox.Config{})
	letters, err := b.Dead(t.Context(), inbox.Period{}, len(acked)+1)
	require.NoError(t, err)
	dead := map[string]bool{}
	for _, l := range letters {
		dead[l.Key] = true
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	var lost, died, calls, repeated, rekeyed int
	for _, id := range acked {
		switch {
		case dead[id] && len(k.keys[id+" identify"]) > 0 && dies(id):
			died++
		case len(k.keys[id+" identify"]) == 0 || len(k.keys[id+" trigger"]) == 0 || dead[id]:
			lost++
		}
	}
	for _, keys := range k.keys {
		if len(keys) > 1 {
			rekeyed++
		}
		for _, n := range keys {
			calls += n
			repeated += n - 1
		}
	}
	assert.NotEmpty(t, acked)
	assert.Zero(t, lost, "acknowledged events that are neither done nor rightly dead")
	assert.Zero(t, rekeyed, "steps with two idempotency keys")
	assert.Zero(t, k.overlaps, "calls for one user at once")
	return fmt.Sprintf("%d acknowledged, %d lost, %d dead as they should; %d calls, %d of them repeated with the same key, %d with another; %d overlaps of one user",
		len(acked), lost, died, calls, repeated, rekeyed, k.overlaps)
}
