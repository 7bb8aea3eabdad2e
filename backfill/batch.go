package backfill

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/clerkknock/clerkknock"
)

// batches is the Executor of a run. An action waits in it for others of its type, and all
// of them are given to the host's Executor together. Whoever processes a record holds the
// claim on its entity meanwhile, until the bulk call has happened: that is what keeps an
// older row from landing behind a newer event, which waits for the claim.
//
// The other way would be to let go, compare the versions afterwards and send again what
// was overtaken. Nobody would wait; but Knock would show old states for as long as that
// takes, for good if the run is killed meanwhile, and what to send again would have to be
// asked of Clerk. A live event about one of some thousand users waits for some seconds
// instead, which the senders of webhooks are made for.
type batches struct {
	executor clerkknock.Executor
	triggers bool
	// fullestLists is how many subscriptions, or members of audiences, a batch has at most.
	// They are put together by their object: the more there are, the fuller is each request.
	fullestLists int
	// starved says that nothing more comes until something is done: to wait is no use.
	starved atomic.Bool

	mu    sync.Mutex
	lanes map[clerkknock.ActionType]*batch
	alone chan struct{} // has room for those who go one by one
	work  sync.WaitGroup
}

// bulker is an Executor that can do many actions at once. That of package knock is one.
type bulker interface {
	ExecuteAll(ctx context.Context, invs []clerkknock.Invocation) []error
}

// batch are the actions of one type that wait.
type batch struct {
	invs        []clerkknock.Invocation
	ctx         context.Context // of the first
	first, last time.Time
	done        []chan error
}

const (
	// fullest is how many actions a batch has at most: those of one bulk call.
	fullest = 1000
	// patience is how long the first action waits for others: until the next bulk call of
	// its kind is allowed. tick is how often it is looked at.
	patience = time.Second
	tick     = 20 * time.Millisecond
	// oneByOne is how many actions are executed at once that do not go in bulk.
	oneByOne = 16
)

func newBatches(c Config) *batches {
	return &batches{
		executor: c.Source.Config().Executor, triggers: c.Triggers,
		// More than half: the rest fills the next batch.
		fullestLists: max(fullest, c.inFlight(Membership)*5/8),
		lanes:        map[clerkknock.ActionType]*batch{}, alone: make(chan struct{}, oneByOne),
	}
}

// size is how many actions of a type make a full batch, 0 if they go one by one.
func (b *batches) size(t clerkknock.ActionType) int {
	switch t {
	case clerkknock.UsersIdentify, clerkknock.TenantsSet, clerkknock.ObjectsSet:
		return fullest
	case clerkknock.ObjectsSubscribe, clerkknock.ObjectsUnsubscribe,
		clerkknock.AudiencesAddMember, clerkknock.AudiencesRemoveMember:
		return b.fullestLists
	}
	return 0
}

// Execute implements clerkknock.Executor. It returns when the action has taken effect,
// even if ctx is done before: what is under way may still land.
func (b *batches) Execute(ctx context.Context, inv clerkknock.Invocation) error {
	t := inv.Action.Type
	if !b.triggers && (t == clerkknock.WorkflowsTrigger || t == clerkknock.WorkflowsCancel) {
		return clerkknock.Permanent(errNotAsked)
	}
	if _, ok := b.executor.(bulker); !ok || b.size(t) == 0 {
		select {
		case b.alone <- struct{}{}:
			defer func() { <-b.alone }()
			return b.executor.Execute(ctx, inv)
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return <-b.wait(ctx, inv)
}

// wait adds an action to its batch, and returns where its end is told.
func (b *batches) wait(ctx context.Context, inv clerkknock.Invocation) <-chan error {
	b.mu.Lock()
	defer b.mu.Unlock()
	t, now, done := inv.Action.Type, time.Now(), make(chan error, 1)
	lane := b.lanes[t]
	if lane == nil {
		lane = &batch{ctx: ctx, first: now}
		b.lanes[t] = lane
		b.work.Go(func() { b.watch(t, lane) })
	}
	lane.last = now
	lane.invs, lane.done = append(lane.invs, inv), append(lane.done, done)
	if len(lane.invs) >= b.size(t) {
		b.send(t, lane)
	}
	return done
}

// watch sends a batch that does not fill up.
func (b *batches) watch(t clerkknock.ActionType, lane *batch) {
	ticker := time.NewTicker(tick)
	defer ticker.Stop()
	for range ticker.C {
		b.mu.Lock()
		if b.lanes[t] != lane {
			b.mu.Unlock()
			return
		}
		quiet := b.starved.Load() && time.Since(lane.last) >= tick
		if quiet || time.Since(lane.first) >= patience {
			b.send(t, lane)
		}
		b.mu.Unlock()
	}
}

// send takes a batch out and has it executed. The caller holds the lock.
func (b *batches) send(t clerkknock.ActionType, lane *batch) {
	delete(b.lanes, t)
	b.work.Go(func() {
		errs := b.execute(lane)
		for i, done := range lane.done {
			done <- errs[i]
		}
	})
}

// errPanic is what a panic of the host's executor becomes, whose text may be anything.
var errPanic = errors.New("panic in the executor")

// execute has the Executor do a batch, within the deadline of its first action: the others
// have come later.
func (b *batches) execute(lane *batch) (errs []error) {
	defer func() {
		if recover() != nil {
			errs = make([]error, len(lane.invs))
			for i := range errs {
				errs[i] = errPanic
			}
		}
	}()
	return b.executor.(bulker).ExecuteAll(lane.ctx, lane.invs)
}

// finish waits for all that is under way. Nothing is added meanwhile.
func (b *batches) finish() { b.work.Wait() }

// Rehearse implements the second method of an Executor, if the host's has it.
func (b *batches) Rehearse(ctx context.Context, inv clerkknock.Invocation) (attrs []slog.Attr, err error) {
	type rehearser interface {
		Rehearse(ctx context.Context, inv clerkknock.Invocation) ([]slog.Attr, error)
	}
	if r, ok := b.executor.(rehearser); ok {
		return r.Rehearse(ctx, inv)
	}
	return nil, nil
}
