package inbox

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/eventlog"
	"github.com/clerkknock/clerkknock/inbox/internal/engine"
	"github.com/clerkknock/clerkknock/ledger"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
)

// Inbox is a durable clerkknock.Inbox. The Inbox of package sqlite or postgres is
// one that can also put inside a transaction. Its methods are safe for concurrent
// use.
type Inbox struct {
	config    Config
	store     *engine.Store
	exclusive bool
	close     func() error
	queue     queue
	worker    *worker
	backlog   *backlog
	keys      *keyring
	ledger    *sqlLedger
	events    *sqlEventLog
	clock     *clock

	mu      sync.Mutex
	started bool
	stop    context.CancelFunc
	beside  sync.WaitGroup // what runs beside the workers
}

// queue is what an Inbox needs of a river.Client, whatever transactions that takes.
type queue interface {
	Insert(ctx context.Context, args river.JobArgs, opts *river.InsertOpts) (*rivertype.JobInsertResult, error)
	Start(ctx context.Context) error
	Stop(ctx context.Context) error
}

// Put implements clerkknock.Inbox: when it returns nil the delivery is on disk,
// or one with the same ID has been put before. If that is dead it is replayed: it was
// accepted, so it comes again because somebody has sent it again, as from Clerk's
// dashboard. With Config.MaxBacklog deliveries unfinished Put returns ErrFull.
func (in *Inbox) Put(ctx context.Context, d clerkknock.Delivery) error {
	return in.put(ctx, d, func(j job) error {
		known, err := in.queue.Insert(ctx, j, nil)
		if err != nil || !isDead(known) {
			return err
		}
		_, err = in.do(ctx, replay, replayDead, j.Key)
		return err
	})
}

// replayDead is the condition for a delivery that comes again.
var replayDead = isOurs(Dead) + ` AND ` + hasKey

// isDead reports whether what was to be inserted is there, and dead.
func isDead(known *rivertype.JobInsertResult) bool {
	return known.UniqueSkippedAsDuplicate && stateOf(string(known.Job.State)) == Dead
}

func (in *Inbox) put(ctx context.Context, d clerkknock.Delivery, insert func(job) error) error {
	err := in.backlog.admit(ctx)
	var j job
	if err == nil {
		j, err = in.keys.newJob(d)
	}
	if err == nil {
		err = insert(j)
	}
	if err != nil {
		return fmt.Errorf("inbox: cannot store the delivery: %w", err)
	}
	return nil
}

// Ledger returns the ledger in the inbox's database, which a Source with the inbox in its
// Config takes by itself. Processes that share the database share it. It also serves
// Sources without an inbox, such as functions of a serverless host: open one, do not
// start it, give them its Ledger, and call Sweep once a day.
func (in *Inbox) Ledger() ledger.Ledger { return in.ledger }

// Aliases returns who users are elsewhere, as the same database remembers it, for
// ExternalUserIDs of a clerkknock.Mapper.
func (in *Inbox) Aliases() ledger.Aliases { return in.ledger }

// EventLog returns the event log in the inbox's database, for the Observers of a
// clerkknock.Config. An Entry's Attempts count what a Letter's do, the attempt that
// succeeds included.
func (in *Inbox) EventLog() eventlog.Log { return in.events }

// Start works on the deliveries, each through process, which is the Process of
// a clerkknock.Source, until Stop is called or ctx is done, which stops it in
// the same way; Stop then only waits. It returns at once. An inbox that is not
// started only stores.
func (in *Inbox) Start(ctx context.Context, process Processor) error {
	if process == nil {
		return errors.New("inbox: process is nil; pass the Process of a clerkknock.Source")
	}
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.started {
		return errors.New("inbox: started already")
	}
	in.worker.process = process
	if err := in.clock.measure(ctx); err != nil {
		return fmt.Errorf("inbox: cannot start: cannot compare the clocks: %w", err)
	}
	if err := in.queue.Start(ctx); err != nil {
		return fmt.Errorf("inbox: cannot start: %w", err)
	}
	ctx, in.stop = context.WithCancel(ctx)
	in.beside.Go(func() { in.sweep(ctx) })
	in.beside.Go(func() { in.watch(ctx) })
	in.started = true
	return nil
}

// Stop stops working and waits for the workers to finish; after
// Config.StopTimeout it interrupts them. What it interrupts is tried again by
// the next Start and has lost no attempt. Deliveries can still be put. The
// error is that of ctx, if it ends the wait. To stop what is not started does
// nothing.
func (in *Inbox) Stop(ctx context.Context) error {
	in.mu.Lock()
	defer in.mu.Unlock()
	if !in.started {
		return nil
	}
	in.stop()
	if err := in.queue.Stop(ctx); err != nil {
		return fmt.Errorf("inbox: workers have not finished: %w", err)
	}
	in.beside.Wait()
	in.started = false
	return nil
}

// Close stops the inbox, if it is started, and closes the database.
func (in *Inbox) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), in.config.StopTimeout+leaseMargin)
	defer cancel()
	return errors.Join(in.Stop(ctx), in.close())
}
