package inbox

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/clerkknock/clerkknock/inbox/internal/engine"
)

// ErrFull is returned by Put when Config.MaxBacklog deliveries are unfinished.
// Nothing is stored; the sender comes again.
var ErrFull = errors.New("the inbox is full")

// recount is how long a count of the backlog is trusted.
const recount = time.Second

// backlog bounds what is unfinished. Counting costs as much as there is to
// count, so it counts once in a while and in between adds what it lets in.
type backlog struct {
	store *engine.Store
	bound int

	mu       sync.Mutex
	size     int
	counted  time.Time
	counting bool
}

// admit returns ErrFull when there is no room for one more.
func (b *backlog) admit(ctx context.Context) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	// One counts, the others go by the last count: nobody stands in line for a
	// database that does not answer.
	if !b.counting && time.Since(b.counted) > recount {
		b.counting = true
		b.mu.Unlock()
		size, err := b.count(ctx)
		b.mu.Lock()
		b.counting = false
		if err != nil {
			return err
		}
		b.size, b.counted = size, time.Now()
	}
	if b.size >= b.bound {
		return ErrFull
	}
	b.size++
	return nil
}

// count counts up to the bound, in the index by which River fetches.
func (b *backlog) count(ctx context.Context) (int, error) {
	var n int
	err := b.store.QueryRow(ctx, `
		SELECT count(*) FROM (
			SELECT 1 FROM {schema}river_job
			WHERE `+isOurs(Waiting, Running, Retrying)+` LIMIT $1
		) AS unfinished`, b.bound).Scan(&n)
	return n, err
}
