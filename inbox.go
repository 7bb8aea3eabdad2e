package clerkknock

import (
	"context"
	"errors"
)

// ErrInboxFull is returned by Inbox.Put when the backlog has reached its bound.
var ErrInboxFull = errors.New("inbox is full")

// Inbox takes deliveries in, so that Clerk has its answer before Knock has been
// asked. The nested module inbox has one on SQLite or PostgreSQL.
type Inbox interface {
	// Put stores a delivery. It returns nil only when the delivery is stored
	// durably, or has been stored before: one with the same ID is put once. With
	// any error, ErrInboxFull among them, nothing is stored and the sender is
	// asked to come again.
	Put(ctx context.Context, d Delivery) error
}
