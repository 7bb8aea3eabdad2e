package inbox_test

import (
	"testing"
	"time"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/eventlogtest"
	"github.com/clerkknock/clerkknock/inbox"
	"github.com/clerkknock/clerkknock/ledgertest"
)

func TestLedgerKeepsItsPromises(t *testing.T) {
	t.Parallel()
	t.Run("SQLite", func(t *testing.T) {
		t.Parallel()
		ledgertest.Run(t, func(t *testing.T, now func() time.Time) clerkknock.Ledger {
			return sqliteSite(t).open(t, inbox.Config{Now: now}).Ledger()
		})
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		t.Parallel()
		databaseURL(t)
		ledgertest.Run(t, func(t *testing.T, now func() time.Time) clerkknock.Ledger {
			return postgresSite(t).open(t, inbox.Config{Now: now}).Ledger()
		})
	})
}

func TestEventLogKeepsItsPromises(t *testing.T) {
	t.Parallel()
	t.Run("SQLite", func(t *testing.T) {
		t.Parallel()
		eventlogtest.Run(t, func(t *testing.T) clerkknock.EventLog {
			return sqliteSite(t).open(t, inbox.Config{}).EventLog()
		})
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		t.Parallel()
		databaseURL(t)
		eventlogtest.Run(t, func(t *testing.T) clerkknock.EventLog {
			return postgresSite(t).open(t, inbox.Config{}).EventLog()
		})
	})
}
