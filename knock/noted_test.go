package knock_test

import (
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/clerk/clerktest"
	"github.com/clerkknock/clerkknock/knock"
	"github.com/stretchr/testify/require"
)

func TestAStepsReportSaysWhenARequestBeganAndWhatItWaitedFor(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		// A request per second: the second one waits for its turn.
		e, _ := executor(knock.Config{RateShare: 1.0 / 60, MaxAttempts: 2}, status(200), status(503), status(200))
		var steps []clerkknock.StepReport
		src, err := clerkknock.New(clerkknock.Config{
			SigningSecrets: []string{clerktest.Secret},
			Executor:       e,
			Logger:         slog.New(slog.DiscardHandler),
			Mapper: clerkknock.NewMapper(clerkknock.Mapping{
				Event: "user.created", Action: clerkknock.UsersIdentify,
				Params: clerkknock.Params{"id": clerkknock.Path("data.id")},
			}),
		})
		require.NoError(t, err)
		for _, id := range []string{"msg_1", "msg_2"} {
			report, err := src.Process(t.Context(), clerkknock.Delivery{ID: id, Body: clerktest.Event("user.created")})
			require.NoError(t, err)
			steps = append(steps, report.Steps...)
		}

		require.Equal(t, steps[0].At, attr(t, steps[0].Attrs, "at"))
		require.Zero(t, attr(t, steps[0].Attrs, "took"))
		for _, a := range steps[0].Attrs[0].Value.Group() {
			require.NotContains(t, []string{"waited", "attempts"}, a.Key, "it went at once")
		}
		require.Equal(t, steps[1].Took, attr(t, steps[1].Attrs, "took"))
		require.Equal(t, int64(2), attr(t, steps[1].Attrs, "attempts"))
		// The first attempt waits for a second; the second one for what its pause leaves of another.
		waited, ok := attr(t, steps[1].Attrs, "waited").(time.Duration)
		require.True(t, ok)
		require.Greater(t, waited, time.Second)
		require.Less(t, waited, steps[1].Took)
	})
}
