package inbox_test

import (
	"testing"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/inbox"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A mapping is mended while a delivery that it has failed is dead: a replay executes
// what has changed, and nothing that was done.
func TestAReplayAfterAMappingIsMendedExecutesOnlyWhatChanged(t *testing.T) {
	onBoth(t, func(t *testing.T, at site) {
		b := at.open(t, inbox.Config{})
		r := &recorder{fail: diesAtFirst("trigger")}
		// The step after the one that fails is done at the first attempt, though by a
		// mapping that will turn out to be wrong as well.
		last := func(key string) clerkknock.Mapping {
			return clerkknock.Mapping{
				ID: "last", Event: "user.created", Action: clerkknock.WorkflowsTrigger,
				Params: clerkknock.Params{"key": clerkknock.Literal(key), "recipients": clerkknock.Path("data.id")},
			}
		}
		src := newSource(t, b, identifyAndTrigger().With(last("wrong")), r.Execute)
		require.NoError(t, b.Put(t.Context(), delivery("msg_1", "user_1")))
		require.NoError(t, b.Start(t.Context(), src.Process))
		settled(t, b)
		require.Equal(t, []string{"identify msg_1", "trigger msg_1", "last msg_1"}, r.recorded())
		require.Len(t, collect(t, b.Dead(t.Context(), inbox.Period{})), 1)

		require.NoError(t, src.SetMapper(identifyAndTrigger().With(last("right"))))
		require.NoError(t, b.Replay(t.Context(), "msg_1"))
		settled(t, b)
		assert.Equal(t, []string{"trigger msg_1", "last msg_1"}, r.recorded()[3:])
		assert.Empty(t, collect(t, b.Letters(t.Context(), inbox.Filter{})))
	})
}
