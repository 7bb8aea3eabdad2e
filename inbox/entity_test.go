package inbox_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync/atomic"
	"testing"
	"time"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/inbox"
	"github.com/clerkknock/clerkknock/ledger"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// overlaps is an executor that counts how often two of its calls for the same
// user ran at once.
type overlaps struct {
	busy    [5]atomic.Int32
	found   atomic.Int32
	calls   atomic.Int32
	longest time.Duration
}

func (o *overlaps) Execute(_ context.Context, inv clerkknock.Invocation) error {
	var user int
	if _, err := fmt.Sscanf(inv.Action.Text("id"), "user_%d", &user); err != nil {
		return err
	}
	if o.busy[user].Add(1) > 1 {
		o.found.Add(1)
	}
	work := time.NewTimer(rand.N(o.longest))
	<-work.C
	o.busy[user].Add(-1)
	o.calls.Add(1)
	return nil
}

func TestEventsOfOneEntityAreNotWorkedOnAtTheSameTime(t *testing.T) {
	onBoth(t, func(t *testing.T, at site) {
		// Two inboxes on one database are two machines to each other.
		boxes := []*inbox.Inbox{at.open(t, inbox.Config{})}
		if at.engine == "PostgreSQL" {
			boxes = append(boxes, at.open(t, inbox.Config{}))
		}
		o := &overlaps{longest: 10 * time.Millisecond}
		const events = 100
		for i := range events {
			d := delivery(fmt.Sprint("msg_", i), fmt.Sprint("user_", i%len(o.busy)))
			require.NoError(t, boxes[0].Put(t.Context(), d))
		}
		start := time.Now()
		for _, b := range boxes {
			require.NoError(t, b.Start(t.Context(), newSource(t, b, identify(), o.Execute).Process))
		}
		settled(t, boxes[0])
		assert.Zero(t, o.found.Load(), "overlaps")
		assert.EqualValues(t, events, o.calls.Load())
		t.Logf("%s, %d machines: %d events of %d users in %v",
			at.engine, len(boxes), events, len(o.busy), time.Since(start).Round(time.Millisecond))
	})
}

func TestABusyEntityHoldsUpNoOtherAndCostsNoAttempt(t *testing.T) {
	onBoth(t, func(t *testing.T, at site) {
		b := at.open(t, inbox.Config{Workers: 2, MaxAttempts: 1})
		// Another machine is at it.
		elsewhere, err := b.Ledger().Claim(t.Context(), "msg_elsewhere", "user/busy")
		require.NoError(t, err)
		for i := range 10 {
			require.NoError(t, b.Put(t.Context(), delivery(fmt.Sprint("msg_busy_", i), "busy")))
		}
		require.NoError(t, b.Put(t.Context(), delivery("msg_free", "free")))
		r := &recorder{}
		start := time.Now()
		require.NoError(t, b.Start(t.Context(), newSource(t, b, identify(), r.Execute).Process))
		require.Eventually(t, func() bool { return len(r.recorded()) == 1 }, soon, often)
		assert.Equal(t, []string{"identify msg_free"}, r.recorded())
		t.Logf("%s: an event behind 10 of a busy entity, with 2 workers, took %v",
			at.engine, time.Since(start).Round(time.Millisecond))

		require.NoError(t, b.Ledger().Release(t.Context(), elsewhere))
		settled(t, b)
		s, err := b.Stats(t.Context())
		require.NoError(t, err)
		assert.Zero(t, s.Dead)
		assert.Len(t, r.recorded(), 11)
	})
}

func TestTheClaimOfALostMachineExpires(t *testing.T) {
	t.Parallel()
	// On SQLite a claim ends with the process that has it.
	l := postgresSite(t).open(t, inbox.Config{}).Ledger()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	_, err := l.Claim(ctx, "msg_1", "user/1")
	require.NoError(t, err)

	start := time.Now()
	_, err = l.Claim(t.Context(), "msg_1", "user/1")
	require.ErrorIs(t, err, ledger.ErrInFlight)
	ctx, cancel = context.WithTimeout(t.Context(), soon)
	defer cancel()
	_, err = l.Claim(ctx, "msg_2", "user/1")
	require.NoError(t, err)
	took := time.Since(start)
	assert.Greater(t, took, 5*time.Second)
	assert.Less(t, took, 20*time.Second)
	t.Logf("a claim with 2 s left was free after %v", took.Round(time.Millisecond))
}

func TestAWorkersClaimLastsForAsLongAsItMayWork(t *testing.T) {
	t.Parallel()
	at := postgresSite(t)
	b := at.open(t, inbox.Config{JobTimeout: 40 * time.Second})
	conn := connect(t)
	remaining := make(chan float64, 1)
	require.NoError(t, b.Put(t.Context(), delivery("msg_1", "user_1")))
	require.NoError(t, b.Start(t.Context(), func(ctx context.Context, d clerkknock.Delivery) (clerkknock.Report, error) {
		c, err := b.Ledger().Claim(ctx, d.ID, "user/user_1")
		if err != nil {
			return clerkknock.Report{}, err
		}
		var seconds float64
		err = conn.QueryRow(ctx, `
			SELECT min(expires_at) / 1000.0 - extract(epoch FROM now())
			FROM `+at.schema+`.clerk_claims`).Scan(&seconds)
		remaining <- seconds
		return clerkknock.Report{}, errors.Join(err, b.Ledger().Release(ctx, c))
	}))
	seconds := <-remaining
	assert.Greater(t, seconds, 45.0)
	assert.Less(t, seconds, 55.0)
}

// A claim is handed on within a poll.
func TestAWaitingClaimFollowsARelease(t *testing.T) {
	onBoth(t, func(t *testing.T, at site) {
		l := at.open(t, inbox.Config{}).Ledger()
		var worst time.Duration
		for range 10 {
			first, err := l.Claim(t.Context(), "", "user/1")
			require.NoError(t, err)
			claimed := make(chan time.Time)
			go func() {
				c, err := l.Claim(t.Context(), "", "user/1")
				at := time.Now()
				assert.NoError(t, err)
				assert.NoError(t, l.Release(t.Context(), c))
				claimed <- at
			}()
			held := time.NewTimer(20 * time.Millisecond)
			<-held.C
			released := time.Now()
			require.NoError(t, l.Release(t.Context(), first))
			worst = max(worst, (<-claimed).Sub(released))
		}
		t.Logf("%s: the longest of 10 waits after a release: %v", at.engine, worst.Round(time.Millisecond))
		assert.Less(t, worst, time.Second)
	})
}
