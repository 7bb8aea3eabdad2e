package clerkknock

import "context"

// Inbox takes deliveries in, so that Clerk has its answer before Knock has been
// asked. The nested module inbox has one on SQLite or PostgreSQL.
type Inbox interface {
	// Put stores a delivery. It returns nil only when the delivery is stored
	// durably, or has been stored before: one with the same ID is put once. Any
	// error means that it is not stored, and the sender is asked to come again.
	Put(ctx context.Context, d Delivery) error
}
