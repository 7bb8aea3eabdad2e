package console_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/clerk"
	"github.com/clerkknock/clerkknock/clerk/clerktest"
	"github.com/clerkknock/clerkknock/console"
	"github.com/stretchr/testify/require"
)

// try sends the form of the page with the table in force, in which a text is replaced.
func (h *house) try(old, replaced string, more ...string) answer {
	h.t.Helper()
	table, _ := clerkknock.WriteMappings(h.source.Mapper().Mappings()) // without what lives in code
	require.Contains(h.t, string(table), old)
	changed := strings.Replace(string(table), old, replaced, 1)
	return h.submit(h.get("try"), "try", append(more, "table", changed)...)
}

// story sends some of Ada's events.
func (h *house) story() {
	h.t.Helper()
	for i, eventType := range []string{"user.created", "organization.created", "user.updated", "session.created"} {
		require.Equal(h.t, 200, h.send(fmt.Sprintf("msg_story%d", i), clerktest.Event(eventType)))
	}
}

func TestTheTableInForceIsThereToBeChanged(t *testing.T) {
	t.Parallel()
	h := open(t, func(c *clerkknock.Config, _ *console.Config) {
		c.Mapper = clerkknock.DefaultMapper().With(clerkknock.Handle(clerk.UserCreated,
			func(context.Context, clerk.Event[clerk.User]) error { return nil }))
	})
	text := h.get("try").words()
	require.Contains(t, text, `"email": "body.data.email_addresses[id=data.primary_email_address_id].email_address"`)
	require.Contains(t, text, "1 mapping lives in code and stays as it is")
	require.Contains(t, text, `mapping "user.created:handle": is made with On or Handle, which no file can hold`)
}

func TestATableThatIsTheSameChangesNothing(t *testing.T) {
	t.Parallel()
	h := open(t, func(c *clerkknock.Config, _ *console.Config) {
		c.Mapper = clerkknock.NewMapper(clerkknock.Handle(clerk.UserCreated,
			func(context.Context, clerk.Event[clerk.User]) error { return nil })).
			With(clerkknock.DefaultMapper().Mappings()...)
	})
	h.story()
	text := h.try("[", "[").words()
	require.Contains(t, text, "Nothing: every event would do what it does now.")
	require.Contains(t, text, "4 events were looked at, back to just now . The log has no older ones.")
	require.Contains(t, text, "4 events would do the same as now, 1 of them nothing.")
}

func TestAChangedTableShowsWhatWouldDiffer(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.story()
	sent, before := len(h.knock.Requests()), h.source.Mapper()
	a := h.try(`"avatar": "body.data.image_url"`, `"avatar": "body.data.first_name"`)
	require.Contains(t, a.words(), "changed user.created:users_identify 1 step would send something else: avatar .")
	require.Contains(t, a.body, "events?search=msg_story0")
	require.NotContains(t, a.body, "Lovelace", "values are masked")
	require.NotContains(t, h.logged.String(), "payload shown")

	a = h.try(`"avatar": "body.data.image_url"`, `"avatar": "body.data.first_name"`, "what", "personal")
	require.Regexp(t, `<ins>.*&#34;avatar&#34;: &#34;Ada&#34;`, a.body)
	require.Contains(t, h.logged.String(), "payload shown")

	gone := h.try(`"event_type": "user.created"`, `"event_type": "user.banned"`)
	require.Contains(t, gone.words(), "dropped user.created:users_identify 1 step would not be made any more")
	table, _ := clerkknock.WriteMappings(h.source.Mapper().Enable("session.created:workflows_trigger").Mappings())
	more := h.submit(h.get("try"), "try", "table", string(table))
	require.Contains(t, more.words(), "added session.created:workflows_trigger 1 step would be made, and is not now")
	require.Contains(t, h.try("[", "[", "type", "user.created").words(), "1 event was looked at")
	require.Len(t, h.knock.Requests(), sent, "nothing is sent")
	require.Same(t, before, h.source.Mapper(), "the table in force stays")
}

func TestATableWithMistakesSaysWhere(t *testing.T) {
	t.Parallel()
	h := open(t)
	for name, c := range map[string]struct{ old, replaced, says string }{
		"no JSON":           {`"user.created",`, `"user.created"`, "Line 4, column 5: the file is not JSON"},
		"no such parameter": {`"avatar"`, `"portrait"`, "Line 6, column 19: mappings[0].action_parameters.portrait"},
		"a bad path": {`"body.data.image_url"`, `"body..x"`,
			"Line 6, column 17: mappings[0].action_parameters.avatar"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := h.try(c.old, c.replaced)
			require.Equal(t, 200, a.status)
			require.Contains(t, a.words(), c.says)
			require.Contains(t, a.words(), c.replaced, "what was written is still there")
			require.NotContains(t, a.words(), "What would differ")
		})
	}
}

func TestTheExamplesHaveNoValuesWherePayloadsAreHidden(t *testing.T) {
	t.Parallel()
	h := open(t, func(_ *clerkknock.Config, c *console.Config) { c.HidePayloads = true })
	h.story()
	a := h.try(`"avatar": "body.data.image_url"`, `"avatar": "body.data.first_name"`, "what", "personal")
	require.Contains(t, a.words(), "changed user.created:users_identify 1 step")
	require.NotContains(t, a.words(), `"Ada"`)
	require.NotContains(t, a.words(), "user_3AH")
	require.NotContains(t, h.logged.String(), "payload shown")
}

func TestNoMoreEventsAreLookedAtThanChosen(t *testing.T) {
	t.Parallel()
	h := open(t)
	for i := range 120 {
		h.send(fmt.Sprintf("msg_%d", i), clerktest.Event(clerk.UserUpdated))
	}
	require.Contains(t, h.try("[", "[", "events", "100").words(), "100 events were looked at")
	require.Contains(t, h.try("[", "[", "events", "100").words(), "There are older ones.")
	require.Contains(t, h.try("[", "[", "events", "1000000").words(), "120 events were looked at")
}
