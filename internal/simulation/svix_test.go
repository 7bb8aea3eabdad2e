package simulation_test

import (
	"context"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"time"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/clerk/clerktest"
)

// schedule is how long Svix waits before each attempt, counted from the failure
// of the one before: https://docs.svix.com/retries.
var schedule = []time.Duration{
	0, 5 * time.Second, 5 * time.Minute, 30 * time.Minute, hours(2), hours(5), hours(10), hours(10),
}

// svix delivers messages to a Source.
type svix struct {
	source *clerkknock.Source
	seed   uint64

	mu sync.Mutex
	tally
	// acknowledged are the messages that were answered with 2xx.
	acknowledged map[string]bool
}

type tally struct{ deliveries, accepted, retried, exhausted, concurrent, replays, hangups int }

// run delivers all messages, each in a goroutine of its own, and returns when
// the last one has been delivered or given up.
func (s *svix) run(messages []message) {
	var all sync.WaitGroup
	for i, m := range messages {
		all.Go(func() { s.deliver(m, rand.New(rand.NewPCG(s.seed, uint64(i)))) })
	}
	all.Wait()
}

func (s *svix) deliver(m message, rng *rand.Rand) {
	// Most deliveries are on their way at once; some are held up for minutes, so
	// that events arrive in another order than they happened in.
	delay := time.Duration(rng.IntN(2000)) * time.Millisecond
	if rng.IntN(5) == 0 {
		delay += time.Duration(rng.IntN(1200)) * time.Second
	}
	time.Sleep(time.Until(m.at) + delay + time.Duration(rng.IntN(1e6)))

	retryAfter := time.Duration(0)
	for attempt, base := range schedule {
		if attempt > 0 {
			s.count(func(t *tally) { t.retried++ })
			pause := time.Duration(float64(base) * (0.8 + 0.4*rng.Float64()))
			time.Sleep(max(pause, min(retryAfter, 2*base)))
		}
		var accepted bool
		accepted, retryAfter = s.attempt(m, rng)
		if accepted {
			break
		}
	}
	if !s.isAcknowledged(m.id) {
		s.count(func(t *tally) { t.exhausted++ })
		return
	}
	// Somebody replays messages by hand, days later.
	for range rng.IntN(2) * rng.IntN(3) {
		time.Sleep(time.Duration(rng.IntN(72)) * time.Hour)
		s.count(func(t *tally) { t.replays++ })
		s.attempt(m, rng)
	}
}

// attempt posts a message, sometimes twice at once as two workers of the sender
// may, and sometimes hangs up before the answer.
func (s *svix) attempt(m message, rng *rand.Rand) (accepted bool, retryAfter time.Duration) {
	if rng.IntN(10) == 0 {
		s.count(func(t *tally) { t.concurrent++ })
		var second sync.WaitGroup
		second.Go(func() {
			time.Sleep(time.Nanosecond) // so that it is known which is first
			s.post(context.Background(), m)
		})
		defer second.Wait()
	}
	if rng.IntN(20) == 0 {
		s.count(func(t *tally) { t.hangups++ })
		ctx, cancel := context.WithTimeout(context.Background(), time.Duration(rng.IntN(3000))*time.Millisecond)
		defer cancel()
		s.post(ctx, m)
		return s.isAcknowledged(m.id), 0
	}
	return s.post(context.Background(), m)
}

// post is one HTTP request, signed for now.
func (s *svix) post(ctx context.Context, m message) (accepted bool, retryAfter time.Duration) {
	req := clerktest.NewRequest("/webhooks/clerk", clerktest.Secret, m.id, time.Now(), []byte(m.body)).WithContext(ctx)
	rec := httptest.NewRecorder()
	s.source.ServeHTTP(rec, req)
	accepted = rec.Code < 300
	s.count(func(t *tally) {
		t.deliveries++
		// Who has hung up does not see the answer.
		if accepted && ctx.Err() == nil {
			t.accepted++
			s.acknowledged[m.id] = true
		}
	})
	if rec.Code == http.StatusServiceUnavailable {
		seconds, _ := strconv.Atoi(rec.Header().Get("Retry-After"))
		retryAfter = time.Duration(seconds) * time.Second
	}
	return accepted, retryAfter
}

// recover sends again what was given up, as "recover failed messages" does.
func (s *svix) recover(messages []message) {
	for _, m := range messages {
		for range 5 {
			if s.isAcknowledged(m.id) {
				break
			}
			s.post(context.Background(), m)
			time.Sleep(time.Minute)
		}
	}
}

func (s *svix) isAcknowledged(id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.acknowledged[id]
}

func (s *svix) count(f func(*tally)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f(&s.tally)
}
