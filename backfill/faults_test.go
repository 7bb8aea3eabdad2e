package backfill_test

import (
	"context"
	"fmt"
	"iter"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/backfill"
	"github.com/clerkknock/clerkknock/knock/knocktest"
	"github.com/stretchr/testify/require"
)

func TestFaultsLoseNobody(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name  string
		fault knocktest.Fault
	}{
		{"down", knocktest.Fault{Status: 503}},
		{"limited", knocktest.Fault{Status: 429}},
		{"done and not answered", knocktest.Fault{Status: 502, AfterEffect: true}},
		{"broken off", knocktest.Fault{Reset: true}},
		{"done and broken off", knocktest.Fault{Reset: true, AfterEffect: true}},
		{"a proxy's page", knocktest.Fault{Status: 504, Body: []byte("<html>")}},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			inMemory(t, knocktest.Config{EnforceRateLimits: true}, nil, func(t *testing.T, w world) {
				row.fault.Probability = 0.05
				w.api.Fail(row.fault)
				rng := rand.New(rand.NewPCG(1, 0))
				w.api.FailItems(func(knocktest.Ref) bool { return rng.IntN(20) == 0 })
				report, err := backfill.Run(t.Context(), backfill.Config{Source: w.source}, records(2000, 300, 100))
				require.NoError(t, err)
				require.True(t, report.Finished)
				require.Equal(t, 2000, report.Kinds[backfill.User].Sent)
				w.holdsAll(t, 2000, 300)
			})
		})
	}
}

func TestWhatFailsForGoodIsToldWithItsReason(t *testing.T) {
	t.Parallel()
	inMemory(t, knocktest.Config{}, nil, func(t *testing.T, w world) {
		large := fmt.Appendf(nil, `{"id":"user_large","object":"user","public_metadata":{"x":%q},"updated_at":1}`,
			strings.Repeat("secret ", 40_000))
		reader := func(ctx context.Context, after string) iter.Seq2[backfill.Record, error] {
			return func(yield func(backfill.Record, error) bool) {
				for _, r := range []backfill.Record{
					{Kind: backfill.User, Data: large},
					{Kind: backfill.User, Data: []byte(`{"id":"user_#1","object":"user","updated_at":1}`)},
					{Kind: backfill.User, Data: []byte(`["no object"]`)},
					{Kind: backfill.User, Data: []byte(`{"object":"user"}`)},
				} {
					if !yield(r, nil) {
						return
					}
				}
				records(1000, 1, 100)(ctx, after)(yield)
			}
		}
		var failed []backfill.Result
		report, err := backfill.Run(t.Context(), backfill.Config{Source: w.source, OnResult: func(r backfill.Result) {
			if r.Outcome == backfill.Failed {
				failed = append(failed, r)
			}
		}}, reader)
		require.NoError(t, err)
		require.True(t, report.Finished, "they fail again and again")
		users := report.Kinds[backfill.User]
		require.Equal(t, []int{1004, 1000, 1, 3}, []int{users.Read, users.Sent, users.Skipped, users.Failed})
		require.Len(t, failed, 3)
		require.Len(t, report.Examples, 3)
		text := report.String()
		for _, want := range []string{
			"step user.created:users_identify: knock: users_identify: knock answered 422 invalid_params",
			`parameter "id" holds "/" or "#"`, "is no JSON object", `parameter "id" resolves to nothing`,
		} {
			require.Contains(t, text, want)
		}
		require.NotContains(t, text, "secret")
		w.holdsAll(t, 1000, 1)
	})
}

// When Knock is down for long the run ends by itself, and the next one goes on.
func TestAnOutageEndsTheRunAndTheNextGoesOn(t *testing.T) {
	t.Parallel()
	inMemory(t, knocktest.Config{}, nil, func(t *testing.T, w world) {
		checkpoint := &memory{}
		c := backfill.Config{Source: w.source, Checkpoint: checkpoint, InFlight: 500}
		w.api.Fail(knocktest.Fault{Skip: 20, Status: 503})
		report, err := backfill.Run(t.Context(), c, records(3000, 10, 100))
		require.ErrorContains(t, err, "100 records have failed for now")
		require.ErrorContains(t, err, "knock answered 503")
		require.False(t, report.Finished)
		w.api.Heal()
		report, err = backfill.Run(t.Context(), c, records(3000, 10, 100))
		require.NoError(t, err)
		require.True(t, report.Finished)
		require.Equal(t, 3000, report.Kinds[backfill.User].Read)
		w.holdsAll(t, 3000, 10)
	})
}

func TestOneWhoFailsForNowIsTriedByTheNextRun(t *testing.T) {
	t.Parallel()
	inMemory(t, knocktest.Config{}, nil, func(t *testing.T, w world) {
		checkpoint := &memory{}
		c := backfill.Config{Source: w.source, Checkpoint: checkpoint}
		w.api.FailItems(func(item knocktest.Ref) bool { return item.ID == "user_250" })
		w.api.Fail(knocktest.Fault{Path: "/v1/users/user_250", Status: 500})
		report, err := backfill.Run(t.Context(), c, records(1000, 10, 100))
		require.NoError(t, err)
		require.False(t, report.Finished)
		require.Equal(t, 1, report.Kinds[backfill.User].Failed)
		require.Equal(t, "200", checkpoint.last().Position)
		w.api.Heal()
		report, err = backfill.Run(t.Context(), c, records(1000, 10, 100))
		require.NoError(t, err)
		require.True(t, report.Finished)
		w.holdsAll(t, 1000, 10)
	})
}

func TestAnEndedContextFinishesWhatIsUnderWay(t *testing.T) {
	t.Parallel()
	slow := knocktest.Config{BulkTakes: func(int) time.Duration { return 5 * time.Second }}
	inMemory(t, slow, nil, func(t *testing.T, w world) {
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		checkpoint := &memory{}
		report, err := backfill.Run(ctx, backfill.Config{Source: w.source, Checkpoint: checkpoint}, records(20_000, 1, 100))
		require.ErrorIs(t, err, context.DeadlineExceeded)
		users := report.Kinds[backfill.User]
		require.Positive(t, users.Sent)
		require.Zero(t, users.Failed)
		require.Equal(t, fmt.Sprint(users.Read/100*100), checkpoint.last().Position)
		require.Len(t, w.api.Users(), users.Read, "none is under way any more")
	})
}

// Behind a Tee actions go in bulk, and to any other Executor of the host's one by one.
func TestAnyExecutorDoes(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name string
		wrap func(e clerkknock.Executor) clerkknock.Executor
		bulk int
	}{
		{"tee", func(e clerkknock.Executor) clerkknock.Executor { return clerkknock.Tee(e) }, 1},
		{"function", func(e clerkknock.Executor) clerkknock.Executor { return clerkknock.ExecutorFunc(e.Execute) }, 0},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			inMemory(t, knocktest.Config{}, nil, func(t *testing.T, w world) {
				c := w.source.Config()
				c.Executor = row.wrap(c.Executor)
				source, err := clerkknock.New(c)
				require.NoError(t, err)
				_, err = backfill.Run(t.Context(), backfill.Config{Source: source}, records(300, 2, 100))
				require.NoError(t, err)
				w.holdsAll(t, 300, 2)
				require.Equal(t, row.bulk, w.calls()["POST /v1/users/bulk/identify"])
			})
		})
	}
}
