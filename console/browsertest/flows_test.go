package browsertest_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/clerk/clerktest"
	"github.com/clerkknock/clerkknock/console"
	"github.com/clerkknock/clerkknock/knock/knocktest"
	"github.com/stretchr/testify/require"
)

// refused are users whom Knock refuses once.
func (h *host) refused(n int) {
	h.t.Helper()
	h.knock.Fail(knocktest.Fault{Path: "/v1/users/*", Status: http.StatusUnprocessableEntity, Times: n})
	for i := range n {
		h.event(fmt.Sprint("msg_", i), "user.created", fmt.Sprint("user_", i), clerkknock.OutcomeFailed)
	}
}

// held are the IDs of the users whom Knock holds.
func (h *host) held() (ids []string) {
	for _, u := range h.knock.Users() {
		ids = append(ids, u.ID)
	}
	return ids
}

func TestAPersonIsFoundAndTheirEventIsReplayed(t *testing.T) {
	t.Parallel()
	h := newHost(t, clerkknock.DefaultMapper())
	h.refused(1)
	b := open(t, h, "")
	b.do(chromedp.SendKeys(chromedp.CSS("#search"), "user_0"))
	b.submit("form.search")
	b.says("Identified?")
	b.says("Knock answered 422")
	b.follow("a", "user.created")
	b.follow(".offers a", "Replay by today's mappings")
	b.says("What has succeeded before is not done again")
	require.Empty(t, h.held(), "it asks first")
	b.follow("button", "Replay")
	b.says("2. ")
	require.Contains(t, b.path(), "#attempt-3", "the page of the new attempt, after storing and the one that failed")
	b.says("identified user_0")
	require.Len(t, h.held(), 1)
	stats, err := h.box.Stats(t.Context())
	require.NoError(t, err)
	require.Zero(t, stats.Dead, "the inbox does not keep what is done")
}

func TestAllThatFailedIsReplayed(t *testing.T) {
	t.Parallel()
	h := newHost(t, clerkknock.DefaultMapper())
	const many = 25 // more than is done at once
	h.refused(many)
	b := open(t, h, "events?outcome=failed")
	b.do(chromedp.Click(chromedp.CSS("details.offered summary")))
	b.follow(".offered a", "Replay by today's mappings")
	b.says(fmt.Sprint(many, " events are selected"))
	b.follow("button", "Replay")
	b.says(fmt.Sprint(many, " of ", many, " events")) // it goes on by itself
	require.Len(t, h.held(), many)
	b.goTo("events?outcome=failed")
	b.says("Nothing matches")
}

func TestADeadDeliveryIsDiscardedAfterItWasAskedTwice(t *testing.T) {
	t.Parallel()
	h := newHost(t, clerkknock.DefaultMapper())
	h.refused(1)
	b := open(t, h, "events?outcome=failed")
	b.follow("a[data-row]", "user.created")
	b.follow(".offers a", "Discard")
	b.follow("button", "Discard")
	b.says("are you sure?")
	dead := func() int {
		stats, err := h.box.Stats(t.Context())
		require.NoError(t, err)
		return stats.Dead
	}
	require.Equal(t, 1, dead())
	b.follow("button", "Yes, Discard")
	b.says("done")
	require.Zero(t, dead())
}

func TestAMappingIsEnabledWhereTheHostAllowsIt(t *testing.T) {
	t.Parallel()
	h := newHost(t, clerkknock.DefaultMapper(), func(c *console.Config) { c.SwitchMappings = true })
	require.Equal(t, http.StatusOK, h.post(clerktest.Secret, "msg_1", clerktest.Event("session.created")))
	b := open(t, h, "mappings")
	b.follow("a", "session.created")
	b.says("not active")
	b.shoot("mapping")
	b.follow("button", "Enable")
	b.says("active")
	h.event("msg_2", "session.created", "sess_2", clerkknock.OutcomeSucceeded)
	require.Len(t, h.held(), 1)
}

func TestASampleIsEditedAndRehearsed(t *testing.T) {
	t.Parallel()
	h := newHost(t, clerkknock.DefaultMapper())
	b := open(t, h, "rehearse?type=user.created")
	body := string(clerktest.Event("user.created", clerktest.Set("data.first_name", "Grace")))
	b.do(chromedp.SetValue(chromedp.CSS("#body"), body))
	b.follow("button", "nothing is sent")
	b.says("PUT /v1/users/")
	b.says("Grace")
	b.shoot("rehearsed")
	b.do(chromedp.SetValue(chromedp.CSS("#body"), "{\n  \"type\": oops}"))
	b.follow("button", "nothing is sent")
	b.says("ine 2, column")
	require.Empty(t, h.knock.Requests())
}

func TestAChangedTableIsTriedOnThePast(t *testing.T) {
	t.Parallel()
	h := newHost(t, clerkknock.DefaultMapper())
	for i := range 3 {
		h.event(fmt.Sprint("msg_", i), "user.created", fmt.Sprint("user_", i), clerkknock.OutcomeSucceeded)
	}
	before := len(h.knock.Requests())
	b := open(t, h, "try")
	get(b, chromedp.Evaluate[bool](`(() => { const t = document.getElementById("table");
		t.value = t.value.replace("data.image_url", "data.profile_image_url"); return true })()`))
	b.follow("button", "nothing is sent")
	b.says("1 type differs")
	b.says("avatar")
	b.shoot("tried")
	require.Len(t, h.knock.Requests(), before)
	require.Empty(t, h.source.Mapper().Err())
}
