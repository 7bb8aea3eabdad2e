package console_test

import (
	"fmt"
	"net/http"
	"net/url"
	"testing"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/clerk"
	"github.com/clerkknock/clerkknock/clerk/clerktest"
	"github.com/clerkknock/clerkknock/console"
	"github.com/stretchr/testify/require"
)

// crowd has so many people sign up.
func (h *house) crowd(n int) {
	h.t.Helper()
	for i := range n {
		body := clerktest.Event(clerk.UserCreated, clerktest.Set("data.id", fmt.Sprintf("user_%d", i)))
		h.send(fmt.Sprintf("msg_%d", i), body)
	}
}

func TestAllThatMatchAreReplayedInSlices(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.refuses()
	h.crowd(45)
	h.knock.Heal()
	h.send("msg_other", clerktest.Event(clerk.OrganizationCreated))
	a := h.get("do/today?outcome=failed&type=user.created")
	require.Contains(t, a.words(), "45 events are selected. Type user.created Outcome failed")
	require.Contains(t, a.words(), "Replay: 45 events")
	require.Empty(t, h.knock.Users())

	h.send("msg_late", clerktest.Event(clerk.UserCreated))
	a = h.submit(a, "do/today")
	require.Contains(t, a.words(), "20 of 45 events 20 succeeded 20 Go on with the next 20")
	require.Contains(t, a.body, "data-goes-on")
	require.Len(t, h.knock.Users(), 21)
	a = h.submit(a, "do/today")
	require.Contains(t, a.words(), "40 of 45 events 40 succeeded 40")
	a = h.submit(a, "do/today")
	require.Contains(t, a.words(), "Replay by today's mappings: done 45 of 45 events succeeded 45")
	require.Contains(t, a.body, `events?outcome=failed&amp;type=user.created"`)
	require.Len(t, h.knock.Users(), 46)
	require.Contains(t, h.get("events?outcome=failed").words(), "Nothing matches")
}

func TestWhatFailsInASliceIsListed(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.refuses()
	h.crowd(23)
	a := h.submit(h.get("do/today?outcome=failed"), "do/today")
	require.Contains(t, a.words(), "failed 20")
	require.Contains(t, a.words(), "msg_22 : step user.created:users_identify: ")
	h.knock.Heal()
	a = h.submit(a, "do/today")
	require.Contains(t, a.words(), "23 of 23 events failed 20 succeeded 3")
	require.Contains(t, a.words(), "msg_22 : step user.created:users_identify: ", "what went before is still told")
	require.NotContains(t, a.words(), "msg_2 :")
}

func TestOnlyWhatAnActIsForIsSelected(t *testing.T) {
	t.Parallel()
	q := &letterbox{}
	h := open(t, func(_ *clerkknock.Config, c *console.Config) { c.Queue = q })
	h.crowd(3)
	h.refuses()
	h.send("msg_dead", clerktest.Event(clerk.UserUpdated))
	h.send("msg_running", clerktest.Event(clerk.UserUpdated))
	require.Equal(t, 401, h.post(clerktest.NewRequest("/webhooks/clerk", "whsec_Ym90aCBvZiB0aGVtIGFyZSB3cm9uZw==",
		"msg_x", h.now, []byte(`{}`))))
	require.Equal(t, 409, h.get("do/today?outcome=refused").status)
	require.Contains(t, h.get("do/hurry").words(), "No event that this is for is selected.")

	a := h.get("do/discard")
	require.Contains(t, a.words(), "2 events are selected. Filter none: all events that the log has")
	a = h.submit(a, "do/discard")
	require.Contains(t, a.words(), "Yes, Discard: 2 events")
	a = h.submit(a, "do/discard")
	require.Contains(t, a.words(), "2 of 2 events done 1 not done 1")
	require.Contains(t, a.words(), "msg_running : inbox: cannot discard: it is running")
	require.Equal(t, []string{"discard msg_dead"}, q.done)

	require.Contains(t, h.get("do/today").words(), "5 events are selected", "all but the refused")
}

func TestAFormThatSomebodyMadeUpDoesNoHarm(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.crowd(1)
	sent := len(h.knock.Requests())
	for name, fields := range map[string]url.Values{
		"without an end": {},
		"an odd outcome": {"to": {"2026-01-01T00:00"}, "outcome": {"odd"}},
		"the refused":    {"to": {"2026-01-01T00:00"}, "outcome": {"refused"}},
		"an odd place":   {"to": {"2026-01-01T00:00"}, "before": {"x"}},
		"no ticket":      {"ticket": {""}, "to": {"2026-01-01T00:00"}},
		"an ancient filter": {"to": {"1990-01-01T00:00"}, "seen": {"-5"}, "tally": {"<b>", "<b> x"},
			"trouble": {"<i>", "1-1 <i> <i>"}},
	} {
		t.Run(name, func(t *testing.T) {
			if !fields.Has("ticket") {
				fields.Set("ticket", fmt.Sprintf("%026d", len(name)))
			}
			a := h.do(http.MethodPost, "do/everything", fields.Encode(), nil)
			require.NotContains(t, a.body, "<i>")
			require.Equal(t, name == "an ancient filter", a.status == 200, a.status)
			require.Len(t, h.knock.Requests(), sent)
		})
	}
}
