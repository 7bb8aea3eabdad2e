package inbox_test

import (
	"context"
	"testing"
	"time"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/clerk/clerktest"
	"github.com/clerkknock/clerkknock/inbox"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// justNow is a moment ago by the database's clock.
const justNow = `CAST(extract(epoch FROM clock_timestamp()) * 1000 AS bigint) - 1`

// A worker sleeps past its claim, sends, and is killed before it can say so: what it
// leaves behind is the claim that it never released.
func TestWhatAKilledProcessSentLateIsFollowedByTheNewest(t *testing.T) {
	t.Parallel()
	at := postgresSite(t)
	s := &sleeper{asksFirst: true, asleep: make(chan struct{}), wake: make(chan struct{})}
	killed := make(chan struct{})
	dies := func(ctx context.Context, inv clerkknock.Invocation) error {
		err := s.Execute(ctx, inv)
		<-killed
		return err
	}
	dying, other := at.open(t, inbox.Config{}), at.open(t, inbox.Config{})
	t.Cleanup(func() { close(killed) })
	require.NoError(t, dying.Put(t.Context(), change("msg_old", "user_1", 1)))
	require.NoError(t, dying.Start(t.Context(), newSource(t, dying, identifyChanged(), dies).Process))
	<-s.asleep
	at.exec(t, `UPDATE clerk_claims SET expires_at = `+justNow)
	require.NoError(t, other.Put(t.Context(), change("msg_new", "user_1", 2)))
	require.NoError(t, other.Start(t.Context(), newSource(t, other, identifyChanged(), s.Execute).Process))
	require.Eventually(t, func() bool { return len(s.effects()) == 1 }, soon, often)
	close(s.wake)
	require.Eventually(t, func() bool { return len(s.effects()) == 2 }, soon, often)
	require.Equal(t, []string{"msg_new", "msg_old"}, s.effects())
	at.exec(t, `UPDATE clerk_late SET due = `+justNow)
	require.Eventually(t, func() bool { return len(s.effects()) >= 3 }, soon, often, "the older state stays")
	assert.Equal(t, "msg_new", s.effects()[2])
}

// joinedAt is a membership that brings the n-th state of its organization along.
func joinedAt(id string, n int) clerkknock.Delivery {
	at := firstChange.Add(time.Duration(n) * time.Second).UnixMilli()
	return clerkknock.Delivery{ID: id, ReceivedAt: time.Now(), Body: clerktest.Event("organizationMembership.created",
		clerktest.Set("data.organization.id", "org_1"), clerktest.Set("data.organization.updated_at", at),
		clerktest.Set("data.updated_at", at), clerktest.Set("timestamp", at))}
}

// The newest state of an organization came with a member. It is applied again like any.
func TestAStateThatCameWithAnotherEventIsAppliedAgain(t *testing.T) {
	t.Parallel()
	at := postgresSite(t)
	mapper := clerkknock.NewMapper(
		clerkknock.Mapping{Event: "organization.updated", Action: clerkknock.TenantsSet,
			Params: clerkknock.Params{"id": clerkknock.Path("data.id")}},
		clerkknock.Mapping{Event: "organizationMembership.created", Action: clerkknock.TenantsSet, About: "data.organization",
			Params: clerkknock.Params{"id": clerkknock.Path("data.organization.id")}},
	)
	s := &sleeper{asksFirst: true, asleep: make(chan struct{}), wake: make(chan struct{})}
	machines := []*inbox.Inbox{at.open(t, inbox.Config{}), at.open(t, inbox.Config{})}
	old := change("msg_old", "", 1)
	old.Body = clerktest.Event("organization.updated", clerktest.Set("data.id", "org_1"),
		clerktest.Set("data.updated_at", 1_700_000_000_000), clerktest.Set("timestamp", 1_700_000_000_000))
	require.NoError(t, machines[0].Put(t.Context(), old))
	require.NoError(t, machines[0].Start(t.Context(), newSource(t, machines[0], mapper, s.Execute).Process))
	<-s.asleep
	at.exec(t, `UPDATE clerk_claims SET expires_at = `+justNow)
	require.NoError(t, machines[1].Start(t.Context(), newSource(t, machines[1], mapper, s.Execute).Process))
	require.NoError(t, machines[1].Put(t.Context(), joinedAt("msg_new", 2)))
	require.Eventually(t, func() bool { return len(s.effects()) == 1 }, soon, often)
	close(s.wake)
	require.Eventually(t, func() bool { return len(s.effects()) >= 3 }, soon, often, "the older state stays")
	settled(t, machines[0])
	assert.Equal(t, []string{"msg_new", "msg_old", "msg_new"}, s.effects()[:3])
}
