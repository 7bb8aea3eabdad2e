//go:build unix

package inbox_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

// newestSide stands for Knock, and knows only what it is asked for: the state of each
// user, whether that is an older one than it was, and under which keys each step came.
type newestSide struct {
	*httptest.Server
	mu      sync.Mutex
	state   map[string]int
	newest  map[string]int
	wentAt  map[string]time.Time
	wents   int
	longest time.Duration
	calls   int
	// keys are the idempotency keys of each step of each event.
	keys map[string]map[string]bool
}

func newNewestSide(t testing.TB) *newestSide {
	k := &newestSide{
		state: map[string]int{}, newest: map[string]int{}, wentAt: map[string]time.Time{}, keys: map[string]map[string]bool{},
	}
	k.Server = httptest.NewServer(k)
	t.Cleanup(k.Close)
	return k
}

func (k *newestSide) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if user, ok := strings.CutPrefix(r.URL.Path, "/v1/users/"); ok {
		k.serveKnock(w, r, user)
		return
	}
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
	step := c.ID + " " + c.Step
	if k.keys[step] == nil {
		k.keys[step] = map[string]bool{}
	}
	k.keys[step][c.Key] = true
	if c.Step == "identify" {
		k.set(c.User, n)
	}
}

// serveKnock takes what package knock sends, in which a state is the time of a change.
func (k *newestSide) serveKnock(w http.ResponseWriter, r *http.Request, user string) {
	var sent struct {
		At int64 `json:"at"`
	}
	if err := json.NewDecoder(r.Body).Decode(&sent); err != nil || sent.At == 0 {
		http.Error(w, fmt.Sprint("no state: ", err), http.StatusTeapot)
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.calls++
	k.set(user, int(time.UnixMilli(sent.At).Sub(firstChange)/time.Second))
	_, _ = w.Write([]byte("{}"))
}

// set sets a user's state, which is a number that grows.
func (k *newestSide) set(user string, n int) {
	k.state[user], k.newest[user] = n, max(n, k.newest[user])
	went, back := k.wentAt[user]
	switch {
	case n < k.newest[user] && !back:
		k.wents++
		k.wentAt[user] = time.Now()
	case n == k.newest[user] && back:
		k.longest = max(k.longest, time.Since(went))
		delete(k.wentAt, user)
	}
}

// stale is how many users are in an older state than they were in.
func (k *newestSide) stale() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return len(k.wentAt)
}

// rekeyed is how many steps came under more than one key. The caller holds the lock.
func (k *newestSide) rekeyed() (n int) {
	for _, keys := range k.keys {
		if len(keys) > 1 {
			n++
		}
	}
	return n
}

// done reports whether a step has come. The caller holds the lock.
func (k *newestSide) done(step string) bool { return len(k.keys[step]) > 0 }
