package server

import (
	"context"
	"errors"
	"fmt"

	"github.com/clerkknock/clerkknock/inbox"
	"github.com/clerkknock/clerkknock/inbox/postgres"
	"github.com/clerkknock/clerkknock/inbox/sqlite"
)

// Database is where deliveries are kept: in PostgreSQL if there is a URL, or else in a
// SQLite file.
type Database struct {
	URL  string
	File string
	inbox.Config
}

// Open opens the inbox. The error says whom to ask.
func (d Database) Open(ctx context.Context) (*inbox.Inbox, error) {
	if d.URL != "" {
		box, err := postgres.Open(ctx, d.URL, d.Config)
		if err != nil {
			return nil, fmt.Errorf("%w; is DATABASE_URL right, and does PostgreSQL run?", err)
		}
		return box.Inbox, nil
	}
	box, err := sqlite.Open(ctx, d.File, d.Config)
	switch {
	case errors.Is(err, sqlite.ErrInUse):
		return nil, err
	case err != nil:
		return nil, fmt.Errorf("%w; name another file with --db, or set DATABASE_URL", err)
	}
	return box.Inbox, nil
}

// Where says where it is, without what the URL holds.
func (d Database) Where() string {
	if d.URL != "" {
		return "PostgreSQL"
	}
	return d.File
}
