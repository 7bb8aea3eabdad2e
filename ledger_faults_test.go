package clerkknock_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/eventlog"
	"github.com/clerkknock/clerkknock/ledger"
	"github.com/stretchr/testify/require"
)

// brokenLedger fails where it is told to.
type brokenLedger struct {
	ledger.Memory
	claim, announce, record, release error
}

func (l *brokenLedger) Claim(ctx context.Context, id, entity string) (ledger.Claim, error) {
	if l.claim != nil {
		return ledger.Claim{}, l.claim
	}
	return l.Memory.Claim(ctx, id, entity)
}

func (l *brokenLedger) Record(ctx context.Context, c ledger.Claim, step string, v ledger.Version) error {
	if step == "" && l.announce != nil {
		return l.announce
	}
	if step != "" && l.record != nil {
		return l.record
	}
	return l.Memory.Record(ctx, c, step, v)
}

func (l *brokenLedger) Release(ctx context.Context, c ledger.Claim) error {
	return errors.Join(l.release, l.Memory.Release(ctx, c))
}

func TestABrokenLedgerAsksForARetryWithTheSameKey(t *testing.T) {
	t.Parallel()
	boom := errors.New("boom")
	ledger := &brokenLedger{claim: boom}
	executor := &recorder{}
	s := source(t, clerkknock.Config{
		Executor: executor, Ledger: ledger, Mapper: clerkknock.DefaultMapper().Enable("user.deleted:users_delete"),
	})
	run := func(body string) (clerkknock.Report, error) { return s.Process(t.Context(), delivery("msg_1", body)) }

	_, err := run(user("created", millis, "A"))
	require.ErrorIs(t, err, boom)
	require.False(t, clerkknock.IsPermanent(err))
	require.Empty(t, executor.got, "nothing is done that could not be remembered")

	ledger.claim, ledger.record = nil, boom
	_, err = run(user("created", millis, "A"))
	require.ErrorIs(t, err, boom)
	ledger.announce = boom
	_, err = run(user("deleted", millis, "A"))
	require.ErrorIs(t, err, boom)
	_, err = run(user("updated", millis+1, "B"))
	require.ErrorIs(t, err, boom)
	require.Len(t, executor.got, 1, "nothing is sent that could not be announced")
	ledger.announce, ledger.record, ledger.release = nil, nil, boom
	_, err = run(user("created", millis, "A"))
	require.NoError(t, err)
	require.Len(t, executor.got, 2)
	require.Equal(t, executor.got[0], executor.got[1], "an effect that was not recorded comes again exactly as it was")
}

// mindful is a ledger that minds its context, as one in a database does.
type mindful struct{ ledger.Memory }

func (l *mindful) Record(ctx context.Context, c ledger.Claim, step string, v ledger.Version) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return l.Memory.Record(ctx, c, step, v)
}

func (l *mindful) Release(ctx context.Context, c ledger.Claim) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return l.Memory.Release(ctx, c)
}

// An effect that came about just as the budget ran out is recorded, the rest is
// left for the retry, and the claim is given back.
func TestASpentBudgetIsStillRecorded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		executor := &recorder{fail: func(context.Context, clerkknock.Invocation) error {
			time.Sleep(2 * time.Second) // of the bubble's clock, and without minding the context
			return nil
		}}
		s := source(t, clerkknock.Config{Executor: executor, Ledger: &mindful{}, Budget: time.Second, Mapper: three()})
		start := time.Now()
		for _, want := range []string{
			"succeeded retry pending", "duplicate succeeded retry", "duplicate duplicate succeeded",
		} {
			r, _ := s.Process(t.Context(), delivery("msg_1", user("updated", millis, "A")))
			require.Equal(t, want, statuses(r))
		}
		require.Equal(t, 6*time.Second, time.Since(start))
	})
}

// panicking is a ledger and an event log with bugs.
type panicking struct {
	ledger.Memory
	where string
}

func (p *panicking) panicIn(where string) {
	if p.where == where {
		panic(where)
	}
}

func (p *panicking) Claim(ctx context.Context, id, entity string) (ledger.Claim, error) {
	p.panicIn("Claim")
	return p.Memory.Claim(ctx, id, entity)
}

func (p *panicking) Release(ctx context.Context, c ledger.Claim) error {
	p.panicIn("Release")
	return p.Memory.Release(ctx, c)
}

func (p *panicking) Record(ctx context.Context, c ledger.Claim, step string, v ledger.Version) error {
	p.panicIn("Record")
	return p.Memory.Record(ctx, c, step, v)
}

type panickingLog struct{ eventlog.Log }

func TestPanicsInLedgerAndEventLogAreContained(t *testing.T) {
	t.Parallel()
	for where, want := range map[string]clerkknock.Outcome{
		"Claim": clerkknock.OutcomeRetry, "Record": clerkknock.OutcomeRetry, "Release": clerkknock.OutcomeSucceeded,
	} {
		t.Run(where, func(t *testing.T) {
			t.Parallel()
			s := source(t, clerkknock.Config{
				Executor: &recorder{}, Ledger: &panicking{where: where}, Observers: []clerkknock.Observer{panickingLog{}},
			})
			r, _ := s.Process(t.Context(), delivery("msg_1", user("updated", millis, "A")))
			require.Equal(t, want, r.Outcome)
		})
	}
}
