package console_test

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/clerk"
	"github.com/clerkknock/clerkknock/clerk/clerktest"
	"github.com/stretchr/testify/require"
)

// user is an event about a person of that ID.
func user(eventType, id string, edits ...clerktest.Edit) []byte {
	return clerktest.Event(eventType, append([]clerktest.Edit{clerktest.Set("data.id", id)}, edits...)...)
}

func TestAnythingWithAnIDIsFoundByPastingIt(t *testing.T) {
	t.Parallel()
	h := open(t)
	require.Equal(t, 200, h.send("msg_1", clerktest.Event(clerk.UserCreated)))
	require.Equal(t, 200, h.send("msg_2", clerktest.Event(clerk.SessionCreated)))
	require.Equal(t, 200, h.send("msg_3", clerktest.Event(clerk.OrganizationCreated)))
	require.Equal(t, 200, h.send("msg_4", clerktest.Event(clerk.OrganizationMembershipCreated)))
	for id, test := range map[string]struct{ path, says string }{
		"msg_1":                               {"/events/", "user.created"},
		"  msg_1 ":                            {"/events/", "user.created"},
		clerktest.UserID:                      {"/people/" + clerktest.UserID, "Identified?"},
		clerktest.OrganizationID:              {"/organizations/" + clerktest.OrganizationID, "Set as a tenant?"},
		clerktest.SessionID:                   {"/events?search=" + clerktest.SessionID, "session.created"},
		clerktest.MembershipID:                {"/events?entity=membership", "organizationMembership.created"},
		"msg_":                                {"/events?search=msg_", "user.created"},
		"user_nobody":                         {"/events?search=user_nobody", "Nothing matches"},
		"orgmem_nobody":                       {"/events?search=orgmem_nobody", "Nothing matches"},
		"'; DROP TABLE clerk_events; --":      {"/events?search=", "Nothing matches"},
		strings.Repeat("long", 100):           {"/events?search=long", "Nothing matches"},
		"<script>alert(1)</script>":           {"/events?search=", "Nothing matches"},
		clerktest.UserID[:12]:                 {"/events?search=user_", "user.created"},
		clerktest.OrganizationID + "/nothing": {"/events?search=org_", "Nothing matches"},
	} {
		t.Run(id, func(t *testing.T) {
			t.Parallel()
			a := h.get("events?search=" + url.QueryEscape(id))
			require.Equal(t, 200, a.status)
			require.Contains(t, a.url, test.path)
			require.Contains(t, a.words(), test.says)
		})
	}
}

func TestFiltersAreInTheAddress(t *testing.T) {
	t.Parallel()
	h := open(t)
	require.Equal(t, 200, h.send("msg_1", user("user.created", "user_1")))
	require.Equal(t, 200, h.send("msg_2", user("user.updated", "user_2")))
	require.Equal(t, 200, h.send("msg_3", clerktest.Event("email.created")))
	h.observe("msg_0", h.now.Add(-48*time.Hour), user("user.created", "user_old"), clerkknock.OutcomeFailed)
	day := h.now.Add(-24 * time.Hour).Format("2006-01-02T15:04")
	for query, test := range map[string]struct{ with, without string }{
		"type=user.updated":                {"user_2", "user_1"},
		"outcome=ignored":                  {"email.created", "user_1"},
		"outcome=failed":                   {"user_old", "user_1"},
		"entity=user%2Fuser_1":             {"identified user_1", "identified user_2"},
		"from=" + day:                      {"user_1", "user_old"},
		"to=" + day:                        {"user_old", "user_1"},
		"type=user.created&outcome=failed": {"user_old", "user_2"},
	} {
		t.Run(query, func(t *testing.T) {
			t.Parallel()
			a := h.get("events?" + query)
			require.Equal(t, 200, a.status)
			table := a.body[strings.Index(a.body, "<table"):]
			require.Contains(t, table, test.with)
			require.NotContains(t, table, test.without)
		})
	}
	for _, query := range []string{"outcome=lost", "from=yesterday", "to=1", "before=here", "before=1-"} {
		t.Run(query, func(t *testing.T) {
			t.Parallel()
			a := h.get("events?" + query)
			require.Equal(t, 400, a.status)
			require.Contains(t, a.words(), "has a filter that cannot be used")
		})
	}
}

func TestPagesDoNotMoveWhenEventsCome(t *testing.T) {
	t.Parallel()
	h := open(t)
	seen := map[string]int{}
	for i := range 120 {
		h.observe(fmt.Sprintf("msg_%03d", i), h.now.Add(time.Duration(i/3)*time.Microsecond-time.Second),
			user("user.created", fmt.Sprintf("user_%03d", i)), clerkknock.OutcomeSucceeded)
	}
	path := "events?type=user.created"
	for pages := 1; path != ""; pages++ {
		require.LessOrEqual(t, pages, 3)
		a := h.get(path)
		for _, id := range regexp.MustCompile(`title="user">(user_\d+)<`).FindAllStringSubmatch(a.body, -1) {
			seen[id[1]]++
		}
		require.Equal(t, 200, h.send(fmt.Sprintf("msg_new_%d", pages), user("user.created", "user_later")))
		path = ""
		if next := regexp.MustCompile(`rel="next" href="\./([^"]+)"`).FindStringSubmatch(a.body); next != nil {
			path = strings.ReplaceAll(next[1], "&amp;", "&")
			require.Contains(t, path, "type=user.created")
		}
	}
	require.Len(t, seen, 120)
	for id, n := range seen {
		require.Equal(t, 1, n, id)
	}
}
