package inbox_test

import (
	"net/http/httptest"
	"testing"
	"time"

	"github.com/clerkknock/clerkknock/console"
	"github.com/clerkknock/clerkknock/inbox"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTheConsoleSeesTheInbox(t *testing.T) {
	onBoth(t, func(t *testing.T, at site) {
		b, o := at.open(t, inbox.Config{}), newOutage()
		struck(t, b, o, "msg_1", "msg_2", "msg_dead")
		queue := b.Queue()

		backlog, err := queue.Backlog(t.Context())
		require.NoError(t, err)
		assert.WithinDuration(t, time.Now(), backlog.Oldest, soon)
		backlog.Oldest = time.Time{}
		assert.Equal(t, console.Backlog{Retrying: 2, Dead: 1}, backlog)
		assert.Equal(t, 2, backlog.Unfinished())

		dead, err := queue.Letters(t.Context(), console.Selection{States: []console.State{console.Dead}})
		require.NoError(t, err)
		require.Len(t, dead, 1)
		assert.Equal(t, "msg_dead", dead[0].Key)
		assert.Equal(t, console.Dead, dead[0].State)
		assert.Equal(t, []string{"user/user_msg_dead"}, dead[0].Entities)
		assert.Equal(t, "step identify: no such workflow", dead[0].Error)
		assert.NotZero(t, dead[0].DiedAt)

		first, err := queue.Letters(t.Context(), console.Selection{Limit: 2})
		require.NoError(t, err)
		assert.Len(t, first, 2)
		none, err := queue.Letters(t.Context(), console.Selection{To: time.Now().Add(-time.Hour)})
		require.NoError(t, err)
		assert.Empty(t, none)
		_, err = queue.Letters(t.Context(), console.Selection{States: []console.State{"lost"}})
		assert.ErrorContains(t, err, `"lost"`)

		assert.ErrorContains(t, queue.Do(t.Context(), console.Hurry, "msg_dead"), "replay it instead")
		assert.ErrorContains(t, queue.Do(t.Context(), "burn", "msg_dead"), "there are replay, hurry and discard")
		o.over.Store(true)
		require.NoError(t, queue.Do(t.Context(), console.Discard, "msg_2"))
		require.NoError(t, queue.Do(t.Context(), console.Replay, "msg_dead"))
		require.NoError(t, queue.Do(t.Context(), console.Hurry, "msg_1"))
		settled(t, b)
	})
}

func TestTheConsoleShowsWhatWaits(t *testing.T) {
	t.Parallel()
	b, o := sqliteSite(t).open(t, inbox.Config{}), newOutage()
	source := newSource(t, b, identify(), o.Execute)
	page, err := console.Handler(console.Config{
		Source: source, Log: b.EventLog(), Queue: b.Queue(), Authorize: console.Loopback,
	})
	require.NoError(t, err)
	require.NoError(t, b.Put(t.Context(), delivery("msg_1", "user_1")))
	r := httptest.NewRequest("GET", "http://localhost/", nil)
	r.RemoteAddr = "127.0.0.1:5000"
	w := httptest.NewRecorder()
	page.ServeHTTP(w, r)
	require.Equal(t, 200, w.Code)
	require.Contains(t, w.Body.String(), "1 waiting, 0 running, 0 to be tried again")
}
