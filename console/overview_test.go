package console_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/clerk"
	"github.com/clerkknock/clerkknock/clerk/clerktest"
	"github.com/clerkknock/clerkknock/console"
	"github.com/clerkknock/clerkknock/knock"
	"github.com/stretchr/testify/require"
)

// queue is an inbox that has what a test says.
type queue struct {
	backlog console.Backlog
	err     error
}

func (q queue) Backlog(context.Context) (console.Backlog, error) { return q.backlog, q.err }
func (q queue) Letters(context.Context, console.Selection) ([]console.Letter, error) {
	return nil, q.err
}
func (q queue) Do(context.Context, console.Verb, string) error { return q.err }

func TestTheOverviewSaysHowItGoes(t *testing.T) {
	t.Parallel()
	ok := func(h *house) { h.send("msg_1", clerktest.Event(clerk.UserCreated)) }
	refuse := func(h *house) {
		for range 3 {
			r := clerktest.NewRequest("/webhooks/clerk", clerktest.Secret, "msg_x", time.Now().Add(-time.Hour), []byte("{}"))
			h.post(r)
		}
	}
	for name, test := range map[string]struct {
		plant  func(h *house)
		config func(*console.Config)
		says   []string
	}{
		"nothing yet": {says: []string{"No event has come yet.", "Last event none", "No events in the last hour.",
			"also if it is refused"}},
		"well": {plant: ok, says: []string{"All is well: what came was processed.", "Last event just now user.created",
			"1 event in the last hour: 1 succeeded. The most within a minute were 1", "succeeded: 1",
			"Failed in the last hour 0", "identified " + clerktest.UserID}},
		"refused alone": {plant: refuse, says: []string{"Requests arrive, and all of them were refused.",
			"Refused in the last hour 3", "401 Unauthorized 3 signature timestamp is too old",
			"This machine's clock is wrong, or somebody sends an old request again."}},
		"refused, too": {plant: func(h *house) { ok(h); refuse(h) },
			says: []string{"Events are processed. Some requests were refused"}},
		"failed": {plant: func(h *house) {
			ok(h)
			h.observe("", h.now, []byte(`{"type":"x"}`), clerkknock.OutcomeFailed)
		}, says: []string{"1 event of the last hour failed for good.", "Which, and why"}},
		"to be tried again": {plant: func(h *house) {
			h.observe("m", h.now, []byte(`{"type":"x"}`), clerkknock.OutcomeRetry)
		}, says: []string{"1 event failed for now. They are tried again by themselves.", "not done yet: 1"}},
		"an inbox": {plant: ok, config: func(c *console.Config) {
			c.Queue = queue{backlog: console.Backlog{Waiting: 1200, Running: 2, Retrying: 1,
				Oldest: time.Now().Add(-5 * time.Minute)}}
		}, says: []string{"In the inbox 1 203 1 200 waiting, 2 running, 1 to be tried again; the oldest came 5 min ago",
			"Dead 0"}},
		"dead": {plant: ok, config: func(c *console.Config) { c.Queue = queue{backlog: console.Backlog{Dead: 2}} },
			says: []string{"2 deliveries have been given up.", "nothing waits"}},
		"limits": {plant: ok, config: func(c *console.Config) {
			c.Limits = func() []knock.Limit { return []knock.Limit{{Tier: 3, PerSecond: 60, Used: 0.25, Waiting: 7}} }
		}, says: []string{"Knock's rate limits", "Tier 3, 60 a second 25 % 7"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := open(t, func(_ *clerkknock.Config, c *console.Config) {
				if test.config != nil {
					test.config(c)
				}
			})
			if test.plant != nil {
				test.plant(h)
			}
			a := h.get("")
			require.Equal(t, 200, a.status)
			for _, says := range test.says {
				require.Contains(t, a.words(), says)
			}
		})
	}
}

func TestAnInboxThatCannotBeReadIsAPageThatSaysSo(t *testing.T) {
	t.Parallel()
	h := open(t, func(_ *clerkknock.Config, c *console.Config) { c.Queue = queue{err: errors.New("disk full")} })
	a := h.get("")
	require.Equal(t, http.StatusServiceUnavailable, a.status)
	require.Contains(t, a.words(), "The inbox cannot be read")
	require.Equal(t, 200, h.get("events").status, "the rest goes on")
}

// Many tabs cost the database as much as one.
func TestWhatEverybodySeesIsReadOnce(t *testing.T) {
	t.Parallel()
	counted := &counting{}
	now := time.Now()
	h := open(t, func(_ *clerkknock.Config, c *console.Config) {
		counted.Log = c.Log
		c.Log = counted
		c.Now = func() time.Time { return now }
	})
	for range 20 {
		require.Equal(t, 200, h.get("").status)
	}
	require.EqualValues(t, 1, counted.counts.Load())
	require.LessOrEqual(t, counted.lists.Load(), int64(2), "the newest, and the refused")
}
