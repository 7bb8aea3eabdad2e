package inbox_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/eventlog"
	"github.com/clerkknock/clerkknock/inbox"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A letter, the event log, the log line and the delivery itself count the same: each time
// that the delivery was tried, with pauses and over replays, but not when its entity was
// busy.
func TestAttemptsMeanTheSameEverywhere(t *testing.T) {
	onBoth(t, func(t *testing.T, at site) {
		var mu sync.Mutex
		var lines bytes.Buffer
		b := at.open(t, inbox.Config{MaxAttempts: 2, Logger: slog.New(slog.NewTextHandler(locked{&mu, &lines}, nil))})
		r := &recorder{fail: func(_ string, n int) error {
			switch n {
			case 1:
				return limited{10 * time.Millisecond}
			case 2:
				return errors.New("knock is down")
			}
			return clerkknock.Permanent(errors.New("no such workflow"))
		}}
		elsewhere, err := b.Ledger().Claim(t.Context(), "msg_elsewhere", "user/user_1")
		require.NoError(t, err)
		require.NoError(t, b.Put(t.Context(), delivery("msg_1", "user_1")))
		src, tries := newSource(t, b, identify(), r.Execute), []int(nil)
		require.NoError(t, b.Start(t.Context(), func(ctx context.Context, d clerkknock.Delivery) (clerkknock.Report, error) {
			mu.Lock()
			tries = append(tries, d.Tries)
			mu.Unlock()
			return src.Process(ctx, d)
		}))
		entry := func() eventlog.Entry {
			entries, err := b.EventLog().Entries(t.Context(), eventlog.Query{})
			require.NoError(t, err)
			if len(entries) == 0 {
				return eventlog.Entry{Attempts: -1}
			}
			return entries[0]
		}
		// It has been put off once.
		require.Eventually(t, func() bool { return entry().Attempts == 0 }, soon, often)
		require.NoError(t, b.Ledger().Release(t.Context(), elsewhere))
		agree := func(want int) {
			t.Helper()
			settled(t, b)
			letters := collect(t, b.Dead(t.Context(), inbox.Period{}))
			require.Len(t, letters, 1)
			assert.Equal(t, want, letters[0].Attempts, "letter")
			assert.Equal(t, "step identify: no such workflow", letters[0].Error)
			assert.Equal(t, want, entry().Attempts, "event log")
			assert.Len(t, r.recorded(), want)
		}
		agree(3)
		require.NoError(t, b.Replay(t.Context(), "msg_1"))
		agree(4)
		require.NoError(t, b.Stop(t.Context()))
		mu.Lock()
		defer mu.Unlock()
		assert.Equal(t, []int{0, 1, 2, 3}, slices.Compact(tries))
		assert.Equal(t, 1, strings.Count(lines.String(), "attempts=3"), lines.String())
		assert.Equal(t, 1, strings.Count(lines.String(), "attempts=4"), lines.String())
	})
}

func TestALetterHasTheWholeTextOfAnyError(t *testing.T) {
	for name, text := range map[string]string{
		"of many lines":          strings.Repeat("data.email_addresses[0]: is \"odd\"\n", 1000),
		"that no database takes": "\"a\x00b\xff",
	} {
		t.Run(name, func(t *testing.T) {
			onBoth(t, func(t *testing.T, at site) {
				b := at.open(t, inbox.Config{})
				r := &recorder{fail: func(call string, _ int) error {
					if strings.Contains(call, "dead") {
						return clerkknock.Permanent(errors.New(text))
					}
					return clerkknock.RetryAfter(errors.New(text), time.Hour)
				}}
				require.NoError(t, b.Put(t.Context(), delivery("msg_dead", "user_1")))
				require.NoError(t, b.Put(t.Context(), delivery("msg_retries", "user_2")))
				require.NoError(t, b.Start(t.Context(), newSource(t, b, identify(), r.Execute).Process))
				require.EventuallyWithT(t, func(c *assert.CollectT) {
					s, err := b.Stats(t.Context())
					assert.NoError(c, err)
					assert.Equal(c, []int{1, 1}, []int{s.Dead, s.Retrying})
				}, soon, often)
				for _, letter := range collect(t, b.Letters(t.Context(), inbox.Filter{})) {
					assert.Equal(t, "step identify: "+text, letter.Error, letter.State)
				}
			})
		})
	}
}

// What a lost process was at when its last attempt was up is dead without an error of
// its own.
func TestALetterOfALostProcessSaysSo(t *testing.T) {
	t.Parallel()
	at := postgresSite(t)
	b := at.open(t, inbox.Config{})
	require.NoError(t, b.Put(t.Context(), delivery("msg_1", "user_1")))
	at.exec(t, `UPDATE river_job SET state = 'discarded', finalized_at = now(), errors = ARRAY[
		'{"at": "2026-01-01T00:00:00Z", "attempt": 15, "error": "Stuck job rescued by JobRescuer"}'::jsonb]`)
	letters := collect(t, b.Dead(t.Context(), inbox.Period{}))
	require.Len(t, letters, 1)
	assert.Equal(t, "the process that worked on it was lost, or did not come to an end in time", letters[0].Error)
}
