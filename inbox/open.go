package inbox

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/inbox/internal/engine"
	"github.com/clerkknock/clerkknock/ledger"
	"github.com/riverqueue/river"
)

const (
	// River's defaults are for jobs that may wait: a pick-up within a second and
	// at most MaxWorkers jobs in 100 ms.
	fetchCooldown = 10 * time.Millisecond
	fetchPoll     = 50 * time.Millisecond

	// lostAfter is the time after JobTimeout from which on a job counts as lost
	// with its machine. River looks every 30 seconds, on a leader whose own loss
	// takes 15 seconds to notice.
	lostAfter = 10 * time.Second
)

// PutTx is an inbox's Put inside a transaction of the host's.
type PutTx[TTx any] func(ctx context.Context, tx TTx, d clerkknock.Delivery) error

// Open opens an inbox on an engine, whose tables it makes or updates. Packages
// sqlite and postgres call it; a host calls theirs.
func Open[TTx any](ctx context.Context, e engine.Engine[TTx], c Config) (*Inbox, PutTx[TTx], error) {
	c, err := c.withDefaults()
	if err != nil {
		return nil, nil, err
	}
	clock := &clock{store: e.Store, own: c.Now, logger: c.Logger}
	keys, err := newKeyring(c.Keys)
	if err != nil {
		return nil, nil, err
	}
	c.Keys = nil // nobody needs them any more, and nobody is to print them
	in := &Inbox{
		config:    c,
		store:     e.Store,
		exclusive: e.Exclusive,
		close:     e.Close,
		worker:    newWorker(c, clock.Now),
		backlog:   &backlog{store: e.Store, bound: c.MaxBacklog},
		clock:     clock,
		keys:      keys,
		ledger:    &sqlLedger{store: e.Store, logger: c.Logger},
	}
	in.worker.keys = keys
	in.events = newEventLog(e.Store, keys)
	if c.EraseDeleted {
		in.worker.forget = in.forget
	}
	if e.Exclusive {
		// Nobody else is to see the claims, and they end with the process.
		in.ledger.claims = &ledger.Memory{}
	} else {
		in.ledger.claims, in.ledger.fence = leases{e.Store}, leases{e.Store}
	}
	if err := prepare(ctx, e, c); err != nil {
		return nil, nil, err
	}
	if err := checkTarget(ctx, e.Store, c); err != nil {
		return nil, nil, err
	}
	if e.Exclusive {
		if err := in.takeOver(ctx); err != nil {
			return nil, nil, fmt.Errorf("inbox: cannot take over what was left behind: %w", err)
		}
	}
	client, err := newClient(e, c, in.worker, clock)
	if err != nil {
		return nil, nil, fmt.Errorf("inbox: %w", err)
	}
	in.queue = client
	putTx := func(ctx context.Context, tx TTx, d clerkknock.Delivery) error {
		return in.put(ctx, d, func(j job) error {
			known, err := client.InsertTx(ctx, tx, j, nil)
			if err != nil || !isDead(known) {
				return err
			}
			return e.Driver.UnwrapExecutor(tx).Exec(ctx, e.Store.SQL(replay.statement(replayDead)), j.Key)
		})
	}
	return in, putTx, nil
}

func newClient[TTx any](e engine.Engine[TTx], c Config, w *worker, clock *clock) (*river.Client[TTx], error) {
	workers := river.NewWorkers()
	if err := river.AddWorkerSafely(workers, w); err != nil {
		return nil, err
	}
	var reindexed []string // nil is River's default
	if c.CheckOnly {
		reindexed = []string{} // it is for the owner of the tables
	}
	return river.NewClient[TTx](guarded[TTx]{e.Driver, &guard{e.Store, clock, c, w.keys}}, &river.Config{
		CancelledJobRetentionPeriod: c.DeadRetention,
		CompletedJobRetentionPeriod: c.Retention,
		DiscardedJobRetentionPeriod: c.DeadRetention,
		FetchCooldown:               fetchCooldown,
		FetchOnlyKnownKinds:         true,
		FetchPollInterval:           fetchPoll,
		JobTimeout:                  c.JobTimeout,
		Logger:                      slog.New(quiet{c.Logger.Handler()}),
		MaxAttempts:                 c.MaxAttempts,
		Queues:                      map[string]river.QueueConfig{jobQueue: {MaxWorkers: c.Workers}},
		ReindexerIndexNames:         reindexed,
		RescueStuckJobsAfter:        c.JobTimeout + lostAfter,
		Schema:                      e.Store.Schema(),
		SoftStopTimeout:             c.StopTimeout,
		// The only place where River asks for a clock.
		Test:    river.TestConfig{Time: clock},
		Workers: workers,
	})
}
