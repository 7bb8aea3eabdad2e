package inbox_test

import (
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/clerk/clerktest"
	"github.com/clerkknock/clerkknock/inbox"
	"github.com/clerkknock/clerkknock/ledger"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Hosts that keep nothing and start nothing know from the ledger what another has done.
func TestStatelessSourcesShareALedger(t *testing.T) {
	t.Parallel()
	at := postgresSite(t)
	r := &recorder{fail: func(call string, n int) error {
		if call == "trigger msg_1" && n == 1 {
			return errors.New("knock is down")
		}
		return nil
	}}
	host := func() *clerkknock.Source {
		src, err := clerkknock.New(clerkknock.Config{
			SigningSecrets: []string{clerktest.Secret},
			Executor:       clerkknock.ExecutorFunc(r.Execute),
			Ledger:         at.open(t, inbox.Config{}).Ledger(),
			Logger:         slog.New(slog.DiscardHandler),
			Mapper: identifyAndTrigger().With(clerkknock.Mapping{
				ID: "change", Event: "user.updated", Action: clerkknock.UsersIdentify,
				Params: clerkknock.Params{"id": clerkknock.Path("data.id")},
			}),
		})
		require.NoError(t, err)
		return src
	}
	first, second := host(), host()
	_, err := first.Process(t.Context(), delivery("msg_1", "user_1"))
	require.Error(t, err)
	for _, src := range []*clerkknock.Source{second, first} {
		_, err := src.Process(t.Context(), delivery("msg_1", "user_1"))
		require.NoError(t, err)
	}
	assert.Equal(t, []string{"identify msg_1", "trigger msg_1", "trigger msg_1"}, r.recorded(), "each step once")

	_, err = second.Process(t.Context(), change("msg_3", "user_2", 2))
	require.NoError(t, err)
	report, err := first.Process(t.Context(), change("msg_2", "user_2", 1))
	require.NoError(t, err)
	assert.Equal(t, clerkknock.StepStale, report.Steps[0].Status, "no host goes back in time")

	at.age(t, 31*24*time.Hour)
	sweeper := at.open(t, inbox.Config{})
	require.False(t, newest(t, sweeper.Ledger(), "user/user_2").IsZero())
	require.NoError(t, sweeper.Sweep(t.Context()))
	assert.Equal(t, ledger.Version{}, newest(t, sweeper.Ledger(), "user/user_2"))
}
