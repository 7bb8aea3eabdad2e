package inbox

import (
	"context"
	"slices"
	"sync"
	"time"
)

// workerPatience is how long a worker stands waiting for an entity before it
// turns to another delivery.
const workerPatience = 500 * time.Millisecond

// entities are those that this process is working on. The ledger keeps them
// apart too, across machines; here the workers of one process hand an entity to
// each other without asking the database, and no more than some of them wait.
type entities struct {
	// limit is how many workers may wait, in all.
	limit int

	mu      sync.Mutex
	waiting int
	// busy has the turns of those who wait for an entity, the longest first.
	busy map[string][]chan struct{}
}

// enter takes an entity and reports whether it could. It does not wait if
// enough others do.
func (e *entities) enter(ctx context.Context, entity string) bool {
	if entity == "" {
		return true
	}
	turn, entered := e.line(entity)
	if turn == nil {
		return entered
	}
	patience := time.NewTimer(workerPatience)
	defer patience.Stop()
	select {
	case <-turn:
		return true
	case <-patience.C:
	case <-ctx.Done():
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	at := slices.Index(e.busy[entity], turn)
	if at < 0 {
		return true // it has become our turn just now
	}
	e.busy[entity] = slices.Delete(e.busy[entity], at, at+1)
	e.waiting--
	return false
}

// line takes the entity if it is free, or returns a turn to wait for, or neither.
func (e *entities) line(entity string) (turn chan struct{}, entered bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.busy == nil {
		e.busy = make(map[string][]chan struct{})
	}
	line, busy := e.busy[entity]
	if !busy {
		e.busy[entity] = nil
		return nil, true
	}
	if e.waiting >= e.limit {
		return nil, false
	}
	turn = make(chan struct{})
	e.busy[entity] = append(line, turn)
	e.waiting++
	return turn, false
}

// leave hands the entity on, or frees it.
func (e *entities) leave(entity string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	line := e.busy[entity]
	if len(line) == 0 {
		delete(e.busy, entity)
		return
	}
	e.busy[entity] = line[1:]
	e.waiting--
	close(line[0])
}
