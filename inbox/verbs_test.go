package inbox_test

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/inbox"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// outage is an executor that asks for a pause of an hour while Knock is down, and
// refuses for good what is said to die.
type outage struct {
	recorder
	over atomic.Bool
}

func newOutage() *outage {
	o := &outage{}
	o.fail = func(call string, _ int) error {
		switch {
		case o.over.Load():
			return nil
		case strings.Contains(call, "dead"):
			return clerkknock.Permanent(errors.New("no such workflow"))
		}
		return limited{time.Hour}
	}
	return o
}

// struck starts the box in an outage and waits until what is in it has come to rest.
func struck(t testing.TB, b *inbox.Inbox, o *outage, ids ...string) {
	t.Helper()
	for _, id := range ids {
		require.NoError(t, b.Put(t.Context(), delivery(id, "user_"+id)))
	}
	require.NoError(t, b.Start(t.Context(), newSource(t, b, identify(), o.Execute).Process))
	require.Eventually(t, func() bool {
		s, err := b.Stats(t.Context())
		return err == nil && s.Waiting+s.Running == 0
	}, soon, often)
}

func TestWhatRetriesIsHurriedWhenKnockIsBack(t *testing.T) {
	onBoth(t, func(t *testing.T, at site) {
		b, o := at.open(t, inbox.Config{}), newOutage()
		struck(t, b, o, "msg_1", "msg_2", "msg_3", "msg_dead")
		letters := collect(t, b.Letters(t.Context(), inbox.Filter{States: []inbox.State{inbox.Retrying}}))
		assert.Equal(t, []string{"msg_3", "msg_2", "msg_1"}, keys(letters))
		for _, l := range letters {
			assert.Equal(t, inbox.Retrying, l.State)
			assert.Equal(t, "step identify: too many requests", l.Error)
			assert.WithinDuration(t, time.Now().Add(time.Hour), l.DueAt, soon)
			assert.WithinDuration(t, time.Now(), l.PutAt, soon)
			assert.Zero(t, l.DiedAt)
		}
		o.over.Store(true)
		require.NoError(t, b.Hurry(t.Context(), "msg_2"))
		require.Eventually(t, func() bool { return len(o.recorded()) == 5 }, soon, often)
		n, err := b.HurryAll(t.Context(), inbox.Filter{Period: inbox.Period{To: time.Now().Add(-time.Hour)}})
		require.NoError(t, err)
		assert.Zero(t, n, "put before the last hour")
		n, err = b.HurryAll(t.Context(), inbox.Filter{})
		require.NoError(t, err)
		assert.Equal(t, 2, n, "what is dead is not hurried")
		settled(t, b)
		assert.Len(t, o.recorded(), 7)
	})
}

func TestWhatIsDueIsNotHurried(t *testing.T) {
	onBoth(t, func(t *testing.T, at site) {
		b := at.open(t, inbox.Config{})
		require.NoError(t, b.Put(t.Context(), delivery("msg_1", "user_1")))
		n, err := b.HurryAll(t.Context(), inbox.Filter{})
		require.NoError(t, err)
		assert.Zero(t, n)
		require.NoError(t, b.Hurry(t.Context(), "msg_1"), "it is due, as was asked")
	})
}

func TestWhatIsThrownAwayIsGoneButKnown(t *testing.T) {
	onBoth(t, func(t *testing.T, at site) {
		b, o := at.open(t, inbox.Config{}), newOutage()
		ids := []string{"msg_1", "msg_2", "msg_dead_1", "msg_dead_2"}
		struck(t, b, o, ids...)
		require.NoError(t, b.Discard(t.Context(), "msg_1"))
		require.NoError(t, b.Discard(t.Context(), "msg_dead_1"))
		n, err := b.DiscardAll(t.Context(), inbox.Filter{States: []inbox.State{inbox.Dead}})
		require.NoError(t, err)
		assert.Equal(t, 1, n)
		n, err = b.DiscardAll(t.Context(), inbox.Filter{})
		require.NoError(t, err)
		assert.Equal(t, 1, n)
		assert.Zero(t, at.count(t, `SELECT count(*) FROM river_job WHERE args ->> 'body' IS NOT NULL`), "contents")

		o.over.Store(true)
		for _, id := range ids {
			require.NoError(t, b.Put(t.Context(), delivery(id, "user_"+id)))
			for name, verb := range map[string]func(context.Context, string) error{
				"replay": b.Replay, "hurry": b.Hurry, "discard": b.Discard,
			} {
				assert.Empty(t, stateError(t, verb(t.Context(), id)), "%s %s", name, id)
			}
		}
		assert.Empty(t, collect(t, b.Letters(t.Context(), inbox.Filter{})))
		assert.Len(t, o.recorded(), len(ids), "nothing has run again")
	})
}

func TestWhatIsRunningIsLeftAlone(t *testing.T) {
	onBoth(t, func(t *testing.T, at site) {
		b := at.open(t, inbox.Config{})
		started, finish := make(chan struct{}), make(chan struct{})
		require.NoError(t, b.Put(t.Context(), delivery("msg_1", "user_1")))
		process := func(context.Context, clerkknock.Delivery) (clerkknock.Report, error) {
			close(started)
			<-finish
			return clerkknock.Report{}, nil
		}
		require.NoError(t, b.Start(t.Context(), process))
		<-started
		for name, verb := range map[string]func(context.Context, string) error{
			"replay": b.Replay, "hurry": b.Hurry, "discard": b.Discard,
		} {
			assert.Equal(t, inbox.Running, stateError(t, verb(t.Context(), "msg_1")), name)
		}
		for name, verb := range map[string]func(context.Context, inbox.Filter) (int, error){
			"replay": b.ReplayAll, "hurry": b.HurryAll, "discard": b.DiscardAll,
		} {
			n, err := verb(t.Context(), inbox.Filter{})
			require.NoError(t, err, name)
			assert.Zero(t, n, name)
		}
		letters := collect(t, b.Letters(t.Context(), inbox.Filter{States: []inbox.State{inbox.Running}}))
		assert.Equal(t, []string{"msg_1"}, keys(letters))
		close(finish)
		settled(t, b)
	})
}

func TestAVerbThatDoesNotFitTheStateIsRefused(t *testing.T) {
	onBoth(t, func(t *testing.T, at site) {
		b, o := at.open(t, inbox.Config{}), newOutage()
		struck(t, b, o, "msg_1", "msg_dead")
		for name, test := range map[string]struct {
			err  error
			want inbox.State
			says string
		}{
			"replay what retries":     {b.Replay(t.Context(), "msg_1"), inbox.Retrying, `"msg_1" is retrying, not dead`},
			"hurry what is dead":      {b.Hurry(t.Context(), "msg_dead"), inbox.Dead, `"msg_dead" is dead; replay it`},
			"discard what is unknown": {b.Discard(t.Context(), "msg_none"), "", `"msg_none" is unknown`},
			"discard nothing":         {b.Discard(t.Context(), ""), "", `"" is unknown`},
		} {
			t.Run(name, func(t *testing.T) {
				assert.Equal(t, test.want, stateError(t, test.err))
				assert.ErrorContains(t, test.err, test.says)
			})
		}
		n, err := b.ReplayAll(t.Context(), inbox.Filter{States: []inbox.State{inbox.Retrying}})
		require.NoError(t, err)
		assert.Zero(t, n)
	})
}

// stateError is the state that an error tells of.
func stateError(t testing.TB, err error) inbox.State {
	t.Helper()
	var e *inbox.StateError
	require.ErrorAs(t, err, &e)
	return e.State
}
