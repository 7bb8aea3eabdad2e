package inbox_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/clerk/clerktest"
	"github.com/clerkknock/clerkknock/eventlog"
	"github.com/clerkknock/clerkknock/inbox"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// belonging is a delivery of another type that belongs to a user, with a mark.
func belonging(id, eventType, path, user string) clerkknock.Delivery {
	d := private(id, user)
	d.Body = clerktest.Event(eventType, clerktest.Set(path, user), clerktest.Set("data.mark", mark))
	return d
}

func TestAPersonIsErased(t *testing.T) {
	for name, keys := range map[string][]inbox.Key{"in plain": nil, "encrypted": {key("a")}} {
		t.Run(name, func(t *testing.T) {
			onBoth(t, func(t *testing.T, at site) {
				b := at.open(t, inbox.Config{Keys: keys})
				r := &recorder{fail: func(call string, _ int) error {
					if call == "identify msg_dead" {
						return clerkknock.Permanent(errors.New("refused"))
					}
					return nil
				}}
				src := newSource(t, b, identify(), r.Execute)
				noted(t, b, private("msg_done", "user_1"), private("msg_dead", "user_1"))
				require.NoError(t, b.Start(t.Context(), src.Process))
				settled(t, b)
				require.NoError(t, b.Stop(t.Context()))
				waiting := []clerkknock.Delivery{
					private("msg_waiting", "user_1"),
					belonging("msg_session", "session.created", "data.user_id", "user_1"),
					belonging("msg_member", "organizationMembership.created", "data.public_user_data.user_id", "user_1"),
					belonging("msg_sms", "sms.created", "data.user_id", "user_1"),
				}
				noted(t, b, waiting...)
				noted(t, b, delivery("msg_other", "user_2"))

				require.NoError(t, b.Erase(t.Context(), "user/user_1"))
				assert.Zero(t, at.marks(t), "while it is open")
				letters := collect(t, b.Letters(t.Context(), inbox.Filter{}))
				require.Len(t, letters, 1)
				assert.Equal(t, "msg_other", letters[0].Key)
				assert.NotEmpty(t, letters[0].Delivery.Body)
				for _, d := range waiting { // what is known is not taken in again
					noted(t, b, d)
				}
				require.NoError(t, b.Start(t.Context(), src.Process))
				settled(t, b)
				assert.Equal(t, []string{"identify msg_dead", "identify msg_done", "identify msg_other"}, sorted(r.recorded()))
				entries, err := b.EventLog().Entries(t.Context(), eventlog.Query{ID: "msg_done"})
				require.NoError(t, err)
				require.Len(t, entries, 1, "that it came is known")
				assert.Empty(t, entries[0].Delivery.Body)
				assert.Empty(t, entries[0].Delivery.Header)
				require.NoError(t, b.Erase(t.Context(), "user/user_1"), "again")
				require.NoError(t, b.Close())
				assert.Zero(t, at.marks(t), "when it is closed")
			})
		})
	}
}

func sorted(all []string) []string {
	slices.Sort(all)
	return all
}

func TestWhatIsRunningIsErasedWhenItIsNotAnyMore(t *testing.T) {
	onBoth(t, func(t *testing.T, at site) {
		b := at.open(t, inbox.Config{})
		noted(t, b, private("msg_1", "user_1"))
		running, finish := make(chan bool), make(chan error)
		require.NoError(t, b.Start(t.Context(), func(context.Context, clerkknock.Delivery) (clerkknock.Report, error) {
			running <- true
			return clerkknock.Report{}, <-finish
		}))
		<-running
		var state *inbox.StateError
		require.ErrorAs(t, b.Erase(t.Context(), "user/user_1"), &state)
		assert.Equal(t, inbox.StateError{Key: "msg_1", State: inbox.Running}, *state)
		assert.Zero(t, at.marks(t))
		// There is nothing left that another attempt could work on.
		finish <- errors.New("knock is down")
		settled(t, b)
		require.NoError(t, b.Erase(t.Context(), "user/user_1"))
		assert.Empty(t, collect(t, b.Letters(t.Context(), inbox.Filter{})))
	})
}

func TestADeletedUserIsErasedIfAsked(t *testing.T) {
	for name, asked := range map[string]bool{"asked": true, "not asked": false} {
		t.Run(name, func(t *testing.T) {
			onBoth(t, func(t *testing.T, at site) {
				b := at.open(t, inbox.Config{EraseDeleted: asked, Workers: 1})
				r := &recorder{}
				src := newSource(t, b, identify(), r.Execute)
				noted(t, b, private("msg_1", "user_1"))
				require.NoError(t, b.Start(t.Context(), src.Process))
				settled(t, b)
				noted(t, b, clerkknock.Delivery{
					ID: "msg_2", Body: clerktest.Event("user.deleted", clerktest.Set("data.id", "user_1")),
				})
				settled(t, b)
				noted(t, b, private("msg_late", "user_1"),
					belonging("msg_session", "session.removed", "data.user_id", "user_1"))
				settled(t, b)
				require.NoError(t, b.Stop(t.Context()))
				require.NoError(t, b.Sweep(t.Context()))
				assert.Equal(t, asked, at.marks(t) == 0)
				assert.Empty(t, collect(t, b.Dead(t.Context(), inbox.Period{})))
			})
		})
	}
}

func TestNobodyIsNotErased(t *testing.T) {
	t.Parallel()
	b := sqliteSite(t).open(t, inbox.Config{})
	require.NoError(t, b.Put(t.Context(), clerkknock.Delivery{ID: "msg_1", Body: []byte(`{"type":"other"}`)}))
	require.ErrorContains(t, b.Erase(t.Context(), ""), "the entity is empty")
	require.NoError(t, b.Erase(t.Context(), "user/nobody"))
	require.Len(t, collect(t, b.Letters(t.Context(), inbox.Filter{})), 1)
}

func TestTheEventLogKeepsNoBodyThatNobodyReads(t *testing.T) {
	onBoth(t, func(t *testing.T, at site) {
		b := at.open(t, inbox.Config{})
		for _, d := range []clerkknock.Delivery{private("msg_1", "user_1"), private("", "user_1")} {
			require.NoError(t, b.EventLog().Observe(t.Context(), d, clerkknock.Report{
				ID: d.ID, Type: "sms.created", Outcome: clerkknock.OutcomeIgnored, At: d.ReceivedAt,
			}))
		}
		entries, err := b.EventLog().Entries(t.Context(), eventlog.Query{})
		require.NoError(t, err)
		assert.Len(t, entries, 2)
		assert.Zero(t, at.marks(t))
	})
}
