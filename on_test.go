package clerkknock_test

import (
	"context"
	"encoding/json"
	"errors"
	"testing"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/clerk"
	"github.com/stretchr/testify/require"
)

func TestOnPlansWhatTheFunctionDecides(t *testing.T) {
	t.Parallel()
	on := func(t *testing.T, actions []clerkknock.Action, err error) []clerkknock.Step {
		t.Helper()
		decide := func(_ context.Context, e clerk.Event[clerk.User]) ([]clerkknock.Action, error) {
			require.Equal(t, "user_1", e.Data.ID)
			require.Equal(t, "msg_1", e.ID)
			return actions, err
		}
		m := clerkknock.NewMapper(clerkknock.On(clerk.UserCreated, decide))
		steps, planErr := m.Rehearse(t.Context(), clerkknock.Delivery{
			ID: "msg_1", Body: []byte(`{"type":"user.created","data":{"id":"user_1"}}`),
		})
		require.NoError(t, planErr)
		return steps
	}
	steps := on(t, []clerkknock.Action{
		clerkknock.NewAction(clerkknock.WorkflowsTrigger, map[string]any{
			"key": "welcome", "recipients": []string{"user_1"}, "data": nil,
		}),
		clerkknock.NewAction(clerkknock.UsersIdentify, map[string]any{"id": "user_1"}),
	}, nil)
	require.Len(t, steps, 2)
	require.Equal(t, "user.created:on#2", steps[0].ID, "identify comes first")
	require.Equal(t, "user.created:on#1", steps[1].ID)
	require.Equal(t, `null`, string(steps[1].Action.Params["data"]))
	require.NotEqual(t, steps[0].IdempotencyKey, steps[1].IdempotencyKey)

	nothing := on(t, nil, nil)
	require.Len(t, nothing, 1)
	require.Equal(t, "its function returned no action", nothing[0].Skip)
	boom := errors.New("boom")
	require.ErrorIs(t, on(t, nil, boom)[0].Err, boom)
	for name, wrong := range map[string]clerkknock.Action{
		"unknown type":      clerkknock.NewAction("users_notify", nil),
		"unknown parameter": clerkknock.NewAction(clerkknock.UsersDelete, map[string]any{"id": "x", "nickname": "y"}),
		"not encodable":     clerkknock.NewAction(clerkknock.UsersDelete, map[string]any{"id": make(chan int)}),
		"no JSON": {Type: clerkknock.UsersIdentify, Params: map[string]json.RawMessage{
			"id": json.RawMessage(`"x"`), "name": nil,
		}},
		"more than one": {Type: clerkknock.UsersIdentify, Params: map[string]json.RawMessage{
			"id": json.RawMessage(`"x"`), "name": json.RawMessage(`"a","admin":true`),
		}},
		"blank ID":        clerkknock.NewAction(clerkknock.UsersDelete, map[string]any{"id": "  "}),
		"ID is an object": clerkknock.NewAction(clerkknock.UsersDelete, map[string]any{"id": map[string]any{"a": 1}}),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			steps := on(t, []clerkknock.Action{wrong}, nil)
			require.Len(t, steps, 1)
			require.True(t, clerkknock.IsPermanent(steps[0].Err))
		})
	}
	skipped := on(t, []clerkknock.Action{clerkknock.NewAction(clerkknock.UsersDelete, map[string]any{"id": ""})}, nil)
	require.Contains(t, skipped[0].Skip, `"id"`)
}
