package inbox_test

import (
	"bytes"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/inbox"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAPermanentFailureIsDeadAtOnceUntilItIsReplayed(t *testing.T) {
	onBoth(t, func(t *testing.T, at site) {
		b := at.open(t, inbox.Config{})
		r := &recorder{fail: diesAtFirst("trigger")}
		src := newSource(t, b, identifyAndTrigger(), r.Execute)
		d := delivery("msg_1", "user_1")
		require.NoError(t, b.Put(t.Context(), d))
		require.NoError(t, b.Start(t.Context(), src.Process))
		settled(t, b)

		letters := collect(t, b.Dead(t.Context(), inbox.Period{}))
		require.Len(t, letters, 1)
		assert.Equal(t, "msg_1", letters[0].Key)
		assert.Equal(t, "step trigger: no such workflow", letters[0].Error)
		assert.Equal(t, 1, letters[0].Attempts)
		assert.Equal(t, string(d.Body), string(letters[0].Delivery.Body))
		assert.WithinDuration(t, time.Now(), letters[0].DiedAt, soon)

		require.NoError(t, b.Replay(t.Context(), "msg_1"))
		settled(t, b)
		assert.Equal(t, []string{"identify msg_1", "trigger msg_1", "trigger msg_1"}, r.recorded())
		s, err := b.Stats(t.Context())
		require.NoError(t, err)
		assert.Equal(t, inbox.Stats{}, s)
	})
}

func TestWhatIsTriedTooOftenIsDeadAndReplayedByPeriod(t *testing.T) {
	onBoth(t, func(t *testing.T, at site) {
		b := at.open(t, inbox.Config{MaxAttempts: 1})
		down := true
		r := &recorder{fail: func(string, int) error {
			if down {
				return errors.New("knock is down")
			}
			return nil
		}}
		src := newSource(t, b, identify(), r.Execute)
		for i := range 10 {
			id := ""
			if i > 0 {
				id = fmt.Sprint("msg_", i)
			}
			require.NoError(t, b.Put(t.Context(), delivery(id, fmt.Sprint("user_", i))))
		}
		require.NoError(t, b.Start(t.Context(), src.Process))
		settled(t, b)
		require.NoError(t, b.Stop(t.Context()))
		down = false

		now := time.Now()
		for name, empty := range map[string]inbox.Period{
			"before it died": {To: now.Add(-time.Hour)},
			"after it died":  {From: now.Add(time.Hour)},
		} {
			t.Run(name, func(t *testing.T) {
				n, err := b.ReplayAll(t.Context(), inbox.Filter{Period: empty})
				require.NoError(t, err)
				assert.Zero(t, n)
			})
		}
		n, err := b.ReplayAll(t.Context(), inbox.Filter{
			Period: inbox.Period{From: now.Add(-time.Hour), To: now.Add(time.Hour)},
		})
		require.NoError(t, err)
		assert.Equal(t, 10, n)
		require.NoError(t, b.Start(t.Context(), src.Process))
		settled(t, b)
		assert.Empty(t, collect(t, b.Dead(t.Context(), inbox.Period{})))
		assert.Len(t, r.recorded(), 20)
	})
}

func TestALetterWithoutAnIDIsReplayedByItsKey(t *testing.T) {
	onBoth(t, func(t *testing.T, at site) {
		b := at.open(t, inbox.Config{})
		r := &recorder{fail: func(_ string, n int) error {
			if n == 1 {
				return clerkknock.Permanent(errors.New("refused"))
			}
			return nil
		}}
		src := newSource(t, b, identify(), r.Execute)
		require.NoError(t, b.Put(t.Context(), delivery("", "user_1")))
		require.NoError(t, b.Start(t.Context(), src.Process))
		settled(t, b)
		letters := collect(t, b.Dead(t.Context(), inbox.Period{}))
		require.Len(t, letters, 1)
		require.NoError(t, b.Replay(t.Context(), letters[0].Key))
		settled(t, b)
		assert.Len(t, r.recorded(), 2)
	})
}

func TestADeadDeliveryIsLogged(t *testing.T) {
	onBoth(t, func(t *testing.T, at site) {
		var mu sync.Mutex
		var lines bytes.Buffer
		b := at.open(t, inbox.Config{MaxAttempts: 1, Logger: slog.New(slog.NewTextHandler(locked{&mu, &lines}, nil))})
		r := &recorder{fail: func(call string, _ int) error {
			err := errors.New("refused")
			if strings.Contains(call, "permanent") {
				err = clerkknock.Permanent(err)
			}
			return err
		}}
		require.NoError(t, b.Put(t.Context(), delivery("msg_permanent", "user_1")))
		require.NoError(t, b.Put(t.Context(), delivery("msg_exhausted", "user_2")))
		require.NoError(t, b.Start(t.Context(), newSource(t, b, identify(), r.Execute).Process))
		settled(t, b)
		require.NoError(t, b.Stop(t.Context()))
		mu.Lock()
		defer mu.Unlock()
		for _, id := range []string{"msg_permanent", "msg_exhausted"} {
			assert.Contains(t, lines.String(), `msg="clerkknock: delivery is dead" svix_id=`+id)
		}
		assert.NotContains(t, lines.String(), "example.com")
	})
}

// collect reads a listing to its end.
func collect(t testing.TB, letters iter.Seq2[inbox.Letter, error]) []inbox.Letter {
	t.Helper()
	var all []inbox.Letter
	for letter, err := range letters {
		require.NoError(t, err)
		all = append(all, letter)
	}
	return all
}

type locked struct {
	mu *sync.Mutex
	b  *bytes.Buffer
}

func (l locked) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}
