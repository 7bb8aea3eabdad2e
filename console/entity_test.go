package console_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/clerk"
	"github.com/clerkknock/clerkknock/clerk/clerktest"
	"github.com/clerkknock/clerkknock/knock/knocktest"
	"github.com/stretchr/testify/require"
)

// Why was this person not identified? Each cause is planted, and the page of the person
// has to name it.
func TestThePageOfAPersonSaysWhyTheyWereNotIdentified(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		plant func(h *house)
		says  []string
	}{
		"they were": {
			func(h *house) { h.send("msg_1", user("user.created", "user_1")) },
			[]string{"Identified? Yes. The event: user.created"},
		},
		"the event was older than what Knock holds": {
			func(h *house) {
				h.send("msg_1", user("user.updated", "user_1"))
				h.send("msg_2", user("user.updated", "user_1", clerktest.Set("data.updated_at", 1772438000000)))
			},
			[]string{"Identified? Yes.", "stale: a newer event was applied before",
				"It came after user.updated , which is newer"},
		},
		"a path leads nowhere": {
			func(h *house) {
				_ = h.source.SetMapper(clerkknock.DefaultMapper().Set("user.created:users_identify",
					clerkknock.Params{"id": clerkknock.Path("data.idd")}))
				h.send("msg_1", user("user.created", "user_1"))
			},
			[]string{"Identified? No. The newest event did not do it: skipped: id is not in the payload at data.idd."},
		},
		"the requests are refused": {
			func(h *house) {
				h.post(clerktest.NewRequest("/webhooks/clerk", "whsec_b3RoZXIgc2VjcmV0IG9mIGFub3RoZXI=", "msg_1",
					time.Now(), user("user.created", "user_1")))
			},
			[]string{"Nothing is known of user_1", "In the last hour 1 request was refused, most with 401",
				"The signing secret is that of another endpoint"},
		},
		"Knock refuses it": {
			func(h *house) {
				h.knock.Fail(knocktest.Fault{Path: "/v1/users/*", Status: 422})
				h.send("msg_1", user("user.created", "user_1"))
			},
			[]string{"Identified? No. The newest event did not do it: Knock answered 422"},
		},
		"the mapping is not active": {
			func(h *house) {
				_ = h.source.SetMapper(clerkknock.DefaultMapper().Disable("user.created:users_identify"))
				h.send("msg_1", user("user.created", "user_1"))
			},
			[]string{"Identified? No: its mapping user.created:users_identify is not active."},
		},
		"Knock refuses the newest state": {
			func(h *house) {
				h.send("msg_1", user("user.created", "user_1"))
				h.knock.Fail(knocktest.Fault{Path: "/v1/users/*", Status: 422})
				h.send("msg_2", user("user.updated", "user_1"))
			},
			[]string{"Identified? Yes, but not with the newest state.", "Knock answered 422"},
		},
		"they are gone": {
			func(h *house) {
				_ = h.source.SetMapper(clerkknock.DefaultMapper().Enable("user.deleted:users_delete"))
				h.send("msg_1", user("user.created", "user_1"))
				h.send("msg_2", user("user.deleted", "user_1"))
			},
			[]string{"No longer: it was deleted in Knock.", "Deleted here.", "It was deleted in Clerk.",
				"DELETE /v1/users/user_1"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := open(t)
			test.plant(h)
			words := h.get("people/user_1").words()
			for _, says := range test.says {
				require.Contains(t, words, says)
			}
		})
	}
}

func TestThePageOfAPersonSaysWhetherTheyWereNotified(t *testing.T) {
	t.Parallel()
	both := clerkknock.DefaultMapper().Enable("session.created:users_identify", "session.created:workflows_trigger")
	session := func(h *house, id string) int {
		return h.send(id, clerktest.Event(clerk.SessionCreated, clerktest.Set("data.id", "sess_"+id)))
	}
	for name, test := range map[string]struct {
		plant func(h *house)
		says  []string
	}{
		"once": {
			func(h *house) { require.NoError(t, h.source.SetMapper(both)); session(h, "msg_1") },
			[]string{"Notified? Knock was told to run 1 workflow for this person. The event: session.created",
				"triggered workflow session-created for " + clerktest.UserID, "00000000-0000-4000-8000-000000000001"},
		},
		"by two events": {
			func(h *house) {
				require.NoError(t, h.source.SetMapper(both))
				session(h, "msg_1")
				session(h, "msg_2")
			},
			[]string{"More than once? Workflow session-created ran 2 times, each time by an event of its own."},
		},
		"by one event that was processed again": {
			func(h *house) {
				require.NoError(t, h.source.SetMapper(both))
				body := clerktest.Event(clerk.SessionCreated)
				h.send("msg_1", body)
				_, err := h.source.Reprocess(h.t.Context(), clerkknock.Delivery{ID: "msg_1", Body: body, ReceivedAt: h.now})
				require.NoError(h.t, err)
			},
			[]string{"ran 2 times, by one event, which somebody had processed again."},
		},
		"the mapping is not active": {
			func(h *house) { session(h, "msg_1") },
			[]string{"Notified? No: session.created:workflows_trigger would do it, and is not active."},
		},
		"Knock lacks the workflow": {
			func(h *house) {
				require.NoError(t, h.source.SetMapper(both))
				h.knock.Fail(knocktest.Fault{Path: "/v1/workflows/*/trigger", Status: 404})
				session(h, "msg_1")
			},
			[]string{"Notified? No. By session.created: Knock answered 404"},
		},
		"nothing is mapped to it": {
			func(h *house) { h.send("msg_1", clerktest.Event(clerk.UserCreated)) },
			[]string{"Notified? No: nothing that is mapped to these events triggers a workflow for this person."},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := open(t)
			test.plant(h)
			words := h.get("people/" + clerktest.UserID).words()
			for _, says := range test.says {
				require.Contains(t, words, says)
			}
		})
	}
}

func TestAnEntityStandsInTheOrderOfItsOwnTime(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.send("msg_1", clerktest.Event(clerk.OrganizationUpdated))
	h.send("msg_2", clerktest.Event(clerk.OrganizationCreated))
	h.send("msg_3", clerktest.Event(clerk.OrganizationMembershipCreated))
	a := h.get("organizations/" + clerktest.OrganizationID)
	require.Equal(t, http.StatusOK, a.status)
	words := a.words()
	require.Contains(t, words, "Set as a tenant? Yes. The event: organization.updated")
	require.Regexp(t, `organization\.updated succeeded.*`+
		`organizationMembership\.created succeeded.*organization\.created skipped`, words)
	require.Contains(t, words, "What Knock should hold now By today's mappings and the newest event, organization.updated")
	require.Contains(t, words, "PUT /v1/tenants/"+clerktest.OrganizationID)

	late := h.get(h.path("msg_2")).words()
	require.Contains(t, late, "The newer event is organization.updated")
}
