package console_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/clerk"
	"github.com/clerkknock/clerkknock/clerk/clerktest"
	"github.com/clerkknock/clerkknock/console"
	"github.com/clerkknock/clerkknock/knock/knocktest"
	"github.com/clerkknock/clerkknock/ledger"
	"github.com/stretchr/testify/require"
)

// letterbox is an inbox that notes what is done to it.
type letterbox struct {
	mu   sync.Mutex
	done []string
}

func (q *letterbox) Backlog(context.Context) (console.Backlog, error) { return console.Backlog{}, nil }

func (q *letterbox) Letters(context.Context, console.Selection) ([]console.Letter, error) {
	return nil, nil
}

func (q *letterbox) Do(_ context.Context, verb console.Verb, key string) error {
	if key == "msg_running" {
		return errors.New("inbox: cannot discard: it is running")
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	q.done = append(q.done, string(verb)+" "+key)
	return nil
}

// refuses makes Knock refuse whoever is identified, until it is healed.
func (h *house) refuses() { h.knock.Fail(knocktest.Fault{Path: "/v1/users/*", Status: 422}) }

// welcomes adds a workflow that greets whoever signs up.
func welcomes(c *clerkknock.Config, _ *console.Config) {
	c.Mapper = clerkknock.DefaultMapper().With(clerkknock.Mapping{ID: "welcome", Event: "user.created",
		Action: clerkknock.WorkflowsTrigger, Params: clerkknock.Params{
			"key": clerkknock.Literal("welcome"), "recipients": clerkknock.Path("data.id"),
		}})
}

func TestAReplayIsANewAttempt(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.refuses()
	h.send("msg_1", clerktest.Event(clerk.UserCreated))
	h.knock.Heal()
	sent := len(h.knock.Requests())
	a := h.get("do/today?at=" + h.at())
	require.Contains(t, a.words(), "The event is planned anew by the mappings in force today.")
	require.Contains(t, a.words(), "Replay what was planned then")
	require.Len(t, h.knock.Requests(), sent, "to look at it does nothing")

	a = h.submit(a, "do/today")
	require.Equal(t, 200, a.status)
	require.True(t, strings.HasSuffix(a.url, "#attempt-2"), a.url)
	require.Contains(t, a.body, `id="attempt-2"`)
	require.Contains(t, a.words(), "succeeded")
	require.Len(t, h.knock.Users(), 1)
	require.Contains(t, h.logged.String(), "who=grace act=today svix_id=msg_1")
}

func TestTodayOrThenIsAsked(t *testing.T) {
	t.Parallel()
	for act, avatar := range map[string]any{"today": "Ada", "planned": "https://img.clerk.com/eyJ0eXBlIjoicHJveHkifQ"} {
		t.Run(act, func(t *testing.T) {
			t.Parallel()
			h := open(t)
			h.refuses()
			h.send("msg_1", clerktest.Event(clerk.UserCreated))
			h.knock.Heal()
			require.NoError(t, h.source.SetMapper(h.source.Mapper().Set("user.created:users_identify",
				clerkknock.Params{"avatar": clerkknock.Path("data.first_name")})))
			h.submit(h.get("do/"+act+"?at="+h.at()), "do/"+act)
			user, ok := h.knock.User(clerktest.UserID)
			require.True(t, ok)
			require.Equal(t, avatar, user.Properties["avatar"])
		})
	}
}

func TestEverythingAgainNotifiesAgain(t *testing.T) {
	t.Parallel()
	h := open(t, welcomes)
	h.knock.AddWorkflow("welcome")
	h.send("msg_1", clerktest.Event(clerk.UserCreated))
	h.submit(h.get("do/today?at="+h.at()), "do/today")
	require.Len(t, h.knock.Triggers(), 1, "what has succeeded is not done again")

	a := h.get("do/everything?at=" + h.at())
	require.Contains(t, a.words(), "people are notified again")
	path, fields := h.form(a, "do/everything")
	require.Equal(t, 200, h.do(http.MethodPost, path, fields.Encode(), nil).status)
	require.Len(t, h.knock.Triggers(), 2)

	again := h.do(http.MethodPost, path, fields.Encode(), nil)
	require.Equal(t, 409, again.status)
	require.Contains(t, again.words(), "This was done already")
	require.Equal(t, 400, h.do(http.MethodPost, path, "at="+fields.Get("at"), nil).status, "without a ticket")
	require.Len(t, h.knock.Triggers(), 2)
}

func TestWhatIsInFlightIsSomebodyElses(t *testing.T) {
	t.Parallel()
	claims := &ledger.Memory{}
	h := open(t, func(c *clerkknock.Config, _ *console.Config) { c.Ledger = claims })
	h.send("msg_1", clerktest.Event(clerk.UserCreated))
	claim, err := claims.Claim(t.Context(), "msg_1", "")
	require.NoError(t, err)
	page := h.get("do/today?at=" + h.at())
	a := h.submit(page, "do/today")
	require.Equal(t, 409, a.status)
	require.Contains(t, a.words(), "Somebody is working on it")
	require.NoError(t, claims.Release(t.Context(), claim))
}

func TestARefusedRequestIsNeverExecuted(t *testing.T) {
	t.Parallel()
	h := open(t)
	r := clerktest.NewRequest("/webhooks/clerk", "whsec_Ym90aCBvZiB0aGVtIGFyZSB3cm9uZw==", "msg_1", h.now,
		clerktest.Event(clerk.UserCreated))
	require.Equal(t, 401, h.post(r))
	at := h.at()
	for _, act := range []string{"today", "planned", "everything"} {
		require.Equal(t, 409, h.get("do/"+act+"?at="+at).status)
		a := h.do(http.MethodPost, "do/"+act, "ticket=AAAAAAAAAAAAAAAAAAAAAAAAAA&at="+at, nil)
		require.Equal(t, 409, a.status)
	}
	require.Empty(t, h.knock.Requests())
}

func TestNothingIsDoneWhereItMustNotBe(t *testing.T) {
	t.Parallel()
	readOnly := func(_ *clerkknock.Config, c *console.Config) { c.ReadOnly = true }
	asIs := func(*clerkknock.Config, *console.Config) {}
	for name, c := range map[string]struct {
		edit   func(*clerkknock.Config, *console.Config)
		header http.Header
		status int
	}{
		"read-only":         {readOnly, nil, 403},
		"from another site": {asIs, http.Header{"Sec-Fetch-Site": {"cross-site"}}, 403},
		"without an inbox":  {asIs, nil, 404},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := open(t, c.edit)
			h.send("msg_1", clerktest.Event(clerk.UserCreated))
			at, sent := h.at(), len(h.knock.Requests())
			act := "everything"
			if name == "without an inbox" {
				act = "discard"
			}
			form := "sure=yes&ticket=AAAAAAAAAAAAAAAAAAAAAAAAAA&at=" + at
			require.Equal(t, c.status, h.do(http.MethodPost, "do/"+act, form, c.header).status)
			require.Len(t, h.knock.Requests(), sent)
		})
	}
}

func TestTheInboxIsTold(t *testing.T) {
	t.Parallel()
	q := &letterbox{}
	h := open(t, func(_ *clerkknock.Config, c *console.Config) { c.Queue = q })
	h.refuses()
	h.send("msg_1", clerktest.Event(clerk.UserCreated))
	a := h.submit(h.get("do/revive?at="+h.at()), "do/revive")
	require.Contains(t, a.words(), "The inbox has taken it.")
	require.Equal(t, 409, h.get("do/hurry?at="+h.at()).status, "it does not wait")

	page := h.get("do/discard?at=" + h.at())
	require.Contains(t, page.words(), "This cannot be undone.")
	page = h.submit(page, "do/discard")
	require.Contains(t, page.words(), "Discard: are you sure?")
	require.Equal(t, []string{"replay msg_1"}, q.done, "it asks twice")
	h.submit(page, "do/discard")
	require.Equal(t, []string{"replay msg_1", "discard msg_1"}, q.done)

	h.send("msg_running", clerktest.Event(clerk.UserCreated))
	a = h.submit(h.get("do/revive?at="+h.at()), "do/revive")
	require.Equal(t, 409, a.status)
	require.Contains(t, a.words(), "Inbox: cannot discard: it is running.")
}

func TestWhatIsHiddenIsReplayedUnseen(t *testing.T) {
	t.Parallel()
	h := open(t, func(_ *clerkknock.Config, c *console.Config) { c.HidePayloads = true })
	h.refuses()
	h.send("msg_1", clerktest.Event(clerk.UserCreated))
	h.knock.Heal()
	page := h.get("do/today?at=" + h.at())
	a := h.submit(page, "do/today")
	require.Equal(t, 200, a.status)
	require.NotContains(t, page.body+a.body, "Lovelace")
	require.Len(t, h.knock.Users(), 1)
}

func TestWhatTheLogDoesNotHaveIsNotReplayed(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.send("msg_1", clerktest.Event(clerk.UserCreated))
	require.NoError(t, h.events.Erase(t.Context(), clerk.UserEntity(clerktest.UserID)))
	a := h.submit(h.get("do/today?at="+h.at()), "do/today")
	require.Equal(t, 409, a.status)
	require.Contains(t, a.words(), "The log does not have the payload.")
}

func TestAConfirmationNamesNobodyWherePayloadsAreHidden(t *testing.T) {
	t.Parallel()
	h := open(t, func(c *clerkknock.Config, look *console.Config) {
		look.HidePayloads = true
		c.Mapper = mapper(clerkknock.Params{"recipients": clerkknock.Path("data.first_name")})
	})
	h.knock.AddWorkflow("welcome")
	h.send("msg_1", clerktest.Event(clerk.UserCreated, clerktest.Set("data.first_name", "Hypatia")))
	require.Len(t, h.knock.Triggers(), 1)
	page := h.get("do/everything?at=" + h.at())
	require.Contains(t, page.words(), "triggered workflow")
	a := h.submit(page, "do/everything")
	require.NotContains(t, page.body+a.body, "Hypatia")
	require.Len(t, h.knock.Triggers(), 2)
}

func TestTheNewAttemptOfWhatHasNoIDIsFound(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.refuses()
	d := clerkknock.Delivery{Body: clerktest.Event(clerk.UserCreated), ReceivedAt: h.now}
	_, err := h.source.Process(t.Context(), d)
	require.Error(t, err)
	h.knock.Heal()
	first := h.at()
	a := h.submit(h.get("do/today?at="+first), "do/today")
	require.True(t, strings.HasSuffix(a.url, "#attempt-1"), a.url)
	require.NotContains(t, a.url, first)
	require.Contains(t, a.words(), "user.created succeeded")
}
