package inbox_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/clerkknock/clerkknock/inbox"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// dieAll makes all that was put dead in the same millisecond.
func dieAll(t testing.TB, at site) {
	t.Helper()
	at.exec(t, `UPDATE river_job SET state = 'discarded', finalized_at = '`+diedAt.Format("2006-01-02 15:04:05.000Z")+`'`)
}

var diedAt = time.Date(2026, 1, 2, 3, 4, 5, 678_000_000, time.UTC)

func keys(letters []inbox.Letter) []string {
	all := []string{}
	for _, l := range letters {
		all = append(all, l.Key)
	}
	return all
}

func TestAListingHasEachLetterOnceHoweverManyDiedTogether(t *testing.T) {
	onBoth(t, func(t *testing.T, at site) {
		b := at.open(t, inbox.Config{})
		const many = 300
		var want []string
		for i := range many {
			id := fmt.Sprint("msg_", many-i)
			require.NoError(t, b.Put(t.Context(), delivery(id, "user_1")))
			want = append([]string{id}, want...)
		}
		dieAll(t, at)
		require.NoError(t, b.Put(t.Context(), delivery("msg_waiting", "user_1")))

		t.Run("the latest first", func(t *testing.T) {
			assert.Equal(t, want, keys(collect(t, b.Dead(t.Context(), inbox.Period{}))))
			all := keys(collect(t, b.Letters(t.Context(), inbox.Filter{})))
			assert.Equal(t, append([]string{"msg_waiting"}, want...), all)
		})
		for name, test := range map[string]struct {
			period inbox.Period
			want   int
		}{
			"from the millisecond they died in": {inbox.Period{From: diedAt}, many},
			"up to it":                          {inbox.Period{To: diedAt}, 0},
			"from a moment behind it":           {inbox.Period{From: diedAt.Add(1)}, 0},
			"up to a moment behind it":          {inbox.Period{To: diedAt.Add(1)}, many},
		} {
			t.Run(name, func(t *testing.T) {
				assert.Len(t, collect(t, b.Dead(t.Context(), test.period)), test.want)
			})
		}
		t.Run("a loop that is left reads no more", func(t *testing.T) {
			n := 0
			for _, err := range b.Dead(t.Context(), inbox.Period{}) {
				require.NoError(t, err)
				if n++; n == 2 {
					break
				}
			}
			assert.Equal(t, 2, n)
		})
		t.Run("what comes and goes meanwhile does not move it", func(t *testing.T) {
			var seen []string
			for letter, err := range b.Dead(t.Context(), inbox.Period{}) {
				require.NoError(t, err)
				seen = append(seen, letter.Key)
				require.NoError(t, b.Replay(t.Context(), letter.Key))
				if len(seen) == 1 {
					at.exec(t, `UPDATE river_job SET state = 'cancelled', finalized_at = '2026-02-03 04:05:06.789Z'
						WHERE args ->> 'key' = 'msg_waiting'`)
				}
			}
			assert.Equal(t, want, seen)
			assert.Equal(t, []string{"msg_waiting"}, keys(collect(t, b.Dead(t.Context(), inbox.Period{}))))
		})
	})
}

func TestAListingThatFailsSaysSo(t *testing.T) {
	onBoth(t, func(t *testing.T, at site) {
		b := at.open(t, inbox.Config{})
		for _, err := range b.Letters(t.Context(), inbox.Filter{States: []inbox.State{"lost"}}) {
			require.ErrorContains(t, err, `"lost"`)
		}
		require.NoError(t, b.Close())
		failed := false
		for letter, err := range b.Dead(t.Context(), inbox.Period{}) {
			require.Error(t, err)
			assert.Zero(t, letter)
			failed = true
		}
		assert.True(t, failed)
	})
}

func TestALettersJSONShowsNoContent(t *testing.T) {
	onBoth(t, func(t *testing.T, at site) {
		b := at.open(t, inbox.Config{})
		d := delivery("msg_1", "user_1")
		d.Header = map[string][]string{"X-Secret": {"in a header"}}
		require.NoError(t, b.Put(t.Context(), d))
		dieAll(t, at)
		letter := collect(t, b.Dead(t.Context(), inbox.Period{}))[0]
		assert.Equal(t, d.Body, letter.Delivery.Body)
		encoded, err := json.Marshal(letter)
		require.NoError(t, err)
		put, err := json.Marshal(letter.PutAt)
		require.NoError(t, err)
		assert.JSONEq(t, `{"key": "msg_1", "state": "dead", "type": "user.created", "attempts": 0,
			"put_at": `+string(put)+`, "died_at": "2026-01-02T03:04:05.678Z"}`, string(encoded))
		s, err := b.Stats(t.Context())
		require.NoError(t, err)
		encoded, err = json.Marshal(s)
		require.NoError(t, err)
		assert.JSONEq(t, `{"waiting": 0, "running": 0, "retrying": 0, "dead": 1}`, string(encoded))
	})
}
