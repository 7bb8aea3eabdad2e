package backfill

import (
	"context"
	"sync"
	"time"

	"github.com/clerkknock/clerkknock/ledger"
)

// lines is the host's Ledger for a run, which asks for the same organization with each of
// its members. Those who want one entity stand in line here, and hand its claim on to each
// other, so that a ledger in a database is asked once for many, and not by thousands at
// the same time.
type lines struct {
	ledger.Ledger

	mu       sync.Mutex
	byEntity map[string]*line
}

// line is those who want one entity.
type line struct {
	wanted int           // who wait, and who has it
	turn   chan struct{} // has room for who has it
	// held is a claim that is handed on, nil if there is none; since is when it was made.
	held   *ledger.Claim
	since  time.Time
	newest ledger.Version
}

// maxHeld is for how long a claim is handed on: others, in other processes, want it too.
const maxHeld = 500 * time.Millisecond

// inLines returns the Ledger with lines before it. It can end claims if l can.
func inLines(l ledger.Ledger) ledger.Ledger {
	in := &lines{Ledger: l, byEntity: map[string]*line{}}
	if fence, ok := l.(ledger.Fence); ok {
		return struct {
			*lines
			ledger.Fence
		}{in, fence}
	}
	return in
}

// Claim implements ledger.Ledger.
func (l *lines) Claim(ctx context.Context, id, entity string) (ledger.Claim, error) {
	if entity == "" {
		return l.Ledger.Claim(ctx, id, entity)
	}
	in := l.join(entity)
	select {
	case in.turn <- struct{}{}:
	case <-ctx.Done():
		l.leave(ctx, entity, in, false)
		return ledger.Claim{}, ctx.Err()
	}
	if held := in.held; held != nil {
		in.held = nil
		if id == "" {
			return *held, nil
		}
		_ = l.Ledger.Release(ctx, *held) // or it ends by itself
	}
	c, err := l.Ledger.Claim(ctx, id, entity)
	if err != nil {
		l.leave(ctx, entity, in, true)
		return c, err
	}
	in.since, in.newest = time.Now(), c.Newest
	return c, nil
}

// Record implements ledger.Ledger.
func (l *lines) Record(ctx context.Context, c ledger.Claim, step string, v ledger.Version) error {
	err := l.Ledger.Record(ctx, c, step, v)
	if err == nil && c.Entity != "" {
		l.mu.Lock()
		defer l.mu.Unlock()
		if in := l.byEntity[c.Entity]; in != nil && v.NewerThan(in.newest) {
			in.newest = v
		}
	}
	return err
}

// Release implements ledger.Ledger: it hands the claim on, or ends it.
func (l *lines) Release(ctx context.Context, c ledger.Claim) error {
	l.mu.Lock()
	in := l.byEntity[c.Entity]
	if in == nil {
		l.mu.Unlock()
		return l.Ledger.Release(ctx, c)
	}
	hand := in.wanted > 1 && c.DeliveryID == "" && time.Since(in.since) < maxHeld
	if hand {
		c.Newest = in.newest
		in.held = &c
	}
	l.mu.Unlock()
	var err error
	if !hand {
		err = l.Ledger.Release(ctx, c)
	}
	l.leave(ctx, c.Entity, in, true)
	return err
}

func (l *lines) join(entity string) *line {
	l.mu.Lock()
	defer l.mu.Unlock()
	in := l.byEntity[entity]
	if in == nil {
		in = &line{turn: make(chan struct{}, 1)}
		l.byEntity[entity] = in
	}
	in.wanted++
	return in
}

// leave gives the turn on, if it was had. Who leaves last ends what nobody has taken.
func (l *lines) leave(ctx context.Context, entity string, in *line, had bool) {
	l.mu.Lock()
	in.wanted--
	var left *ledger.Claim
	if in.wanted == 0 {
		left, in.held = in.held, nil
		delete(l.byEntity, entity)
	}
	if had {
		<-in.turn
	}
	l.mu.Unlock()
	if left != nil {
		_ = l.Ledger.Release(context.WithoutCancel(ctx), *left) // or it ends by itself
	}
}
