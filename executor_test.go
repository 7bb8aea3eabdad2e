package clerkknock_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/clerkknock/clerkknock"
	"github.com/stretchr/testify/require"
)

func TestTeeGoesOnAfterAFailureAndWeighsThemAll(t *testing.T) {
	t.Parallel()
	boom, gone := errors.New("boom"), errors.New("gone")
	ok := &recorder{}
	temporary := &recorder{fail: func(context.Context, clerkknock.Invocation) error {
		return clerkknock.RetryAfter(boom, 3*time.Second)
	}}
	permanent := &recorder{fail: func(context.Context, clerkknock.Invocation) error { return clerkknock.Permanent(gone) }}

	require.NoError(t, clerkknock.Tee(ok, ok).Execute(t.Context(), clerkknock.Invocation{}))

	err := clerkknock.Tee(permanent, ok, permanent).Execute(t.Context(), clerkknock.Invocation{})
	require.ErrorIs(t, err, gone)
	require.True(t, clerkknock.IsPermanent(err))

	err = clerkknock.Tee(permanent, temporary, ok).Execute(t.Context(), clerkknock.Invocation{})
	require.ErrorIs(t, err, boom)
	require.False(t, clerkknock.IsPermanent(err), "what can succeed later is tried again")
	require.Len(t, ok.got, 4)

	h := serve(t, clerkknock.Config{Executor: clerkknock.Tee(permanent, temporary)})
	require.Equal(t, "3", h.post(t, "msg_1", userCreated).header.Get("Retry-After"), "the pause is passed on")
}

func TestDryRunLogsNoValues(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	e := clerkknock.DryRun(slog.New(slog.NewJSONHandler(&b, nil)))
	action := clerkknock.NewAction(clerkknock.ObjectsSubscribe, map[string]any{
		"collection": "$tenants", "id": "org_1", "recipients": "jane@example.com",
	})
	require.NoError(t, e.Execute(t.Context(), clerkknock.Invocation{Action: action}))
	require.Contains(t, b.String(), `"collection":"$tenants"`)
	require.Contains(t, b.String(), `"params":["collection","id","recipients"]`)
	require.NotContains(t, b.String(), "jane")
}

func TestMarksOfErrors(t *testing.T) {
	t.Parallel()
	boom := errors.New("boom")
	require.NoError(t, clerkknock.Permanent(nil))
	require.NoError(t, clerkknock.RetryAfter(nil, time.Second))
	require.False(t, clerkknock.IsPermanent(nil))
	require.False(t, clerkknock.IsPermanent(boom))
	require.ErrorIs(t, clerkknock.RetryAfter(boom, time.Second), boom)
	require.EqualError(t, clerkknock.RetryAfter(clerkknock.Permanent(boom), time.Second), "boom")
	require.True(t, clerkknock.IsPermanent(clerkknock.RetryAfter(clerkknock.Permanent(boom), time.Second)))
}
