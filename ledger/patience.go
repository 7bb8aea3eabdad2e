package ledger

import (
	"context"
	"time"
)

type patienceKey struct{}

// WithPatience returns a context in which Claim waits for an entity no longer
// than d and then returns ErrBusy. A worker that has other deliveries to turn to
// asks for that; a claim that it gets still lasts as long as ctx lets it work.
func WithPatience(ctx context.Context, d time.Duration) context.Context {
	return context.WithValue(ctx, patienceKey{}, d)
}

// Patience returns the patience that ctx carries, and false if it carries none:
// then only ctx's own end cuts a wait short. Implementations of Ledger ask.
func Patience(ctx context.Context) (time.Duration, bool) {
	d, ok := ctx.Value(patienceKey{}).(time.Duration)
	return d, ok
}
