package otelclerkknock_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/clerk/clerktest"
	"github.com/clerkknock/clerkknock/ledger"
	otelclerkknock "github.com/clerkknock/clerkknock/otel"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// kept is an inbox that keeps what it gets.
type kept struct{ got []clerkknock.Delivery }

func (k *kept) Put(_ context.Context, d clerkknock.Delivery) error {
	k.got = append(k.got, d)
	return nil
}

// withLedger is one that has a ledger, as those of module inbox do.
type withLedger struct {
	kept
	ledger ledger.Memory
	asked  bool
}

func (k *withLedger) Ledger() ledger.Ledger {
	k.asked = true
	return &k.ledger
}

func TestWhatTheObserversSeeHasNoMoreHeadersThanWithoutTraces(t *testing.T) {
	t.Parallel()
	box, seen := &kept{}, []http.Header(nil)
	h := serve(t, newTelemetry(t, otelclerkknock.Config{}), clerkknock.Config{
		Mapper: identifies(), Inbox: otelclerkknock.Inbox(box),
		Observers: []clerkknock.Observer{
			clerkknock.ObserverFunc(func(_ context.Context, d clerkknock.Delivery, _ clerkknock.Report) error {
				seen = append(seen, d.Header)
				return nil
			}),
		},
	})
	require.Equal(t, 202, h.post(t, "msg_1", clerktest.Event("user.created")))
	require.Contains(t, box.got[0].Header, "Traceparent")
	require.NotContains(t, seen[0], "Traceparent")
	require.Equal(t, "msg_1", box.got[0].Header.Get("Svix-Id"))
}

func TestADeliveryOutsideOfATraceIsStoredAsItIs(t *testing.T) {
	t.Parallel()
	box := &kept{}
	d := clerkknock.Delivery{ID: "msg_1", Header: http.Header{"Svix-Id": {"msg_1"}}, Body: []byte("{}")}
	require.NoError(t, otelclerkknock.Inbox(box).Put(t.Context(), d))
	assert.Equal(t, []clerkknock.Delivery{d}, box.got)
}

func TestASourceTakesTheLedgerOfAnInboxThatHasOne(t *testing.T) {
	t.Parallel()
	box := &withLedger{}
	serve(t, newTelemetry(t, otelclerkknock.Config{}), clerkknock.Config{Inbox: otelclerkknock.Inbox(box)})
	assert.True(t, box.asked)
	assert.Nil(t, otelclerkknock.Inbox(nil))
}
