package inbox_test

import (
	"context"
	"log/slog"
	"testing"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/clerk"
	"github.com/clerkknock/clerkknock/clerk/clerktest"
	"github.com/clerkknock/clerkknock/inbox"
	"github.com/stretchr/testify/require"
)

// A handler's claim is one of its own, and what has no entity has none.
func TestHandlersRunOnceOnASharedLedger(t *testing.T) {
	onBoth(t, func(t *testing.T, at site) {
		box := at.open(t, inbox.Config{})
		ran := map[string]int{}
		handle := func(id string) clerkknock.Mapping {
			m := clerkknock.Handle(clerk.UserUpdated, func(context.Context, clerk.Event[clerk.User]) error {
				ran[id]++
				return nil
			})
			m.ID = id
			return m
		}
		src, err := clerkknock.New(clerkknock.Config{
			SigningSecrets: []string{clerktest.Secret},
			Executor:       clerkknock.DryRun(slog.New(slog.DiscardHandler)),
			Logger:         slog.New(slog.DiscardHandler),
			Mapper:         clerkknock.NewMapper(handle("one")),
			Ledger:         box.Ledger(),
		})
		require.NoError(t, err)
		for _, body := range []string{`{"type":"user.updated","data":{"id":"user_1"}}`, `{"type":"user.updated","data":{}}`} {
			for range 2 {
				_, err := src.Process(t.Context(), clerkknock.Delivery{ID: body, Body: []byte(body)})
				require.NoError(t, err)
			}
		}
		require.Equal(t, 2, ran["one"])
	})
}
