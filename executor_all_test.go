package clerkknock_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"

	"github.com/clerkknock/clerkknock"
	"github.com/stretchr/testify/require"
)

// atOnce is an Executor that takes many actions at once, and refuses the second of them.
type atOnce struct {
	clerkknock.Executor
	calls int
}

func (a *atOnce) ExecuteAll(_ context.Context, invs []clerkknock.Invocation) []error {
	a.calls++
	errs := make([]error, len(invs))
	errs[1] = clerkknock.Permanent(errors.New("refused"))
	return errs
}

func TestTeeGivesManyActionsToEachInItsOwnWay(t *testing.T) {
	t.Parallel()
	many, single := &atOnce{}, atomic.Int64{}
	tee := clerkknock.Tee(many, clerkknock.ExecutorFunc(func(_ context.Context, inv clerkknock.Invocation) error {
		single.Add(1)
		if inv.MappingID == "temporary" {
			return errors.New("not now")
		}
		if inv.MappingID == "panic" {
			panic("personal data")
		}
		return nil
	})).(interface {
		ExecuteAll(ctx context.Context, invs []clerkknock.Invocation) []error
	})
	invs := make([]clerkknock.Invocation, 100)
	invs[7].MappingID, invs[8].MappingID = "temporary", "panic"
	errs := tee.ExecuteAll(t.Context(), invs)
	require.Equal(t, 1, many.calls)
	require.EqualValues(t, 100, single.Load())
	require.NoError(t, errs[0])
	require.True(t, clerkknock.IsPermanent(errs[1]))
	require.EqualError(t, errs[7], "not now")
	require.ErrorContains(t, errs[8], "panic in host code")
	require.NoError(t, errs[99])
}
