package inbox_test

import (
	"fmt"
	"testing"

	"github.com/clerkknock/clerkknock/inbox"
	"github.com/stretchr/testify/require"
)

func TestAFullInboxRefusesUntilThereIsRoom(t *testing.T) {
	onBoth(t, func(t *testing.T, at site) {
		b := at.open(t, inbox.Config{MaxBacklog: 5})
		for i := range 5 {
			require.NoError(t, b.Put(t.Context(), delivery(fmt.Sprint("msg_", i), "user_1")))
		}
		require.ErrorIs(t, b.Put(t.Context(), delivery("msg_5", "user_1")), inbox.ErrFull)
		require.NoError(t, b.Start(t.Context(), newSource(t, b, identify(), (&recorder{}).Execute).Process))
		stored := func() bool { return b.Put(t.Context(), delivery("msg_5", "user_1")) == nil }
		require.Eventually(t, stored, soon, often)
	})
}
