package knock

import (
	"context"
	"sync"
	"time"

	"github.com/clerkknock/clerkknock"
)

// executeEntities sets the items of one lane, a call of a thousand at a time, several of
// them under way.
func (e *Executor) executeEntities(ctx context.Context, l lane, items []item, errs []error) {
	most := bulkCalls[l.action].most
	for len(items) > 0 {
		if !e.backlog.worthBulk(l.action, (len(items)+most-1)/most, len(items)) {
			e.inOrder(ctx, items, errs)
			return
		}
		var calls sync.WaitGroup
		rest := items
		items = nil // for the next round: what comes twice
		for range maxOperations {
			taken, left, bodies, err := fill(rest, most)
			if err != nil {
				fail(rest, errs, clerkknock.Permanent(err))
				rest = nil
				break
			}
			turn := e.backlog.line(l.action)
			calls.Go(func() {
				defer turn()
				e.setInBulk(ctx, l, taken, bodies, errs, turn)
			})
			again, others := named(left, ids(taken))
			items = append(items, again...)
			if rest = others; len(rest) == 0 {
				break
			}
		}
		calls.Wait()
		items = append(items, rest...)
	}
}

// maxOperations is how many bulk calls of one ExecuteAll are under way in a lane.
const maxOperations = 8

// setInBulk makes one bulk call, and sends by themselves the items that fail in it, or
// that Knock leaves out because they were updated within the same second.
func (e *Executor) setInBulk(ctx context.Context, l lane, items []item, bodies []string, errs []error,
	turn func(),
) {
	result, err := e.bulk(ctx, l, behalves(items), bodies, turn)
	switch {
	case isRefused(err):
		// One item is enough for the whole call; each is told its own reason.
		e.eachAlone(ctx, items, errs)
		return
	case err != nil:
		fail(items, errs, err)
		return
	}
	failed, others := named(items, result.failed)
	limited, _ := named(others, result.limited)
	if len(limited) > 0 {
		pause(ctx, time.Second)
	}
	e.eachAlone(ctx, append(failed, limited...), errs)
}

// inOrder executes items one by one, those of one ID in their order.
func (e *Executor) inOrder(ctx context.Context, items []item, errs []error) {
	lines := map[string][]item{}
	var order []string
	for _, it := range items {
		if lines[it.id] == nil {
			order = append(order, it.id)
		}
		lines[it.id] = append(lines[it.id], it)
	}
	e.backlog.singles.Add(int64(len(order)))
	each(order, func(id string) {
		defer e.backlog.singles.Add(-1)
		for _, it := range lines[id] {
			errs[it.index] = e.Execute(ctx, it.inv)
		}
	})
}

func ids(items []item) []string {
	all := make([]string, len(items))
	for i, it := range items {
		all[i] = it.id
	}
	return all
}

// pause waits, until ctx is done.
func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}
