package backfill_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"testing"
	"time"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/backfill"
	"github.com/clerkknock/clerkknock/clerk"
	"github.com/clerkknock/clerkknock/clerk/clerktest"
	"github.com/clerkknock/clerkknock/knock/knocktest"
	"github.com/clerkknock/clerkknock/ledger"
	"github.com/stretchr/testify/require"
)

func TestEverybodyGoesInBulkCalls(t *testing.T) {
	t.Parallel()
	inMemory(t, knocktest.Config{EnforceRateLimits: true}, nil, func(t *testing.T, w world) {
		var results []backfill.Result
		report, err := backfill.Run(t.Context(), backfill.Config{
			Source: w.source, OnResult: func(r backfill.Result) { results = append(results, r) },
		}, records(3000, 20, 500))
		require.NoError(t, err)
		require.Equal(t, backfill.Counts{Read: 3000, Sent: 3000, LeftOut: 3000}, report.Kinds[backfill.User])
		require.Equal(t, 20, report.Kinds[backfill.Organization].Sent)
		require.Equal(t, 3000, report.Kinds[backfill.Membership].Sent)
		require.True(t, report.Finished)
		require.Len(t, results, 6020)
		w.holdsAll(t, 3000, 20)
		require.Equal(t, 3, w.calls()["POST /v1/users/bulk/identify"])
		require.LessOrEqual(t, report.Took, 12*time.Second)
	})
}

// The payloads of the list API are those of the events, so that both come to the same.
func TestARecordComesToTheSameAsItsEvent(t *testing.T) {
	t.Parallel()
	var live, filled knocktest.Snapshot
	inMemory(t, knocktest.Config{}, nil, func(t *testing.T, w world) {
		for i, e := range []string{"user.created", "organization.created", "organizationMembership.created"} {
			_, err := w.source.Process(t.Context(), clerkknock.Delivery{ID: fmt.Sprint(i), Body: clerktest.Event(e)})
			require.NoError(t, err)
		}
		live = w.api.Snapshot()
	})
	inMemory(t, knocktest.Config{}, nil, func(t *testing.T, w world) {
		_, err := backfill.Run(t.Context(), backfill.Config{Source: w.source}, of(
			backfill.Record{Kind: backfill.User, Data: clerktest.User()},
			backfill.Record{Kind: backfill.Organization, Data: clerktest.Organization()},
			backfill.Record{Kind: backfill.Membership, Data: clerktest.Membership()},
		))
		require.NoError(t, err)
		filled = w.api.Snapshot()
	})
	for i := range live.Users {
		live.Users[i].UpdatedAt, filled.Users[i].UpdatedAt = time.Time{}, time.Time{}
	}
	for i := range live.Tenants {
		live.Tenants[i].UpdatedAt, filled.Tenants[i].UpdatedAt = time.Time{}, time.Time{}
	}
	require.Equal(t, live, filled)
	require.NotEmpty(t, live.Subscriptions)
}

// of yields records without positions.
func of(all ...backfill.Record) backfill.Reader {
	return backfill.From(func(yield func(backfill.Record, error) bool) {
		for _, r := range all {
			if !yield(r, nil) {
				return
			}
		}
	})
}

func TestTriggersAndHandlersRunIfAskedFor(t *testing.T) {
	t.Parallel()
	for _, asked := range []bool{false, true} {
		t.Run(fmt.Sprint(asked), func(t *testing.T) {
			t.Parallel()
			handled := 0
			mapper := clerkknock.DefaultMapper().With(
				clerkknock.Handle(clerk.UserCreated, func(context.Context, clerk.Event[clerk.User]) error {
					handled++
					return nil
				}),
				clerkknock.Mapping{
					Event: "organization.created", Action: clerkknock.WorkflowsTrigger,
					Params: clerkknock.Params{
						"key": clerkknock.Literal("welcome"), "recipients": clerkknock.Literal([]string{"user_0"}),
					},
				},
				clerkknock.On(clerk.UserCreated, func(_ context.Context, e clerk.Event[clerk.User]) ([]clerkknock.Action, error) {
					return []clerkknock.Action{clerkknock.NewAction(clerkknock.WorkflowsTrigger, map[string]any{
						"key": "hello", "recipients": e.Data.ID,
					})}, nil
				}),
			)
			inMemory(t, knocktest.Config{}, mapper, func(t *testing.T, w world) {
				c := backfill.Config{Source: w.source, Triggers: asked, Handlers: asked}
				report, err := backfill.Run(t.Context(), c, records(1, 1, 1))
				require.NoError(t, err)
				require.Equal(t, 1, report.Kinds[backfill.User].Sent)
				w.holdsAll(t, 1, 1)
				if asked {
					require.Empty(t, report.NotAsked)
					require.Equal(t, 1, handled)
					require.Len(t, w.api.Triggers(), 2)
					return
				}
				require.Equal(t, []string{"user.created:handle", "organization.created:workflows_trigger"}, report.NotAsked)
				require.Zero(t, handled)
				require.Empty(t, w.api.Triggers())
			})
		})
	}
}

func TestADryRunDoesNothingAndSaysWhatItWouldDo(t *testing.T) {
	t.Parallel()
	inMemory(t, knocktest.Config{}, nil, func(t *testing.T, w world) {
		checkpoint := &memory{}
		report, err := backfill.Run(t.Context(), backfill.Config{
			Source: w.source, DryRun: true, Checkpoint: checkpoint,
		}, records(100, 3, 10))
		require.NoError(t, err)
		require.Equal(t, 100, report.Kinds[backfill.User].Sent)
		require.Equal(t, 100, report.Kinds[backfill.Membership].Sent)
		require.Len(t, report.Examples, 10+3+10)
		require.Equal(t, "user_0", report.Examples[0].Steps[0].Action.Text("id"))
		require.NotEmpty(t, report.Examples[0].Steps[0].Attrs, "the request itself")
		require.Empty(t, w.api.Requests())
		require.Empty(t, checkpoint.saves)

		// The ledger has not been told either.
		_, err = backfill.Run(t.Context(), backfill.Config{Source: w.source}, records(100, 3, 10))
		require.NoError(t, err)
		w.holdsAll(t, 100, 3)
	})
}

func TestWhatIsWrongIsSaidBeforeAnythingIsRead(t *testing.T) {
	t.Parallel()
	inMemory(t, knocktest.Config{}, nil, func(t *testing.T, w world) {
		for _, row := range []struct {
			config backfill.Config
			reader backfill.Reader
			want   string
		}{
			{backfill.Config{}, records(1, 1, 1), "Config.Source is required"},
			{backfill.Config{Source: w.source, InFlight: -1}, records(1, 1, 1), "must not be negative"},
			{backfill.Config{Source: w.source}, nil, "there is no Reader"},
			{backfill.Config{Source: w.source}, of(backfill.Record{Kind: "session"}), `kind "session"`},
			{backfill.Config{Source: w.source, Checkpoint: &memory{broken: errors.New("disk")}}, records(1, 1, 1), "disk"},
		} {
			_, err := backfill.Run(t.Context(), row.config, row.reader)
			require.ErrorContains(t, err, row.want)
		}
		require.Empty(t, w.api.Requests())
	})
}

func TestAReadersErrorEndsTheRunAfterWhatWasRead(t *testing.T) {
	t.Parallel()
	inMemory(t, knocktest.Config{}, nil, func(t *testing.T, w world) {
		checkpoint := &memory{}
		broken := func(ctx context.Context, after string) iter.Seq2[backfill.Record, error] {
			return func(yield func(backfill.Record, error) bool) {
				n := 0
				for r, err := range records(100, 1, 10)(ctx, after) {
					if n++; n > 55 {
						yield(backfill.Record{}, errors.New("clerk is gone"))
						return
					}
					if !yield(r, err) {
						return
					}
				}
			}
		}
		c := backfill.Config{Source: w.source, Checkpoint: checkpoint}
		report, err := backfill.Run(t.Context(), c, broken)
		require.ErrorContains(t, err, "clerk is gone")
		require.Equal(t, 55, report.Kinds[backfill.User].Sent)
		require.False(t, report.Finished)
		require.Equal(t, "50", checkpoint.last().Position)
		require.Equal(t, 50, checkpoint.last().Report.Kinds[backfill.User].Sent)

		report, err = backfill.Run(t.Context(), c, records(100, 1, 10))
		require.NoError(t, err)
		require.Equal(t, 100, report.Kinds[backfill.User].Read)
		require.True(t, report.Finished)
		require.Empty(t, checkpoint.last(), "the next run begins at the beginning")
		w.holdsAll(t, 100, 1)
	})
}

// memory is a Checkpoint in memory.
type memory struct {
	saves  []backfill.State
	broken error
}

func (m *memory) Load(context.Context) (backfill.State, error) { return m.last(), m.broken }

func (m *memory) Save(_ context.Context, s backfill.State) error {
	m.saves = append(m.saves, s)
	return m.broken
}

func (m *memory) last() backfill.State {
	if len(m.saves) == 0 {
		return backfill.State{}
	}
	return slices.Clone(m.saves)[len(m.saves)-1]
}

// Memberships do not say who a user is; the users before them have.
func TestUsersAreWhoTheyAreInLiveEvents(t *testing.T) {
	t.Parallel()
	mapper := clerkknock.DefaultMapper().ExternalUserIDs(&ledger.Memory{}, nil)
	inMemory(t, knocktest.Config{}, mapper, func(t *testing.T, w world) {
		_, err := backfill.Run(t.Context(), backfill.Config{Source: w.source}, of(
			backfill.Record{Kind: backfill.User, Data: clerktest.User()},
			backfill.Record{Kind: backfill.Organization, Data: clerktest.Organization()},
			backfill.Record{Kind: backfill.Membership, Data: clerktest.Membership()},
		))
		require.NoError(t, err)
		require.Equal(t, clerktest.UserExternalID, w.api.Users()[0].ID)
		require.Equal(t, clerktest.UserExternalID, w.api.Snapshot().Subscriptions[0].Recipient.ID)
	})
}
