// Package engine is what an inbox needs of its database: a queue of River's, and
// a store for what River knows nothing of.
package engine

import (
	"context"

	"github.com/riverqueue/river/riverdriver"
)

// Engine is an open database for an inbox. TTx is the type that its transactions
// have for the host.
type Engine[TTx any] struct {
	// Driver is River's driver for the database.
	Driver riverdriver.Driver[TTx]
	// Store is the same database in SQL.
	Store *Store
	// Exclusive says that no other process has the database open, so that all
	// that is under way in it was left by one that is gone.
	Exclusive bool
	// Prepare sees to it that there is a place for the tables and that no other
	// process changes them until unlock. Nil if that is so anyway.
	Prepare func(ctx context.Context) (unlock func(), err error)
	// Close closes the database.
	Close func() error
}
