//go:build unix

package inbox_test

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/clerkknock/clerkknock/clerk/clerktest"
)

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
