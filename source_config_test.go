package clerkknock_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/clerk/clerktest"
	"github.com/stretchr/testify/require"
)

// A second Source that is made of the first one's Config shares its ledger.
func TestConfigMakesASecondSourceOnTheSameLedger(t *testing.T) {
	t.Parallel()
	told := 0
	observer := clerkknock.ObserverFunc(func(context.Context, clerkknock.Delivery, clerkknock.Report) error {
		told++
		return nil
	})
	first, err := clerkknock.New(clerkknock.Config{
		SigningSecrets: []string{clerktest.Secret}, Executor: clerkknock.DryRun(nil),
		Observers: []clerkknock.Observer{observer},
	})
	require.NoError(t, err)
	mapper := clerkknock.DefaultMapper().Disable("user.updated:users_identify")
	require.NoError(t, first.SetMapper(mapper))

	c := first.Config()
	require.Empty(t, c.SigningSecrets)
	require.NotContains(t, fmt.Sprintf("%+v", c), clerktest.Secret)
	require.Same(t, mapper, c.Mapper)
	require.Len(t, c.Observers, 1)
	second, err := clerkknock.New(c)
	require.NoError(t, err)

	d := clerkknock.Delivery{ID: "msg_1", Body: clerktest.Event("user.created")}
	report, err := first.Process(t.Context(), d)
	require.NoError(t, err)
	require.Equal(t, clerkknock.OutcomeSucceeded, report.Outcome)
	report, err = second.Process(t.Context(), d)
	require.NoError(t, err)
	require.Equal(t, clerkknock.OutcomeDuplicate, report.Outcome)
	require.Equal(t, 2, told)
}
