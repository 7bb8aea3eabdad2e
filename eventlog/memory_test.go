package eventlog_test

import (
	"testing"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/eventlog"
	"github.com/clerkknock/clerkknock/eventlog/eventlogtest"
	"github.com/stretchr/testify/require"
)

func TestMemoryConforms(t *testing.T) {
	t.Parallel()
	eventlogtest.Run(t, func(*testing.T) eventlog.Log { return &eventlog.Memory{} })
}

func TestMemoryKeepsTheNewest(t *testing.T) {
	t.Parallel()
	l := &eventlog.Memory{Capacity: 2}
	for _, id := range []string{"a", "b", "c"} {
		require.NoError(t, l.Observe(t.Context(), clerkknock.Delivery{ID: id}, clerkknock.Report{ID: id}))
	}
	entries, err := l.Entries(t.Context(), eventlog.Query{})
	require.NoError(t, err)
	require.Len(t, entries, 2)
	require.Equal(t, "c", entries[0].Delivery.ID)
}
