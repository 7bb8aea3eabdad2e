package inbox_test

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/clerk/clerktest"
	"github.com/clerkknock/clerkknock/inbox"
	"github.com/clerkknock/clerkknock/ledger"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var firstChange = time.UnixMilli(1_700_000_000_000)

// change is the n-th change of a user.
func change(id, user string, n int) clerkknock.Delivery {
	at := firstChange.Add(time.Duration(n) * time.Second).UnixMilli()
	return clerkknock.Delivery{ID: id, ReceivedAt: time.Now(), Body: clerktest.Event("user.updated",
		clerktest.Set("data.id", user), clerktest.Set("data.updated_at", at), clerktest.Set("timestamp", at))}
}

// identifyChanged plans one step for a user that has changed.
func identifyChanged() *clerkknock.Mapper {
	return clerkknock.NewMapper(clerkknock.Mapping{
		ID: "identify", Event: "user.updated", Action: clerkknock.UsersIdentify,
		Params: clerkknock.Params{"id": clerkknock.Path("data.id")},
	})
}

// sleeper is an executor that is suspended at its first call, before or after it has
// asked whether it may go on, until wake.
type sleeper struct {
	asksFirst bool
	// answerLost has the call fail after it has taken effect.
	answerLost  bool
	asleep      chan struct{}
	wake        chan struct{}
	calls       atomic.Int32
	mu          sync.Mutex
	took        []string
	wasFirstErr error
}

func (s *sleeper) Execute(ctx context.Context, inv clerkknock.Invocation) (err error) {
	if s.asksFirst {
		err = inv.Proceed(ctx)
	}
	first := s.calls.Add(1) == 1
	if first {
		close(s.asleep)
		<-s.wake
	}
	if !s.asksFirst {
		err = inv.Proceed(ctx)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if first {
		s.wasFirstErr = err
	}
	if err != nil {
		return err
	}
	s.took = append(s.took, inv.Event.ID)
	if first && s.answerLost {
		return context.DeadlineExceeded
	}
	return nil
}

func (s *sleeper) effects() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.took...)
}

// A worker sleeps between its claim and its call for longer than the claim lasts, and
// another machine applies a newer event meanwhile.
func TestKnockEndsInTheNewestStateWhoeverSleeps(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		sleeper *sleeper
		want    []string
		logged  int
	}{
		"before it asks: nothing old is sent": {&sleeper{}, []string{"msg_new"}, 0},
		"after it has asked: the newest comes last": {&sleeper{asksFirst: true},
			[]string{"msg_new", "msg_old", "msg_new"}, 1},
		"and without the answer": {&sleeper{asksFirst: true, answerLost: true},
			[]string{"msg_new", "msg_old", "msg_new"}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			at, s := postgresSite(t), test.sleeper
			s.asleep, s.wake = make(chan struct{}), make(chan struct{})
			var log lockedBuffer
			c := inbox.Config{Logger: slog.New(slog.NewTextHandler(&log, nil))}
			machines := []*inbox.Inbox{at.open(t, c), at.open(t, c)}
			require.NoError(t, machines[0].Put(t.Context(), change("msg_old", "user_1", 1)))
			require.NoError(t, machines[0].Start(t.Context(), newSource(t, machines[0], identifyChanged(), s.Execute).Process))
			<-s.asleep
			at.exec(t, `UPDATE clerk_claims SET expires_at = 0`)
			require.NoError(t, machines[1].Start(t.Context(), newSource(t, machines[1], identifyChanged(), s.Execute).Process))
			require.NoError(t, machines[1].Put(t.Context(), change("msg_new", "user_1", 2)))
			require.Eventually(t, func() bool { return len(s.effects()) == 1 }, soon, often)
			close(s.wake)
			require.Eventually(t, func() bool { return len(s.effects()) >= len(test.want) }, soon, often)
			settled(t, machines[0])
			got := s.effects()
			assert.Equal(t, test.want, got[:len(test.want)])
			assert.Equal(t, "msg_new", got[len(got)-1])
			if !s.asksFirst {
				assert.ErrorIs(t, s.wasFirstErr, ledger.ErrLost)
			}
			assert.GreaterOrEqual(t, strings.Count(log.String(), "level=ERROR"), test.logged, log.String())
		})
	}
}

// An announcement says what will be sent, which a lost claim does not allow.
func TestALostClaimAnnouncesNothing(t *testing.T) {
	t.Parallel()
	at := postgresSite(t)
	l := at.open(t, inbox.Config{}).Ledger()
	c, err := l.Claim(t.Context(), "msg_1", "user/1")
	require.NoError(t, err)
	require.NoError(t, l.(ledger.Fence).Held(t.Context(), c))
	at.exec(t, `UPDATE clerk_claims SET expires_at = 0`)
	require.ErrorIs(t, l.(ledger.Fence).Held(t.Context(), c), ledger.ErrLost)
	v := ledger.Version{Time: time.Unix(1_700_000_000, 0).UTC()}
	require.ErrorIs(t, l.Record(t.Context(), c, "", v), ledger.ErrLost)
	assert.True(t, newest(t, l, "user/1").IsZero())
	require.NoError(t, l.Record(t.Context(), c, "identify", v), "what has been done is recorded")
	assert.Equal(t, v, newest(t, l, "user/1"))
}

// lockedBuffer is a log that many write to.
type lockedBuffer struct {
	mu  sync.Mutex
	all bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.all.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.all.String()
}
