//go:build unix

package inbox_test

import (
	"encoding/json"
	"hash/fnv"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"
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
