package inbox_test

import (
	"context"
	"testing"
	"time"

	"github.com/clerkknock/clerkknock/eventlog"
	"github.com/clerkknock/clerkknock/eventlog/eventlogtest"
	"github.com/clerkknock/clerkknock/inbox"
	"github.com/clerkknock/clerkknock/ledger"
	"github.com/clerkknock/clerkknock/ledger/ledgertest"
)

func TestLedgerKeepsItsPromises(t *testing.T) {
	t.Parallel()
	for _, engine := range engines {
		t.Run(engine.name, func(t *testing.T) {
			t.Parallel()
			ledgertest.Run(t, func(t *testing.T, now func() time.Time) ledger.Ledger {
				return engine.site(t).open(t, inbox.Config{Now: now}).Ledger()
			})
		})
	}
}

func TestEventLogKeepsItsPromises(t *testing.T) {
	t.Parallel()
	for _, engine := range engines {
		t.Run(engine.name, func(t *testing.T) {
			t.Parallel()
			eventlogtest.Run(t, func(t *testing.T) eventlog.Log {
				b := engine.site(t).open(t, inbox.Config{})
				return erasable{b.EventLog(), b}
			})
		})
	}
}

// erasable is an event log whose inbox erases.
type erasable struct {
	eventlog.Log
	box *inbox.Inbox
}

func (e erasable) Erase(ctx context.Context, entity string) error { return e.box.Erase(ctx, entity) }
