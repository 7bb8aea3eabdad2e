package ledger_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/clerkknock/clerkknock/ledger"
	"github.com/clerkknock/clerkknock/ledger/ledgertest"
	"github.com/stretchr/testify/require"
)

func TestMemoryConforms(t *testing.T) {
	t.Parallel()
	ledgertest.Run(t, func(_ *testing.T, now func() time.Time) ledger.Ledger {
		return &ledger.Memory{Now: now}
	})
}

func TestMemoryForgetsTheOldAndTheTooMany(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_700_000_000, 0)
	l := &ledger.Memory{Capacity: 3, Retention: time.Hour, Now: func() time.Time { return now }}
	do := func(id, step string) []string {
		c, err := l.Claim(t.Context(), id, "user/"+id)
		require.NoError(t, err)
		if step != "" {
			require.NoError(t, l.Record(t.Context(), c, step, ledger.Version{Time: now}))
		}
		require.NoError(t, l.Release(t.Context(), c))
		return c.Done
	}
	held, err := l.Claim(t.Context(), "held", "user/held")
	require.NoError(t, err)
	require.NoError(t, l.Record(t.Context(), held, "a", ledger.Version{Time: now}))
	for i := range 5 {
		do(fmt.Sprint(i), "a")
	}
	require.Empty(t, do("0", ""), "the oldest went first")
	require.NotEmpty(t, do("4", ""))
	_, err = l.Claim(t.Context(), "held", "")
	require.ErrorIs(t, err, ledger.ErrInFlight, "what is claimed stays")

	now = now.Add(2 * time.Hour)
	require.Empty(t, do("4", ""), "an hour is over")
	require.NoError(t, l.Release(t.Context(), held))
	require.Empty(t, do("held", ""))
}

func TestMemoryWarnsWhenItForgetsTooEarly(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_700_000_000, 0)
	var log bytes.Buffer
	logger := slog.New(slog.NewTextHandler(&log, nil))
	l := &ledger.Memory{Capacity: 2, Now: func() time.Time { return now }, Logger: logger}
	for i := range 10 {
		now = now.Add(10 * time.Minute)
		c, err := l.Claim(t.Context(), fmt.Sprint(i), "")
		require.NoError(t, err)
		require.NoError(t, l.Record(t.Context(), c, "step", ledger.Version{}))
		require.NoError(t, l.Release(t.Context(), c))
	}
	require.Equal(t, 2, strings.Count(log.String(), "sooner than Svix repeats"), "once an hour")

	log.Reset()
	l = &ledger.Memory{Retention: time.Hour, Now: l.Now, Logger: l.Logger}
	c, err := l.Claim(t.Context(), "a", "")
	require.NoError(t, err)
	require.NoError(t, l.Record(t.Context(), c, "step", ledger.Version{}))
	require.NoError(t, l.Release(t.Context(), c))
	now = now.Add(30 * time.Hour)
	_, err = l.Claim(t.Context(), "b", "")
	require.NoError(t, err)
	require.Empty(t, log.String(), "what is old enough goes without a word")
}
