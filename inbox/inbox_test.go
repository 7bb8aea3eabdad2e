package inbox_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/eventlog"
	"github.com/clerkknock/clerkknock/inbox"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestWhatIsPutIsProcessedByteForByte(t *testing.T) {
	onBoth(t, func(t *testing.T, at site) {
		b := at.open(t, inbox.Config{})
		put := clerkknock.Delivery{
			ID:         "msg_\x00\xff\"1\"",
			Header:     http.Header{"Svix-Id": {"msg_1"}, "X-Odd": {"a\xff", "\"quoted\"", ""}},
			Body:       []byte("{ \"b\":1.0,\t\"a\": \"\xc3\xa9\\u0000<>\", \"a\":2 }\r\n\xff\x00"),
			ReceivedAt: time.Now(),
		}
		require.NoError(t, b.Put(t.Context(), put))
		got := make(chan clerkknock.Delivery, 1)
		require.NoError(t, b.Start(t.Context(), func(_ context.Context, d clerkknock.Delivery) (clerkknock.Report, error) {
			got <- d
			return clerkknock.Report{}, nil
		}))
		d := <-got
		assert.Equal(t, put.ID, d.ID)
		assert.Equal(t, put.Header, d.Header)
		assert.Equal(t, string(put.Body), string(d.Body))
		assert.True(t, put.ReceivedAt.Equal(d.ReceivedAt))
	})
}

func TestADeliveryThatComesAgainIsPutOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, at site) {
		b := at.open(t, inbox.Config{})
		r := &recorder{fail: func(call string, _ int) error {
			if strings.Contains(call, "dead") {
				return clerkknock.Permanent(errors.New("no such user"))
			}
			return nil
		}}
		src := newSource(t, b, identify(), r.Execute)
		putAll := func() {
			for _, id := range []string{"msg_done", "msg_dead", "MSG_DONE"} {
				require.NoError(t, b.Put(t.Context(), delivery(id, "user_"+id)))
			}
		}
		putAll()
		putAll() // while waiting
		require.NoError(t, b.Start(t.Context(), src.Process))
		settled(t, b)
		// When it is done. What is dead is replayed, by TestADeadDeliveryThatIsSentAgainIsReplayed.
		require.NoError(t, b.Put(t.Context(), delivery("msg_done", "user_msg_done")))
		settled(t, b)
		assert.ElementsMatch(t, []string{"identify msg_done", "identify msg_dead", "identify MSG_DONE"}, r.recorded())
	})
}

func TestADeliveryWithoutAUsableIDIsNotDeduplicated(t *testing.T) {
	onBoth(t, func(t *testing.T, at site) {
		b := at.open(t, inbox.Config{})
		r := &recorder{}
		src := newSource(t, b, identify(), r.Execute)
		long := strings.Repeat("x", 256)
		for _, id := range []string{"", "", long, long, long[:255], long[:255]} {
			require.NoError(t, b.Put(t.Context(), delivery(id, "user_1")))
		}
		require.NoError(t, b.Start(t.Context(), src.Process))
		settled(t, b)
		assert.Len(t, r.recorded(), 5)
	})
}

func TestATemporaryFailureIsRetriedFromTheFailedStep(t *testing.T) {
	onBoth(t, func(t *testing.T, at site) {
		b := at.open(t, inbox.Config{})
		r := &recorder{fail: func(call string, n int) error {
			if strings.HasPrefix(call, "trigger") && n == 1 {
				return errors.New("knock is down")
			}
			return nil
		}}
		src := newSource(t, b, identifyAndTrigger(), r.Execute)
		require.NoError(t, b.Put(t.Context(), delivery("msg_1", "user_1")))
		require.NoError(t, b.Start(t.Context(), src.Process))
		settled(t, b)
		assert.Equal(t, []string{"identify msg_1", "trigger msg_1", "trigger msg_1"}, r.recorded())
		entries, err := b.EventLog().Entries(t.Context(), eventlog.Query{})
		require.NoError(t, err)
		require.Len(t, entries, 1)
		assert.Equal(t, 2, entries[0].Attempts)
		assert.Equal(t, clerkknock.OutcomeSucceeded, entries[0].Outcome)
	})
}

func TestRetriesLastForADay(t *testing.T) {
	t.Parallel()
	var total time.Duration
	pauses := inbox.Pauses(inbox.Config{})
	for i, pause := range pauses {
		total += pause
		assert.LessOrEqual(t, pause, 8*time.Hour)
		assert.Positive(t, pause, i)
	}
	assert.Greater(t, total, 25*time.Hour)
	assert.Less(t, pauses[0], 2*time.Second)
	t.Logf("%d attempts in %v", len(pauses)+1, total.Round(time.Minute))
}

// limited asks for a pause, as clerkknock.RetryAfter's error does.
type limited struct{ pause time.Duration }

func (limited) Error() string               { return "too many requests" }
func (e limited) RetryAfter() time.Duration { return e.pause }

func TestAPauseThatIsAskedForCostsNoAttempt(t *testing.T) {
	onBoth(t, func(t *testing.T, at site) {
		b := at.open(t, inbox.Config{MaxAttempts: 1})
		var times []time.Time
		r := &recorder{fail: func(_ string, n int) error {
			times = append(times, time.Now())
			if n <= 3 {
				return limited{300 * time.Millisecond}
			}
			return nil
		}}
		src := newSource(t, b, identify(), r.Execute)
		require.NoError(t, b.Put(t.Context(), delivery("msg_1", "user_1")))
		require.NoError(t, b.Start(t.Context(), src.Process))
		settled(t, b)
		require.Len(t, times, 4)
		assert.GreaterOrEqual(t, times[3].Sub(times[0]), 900*time.Millisecond)
		s, err := b.Stats(t.Context())
		require.NoError(t, err)
		assert.Zero(t, s.Dead)
	})
}
