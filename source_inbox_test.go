package clerkknock_test

import (
	"context"
	"errors"
	"net/http"
	"testing"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/ledger"
	"github.com/stretchr/testify/require"
)

// inbox is an Inbox that keeps or refuses.
type inbox struct {
	got []clerkknock.Delivery
	err error
}

func (i *inbox) Put(_ context.Context, d clerkknock.Delivery) error {
	if i.err == nil {
		i.got = append(i.got, d)
	}
	return i.err
}

func TestAnInboxStoresInsteadOfExecuting(t *testing.T) {
	t.Parallel()
	box := &inbox{}
	h := serve(t, clerkknock.Config{Inbox: box})
	a := h.post(t, "msg_1", userCreated, func(r *http.Request) {
		r.Header.Set("Authorization", "Basic x")
		r.Header.Set("Cookie", "session=x")
	})
	require.Equal(t, 202, a.status)
	require.Empty(t, h.executor.got)
	require.Len(t, box.got, 1)
	require.Equal(t, "msg_1", box.got[0].ID)
	require.Equal(t, userCreated, string(box.got[0].Body))
	for _, name := range []string{"Authorization", "Cookie", "Svix-Signature", "Svix-Timestamp"} {
		require.NotContains(t, box.got[0].Header, name)
	}
	report, err := h.source.Process(t.Context(), box.got[0])
	require.NoError(t, err)
	require.Equal(t, clerkknock.OutcomeSucceeded, report.Outcome)

	box.err = errors.New("disk is gone")
	a = h.post(t, "msg_2", userCreated)
	require.Equal(t, 503, a.status)
	require.Equal(t, "5", a.header.Get("Retry-After"))
	require.Equal(t, 401, h.post(t, "msg_3", userCreated, func(r *http.Request) {
		r.Header.Set("svix-signature", "v1,x")
	}).status)
}

// remembering is an inbox with a ledger.
type remembering struct {
	inbox
	ledger ledger.Ledger
}

func (i *remembering) Ledger() ledger.Ledger { return i.ledger }

func TestAnInboxBringsItsLedger(t *testing.T) {
	t.Parallel()
	box := &remembering{ledger: &ledger.Memory{}}
	done := func(c clerkknock.Config) clerkknock.Outcome {
		c.Inbox = box
		report, err := serve(t, c).source.Process(t.Context(), clerkknock.Delivery{ID: "msg_1", Body: []byte(userCreated)})
		require.NoError(t, err)
		return report.Outcome
	}
	require.Equal(t, clerkknock.OutcomeSucceeded, done(clerkknock.Config{}))
	require.Equal(t, clerkknock.OutcomeDuplicate, done(clerkknock.Config{}), "another process on the same inbox")
	own := clerkknock.Config{Ledger: &ledger.Memory{}}
	require.Equal(t, clerkknock.OutcomeSucceeded, done(own), "unless told otherwise")
}
