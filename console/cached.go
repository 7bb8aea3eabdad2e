package console

import (
	"context"
	"sync"
	"time"
)

// cached is a value that is the same for everybody, read again when it is older than
// its time. Whoever asks meanwhile waits for the one who reads: many tabs cost the database
// as much as one, also while it fails.
type cached[T any] struct {
	ttl  time.Duration
	now  func() time.Time
	read func(ctx context.Context) (T, error)

	mu    sync.Mutex
	at    time.Time
	value T
	err   error
}

func (c *cached[T]) get(ctx context.Context) (T, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if now := c.now(); c.at.IsZero() || now.Sub(c.at) >= c.ttl || now.Before(c.at) {
		value, err := c.read(ctx)
		if ctx.Err() != nil {
			return value, err // who asked has gone; the next one reads again
		}
		c.value, c.err, c.at = value, err, now
	}
	return c.value, c.err
}
