package knock_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/knock"
	"github.com/stretchr/testify/require"
)

func TestARehearsalShowsTheRequestAndSendsNothing(t *testing.T) {
	t.Parallel()
	source, api := host(t, identifyWithMetadata())
	steps, err := source.Rehearse(t.Context(), userWithMetadata())
	require.NoError(t, err)
	require.Len(t, steps, 1)
	require.NoError(t, steps[0].Err)
	require.Equal(t, "PUT", attr(t, steps[0].Attrs, "method"))
	require.Equal(t, "/v1/users/user_1", attr(t, steps[0].Attrs, "path"))
	body := attr(t, steps[0].Attrs, "body")
	require.Equal(t, `{"plan":"pro"}`, fmt.Sprint(body), "as a person reads it")
	shown, err := json.Marshal(body)
	require.NoError(t, err)
	require.JSONEq(t, `{"plan":"pro"}`, string(shown))
	require.Equal(t, []string{"email"}, attr(t, steps[0].Attrs, "left_out"))
	require.Empty(t, api.Requests())
}

func TestARehearsalShowsTheErrorThatExecuteWouldReturn(t *testing.T) {
	t.Parallel()
	e, s := executor(knock.Config{}, status(200))
	inv := invocation(clerkknock.UsersIdentify, params{"id": "u", "created_at": 5})
	attrs, err := e.Rehearse(t.Context(), inv)
	require.Empty(t, attrs)
	require.True(t, clerkknock.IsPermanent(err))
	require.EqualError(t, err, e.Execute(t.Context(), inv).Error())
	require.Empty(t, s.calls)
}

func TestARehearsalShowsEachRequestOfALongList(t *testing.T) {
	t.Parallel()
	people := make([]int, 1500)
	for i := range people {
		people[i] = i
	}
	e, _ := executor(knock.Config{}, status(200))
	trigger := invocation(clerkknock.WorkflowsTrigger, params{"key": "wf", "recipients": people})
	attrs, err := e.Rehearse(t.Context(), trigger)
	require.NoError(t, err)
	require.Len(t, attrs, 2)
}
