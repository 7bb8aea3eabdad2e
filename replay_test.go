package clerkknock_test

import (
	"testing"

	"github.com/clerkknock/clerkknock"
	"github.com/stretchr/testify/require"
)

func TestAReplayAfterAMappingWasMendedRunsWhatChanged(t *testing.T) {
	t.Parallel()
	executor := &recorder{}
	s := source(t, clerkknock.Config{Executor: executor, Mapper: three()})
	body := user("updated", millis, "Ada")
	require.Equal(t, "succeeded succeeded succeeded", statuses(process(t, s, "msg_1", body)))
	require.Equal(t, "duplicate duplicate duplicate", statuses(process(t, s, "msg_1", body)))

	mended := three().Set("two", clerkknock.Params{"name": clerkknock.Path("data.first_name")})
	require.NoError(t, s.SetMapper(mended))
	require.Equal(t, "duplicate succeeded duplicate", statuses(process(t, s, "msg_1", body)))
	require.Equal(t, "duplicate duplicate duplicate", statuses(process(t, s, "msg_1", body)))
	require.Len(t, executor.got, 4)
	require.NotEqual(t, executor.got[1].IdempotencyKey, executor.got[3].IdempotencyKey)
}

func TestReprocessDoesEverythingAgainButGoesNotBackInTime(t *testing.T) {
	t.Parallel()
	executor := &recorder{}
	s := source(t, clerkknock.Config{Executor: executor, Mapper: three()})
	body := user("updated", millis, "Ada")
	process(t, s, "msg_1", body)
	r, err := s.Reprocess(t.Context(), delivery("msg_1", body))
	require.NoError(t, err)
	require.Equal(t, "succeeded succeeded succeeded", statuses(r))
	require.Len(t, executor.got, 6)
	require.NotEqual(t, executor.got[2].IdempotencyKey, executor.got[5].IdempotencyKey, "Knock is to notify again")
	require.Equal(t, "duplicate duplicate duplicate", statuses(process(t, s, "msg_1", body)))

	process(t, s, "msg_2", user("updated", millis+1, "Grace"))
	r, err = s.Reprocess(t.Context(), delivery("msg_1", body))
	require.NoError(t, err)
	require.Equal(t, "stale stale succeeded", statuses(r))
}

func TestAnIDThatNoHeaderCanHoldFailsAtOnce(t *testing.T) {
	t.Parallel()
	executor := &recorder{}
	s := source(t, clerkknock.Config{Executor: executor, Mapper: three()})
	r, err := s.Process(t.Context(), delivery("msg_1\r\nX-Evil: 1", user("updated", millis, "Ada")))
	require.True(t, clerkknock.IsPermanent(err))
	require.Equal(t, clerkknock.OutcomeFailed, r.Outcome)
	require.Empty(t, executor.got)
}
