package inbox_test

import (
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/clerkknock/clerkknock/inbox"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A machine is lost in the last attempt of a delivery, and the others' clocks are behind.
func TestWhatDiesWithItsProcessIsLoggedOnce(t *testing.T) {
	t.Parallel()
	at := postgresSite(t)
	var log lockedBuffer
	logger := slog.New(slog.NewTextHandler(&log, nil))
	behind := func() time.Time { return time.Now().Add(-time.Hour) }
	b := at.open(t, inbox.Config{MaxAttempts: 1, Logger: logger, Now: behind})
	require.NoError(t, b.Put(t.Context(), delivery("msg_1", "user_1")))
	at.exec(t, `UPDATE river_job SET state = 'running', attempt = 1, attempted_at = now() - interval '1 minute',
		attempted_by = '{lost}'`)
	r := &recorder{}
	for _, box := range []*inbox.Inbox{b, at.open(t, inbox.Config{Logger: logger, Now: behind})} {
		require.NoError(t, box.Start(t.Context(), newSource(t, box, identify(), r.Execute).Process))
	}
	settled(t, b)
	letters := collect(t, b.Dead(t.Context(), inbox.Period{}))
	require.Len(t, letters, 1)
	require.Eventually(t, func() bool { return strings.Contains(log.String(), "delivery is dead") }, soon, often)
	pause := time.NewTimer(time.Second)
	<-pause.C
	assert.Equal(t, 1, strings.Count(log.String(), "delivery is dead"))
	assert.Contains(t, log.String(), "svix_id=msg_1")
	assert.Contains(t, log.String(), "was lost")
	assert.Empty(t, r.recorded())
}
