package inbox

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/clerkknock/clerkknock"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/rivermigrate"
)

const (
	// River's defaults are for jobs that may wait: a pick-up within a second and
	// at most MaxWorkers jobs in 100 ms.
	fetchCooldown = 10 * time.Millisecond
	fetchPoll     = 50 * time.Millisecond

	// takeover is the time after JobTimeout from which on a job counts as lost
	// with its machine. River looks every 30 seconds, on a leader whose own loss
	// takes 15 seconds to notice.
	takeover = 10 * time.Second
)

// Engine is a database for an inbox. Packages sqlite and postgres have one
// each; a host has no need of it.
type Engine[TTx any] struct {
	Dialect Dialect
	// Driver is River's driver for the database.
	Driver riverdriver.Driver[TTx]
	// Write and Read are the same database; Read is for queries only.
	Write, Read *sql.DB
	// Schema is where the tables are, empty with SQLite.
	Schema string
	// Exclusive says that no other process has the database open, so that all
	// that is under way in it was left by one that is gone.
	Exclusive bool
	// Close closes what the engine has opened.
	Close func() error
}

// Inbox is a durable clerkknock.Inbox. TTx is the type of the transactions
// that PutTx takes: *sql.Tx with SQLite, pgx.Tx with PostgreSQL. Its methods
// are safe for concurrent use.
type Inbox[TTx any] struct {
	config  Config
	engine  Engine[TTx]
	store   *store
	client  *river.Client[TTx]
	worker  *worker
	backlog *backlog
	ledger  *ledger

	mu      sync.Mutex
	started bool
	stop    context.CancelFunc
	swept   chan struct{}
}

// Open opens an inbox on an engine, whose tables it makes or updates. The
// engine must see to it that no other process does that at the same time.
func Open[TTx any](ctx context.Context, e Engine[TTx], c Config) (*Inbox[TTx], error) {
	c, err := c.withDefaults()
	if err != nil {
		return nil, err
	}
	s, err := newStore(e.Dialect, e.Schema, e.Write, e.Read)
	if err != nil {
		return nil, err
	}
	in := &Inbox[TTx]{
		config:  c,
		engine:  e,
		store:   s,
		worker:  &worker{logger: c.Logger, timeout: c.JobTimeout, entities: entities{limit: (c.Workers - 1) / 2}},
		backlog: &backlog{store: s, bound: c.MaxBacklog},
		ledger:  &ledger{store: s, now: c.Now, claims: leases{s}},
	}
	if e.Exclusive {
		// Nobody else is to see the claims, and they end with the process.
		in.ledger.claims = &clerkknock.MemoryLedger{}
	}
	if err := in.migrate(ctx); err != nil {
		return nil, fmt.Errorf("inbox: cannot update the tables: %w", err)
	}
	if e.Exclusive {
		if err := s.recover(ctx); err != nil {
			return nil, fmt.Errorf("inbox: cannot take over what was left behind: %w", err)
		}
	}
	workers := river.NewWorkers()
	if err := river.AddWorkerSafely(workers, in.worker); err != nil {
		return nil, fmt.Errorf("inbox: %w", err)
	}
	in.client, err = river.NewClient(e.Driver, &river.Config{
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
		RescueStuckJobsAfter:        c.JobTimeout + takeover,
		Schema:                      e.Schema,
		SoftStopTimeout:             c.StopTimeout,
		Workers:                     workers,
	})
	if err != nil {
		return nil, fmt.Errorf("inbox: %w", err)
	}
	return in, nil
}

func (in *Inbox[TTx]) migrate(ctx context.Context) error {
	m, err := rivermigrate.New(in.engine.Driver, &rivermigrate.Config{
		Logger: slog.New(quiet{in.config.Logger.Handler()}),
		Schema: in.engine.Schema,
	})
	if err != nil {
		return err
	}
	if _, err := m.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return err
	}
	return in.store.migrate(ctx, in.engine.Dialect)
}

// Put implements clerkknock.Inbox: when it returns nil the delivery is on disk,
// or one with the same ID has been put before, whatever became of it. With
// Config.MaxBacklog deliveries unfinished it returns clerkknock.ErrInboxFull.
func (in *Inbox[TTx]) Put(ctx context.Context, d clerkknock.Delivery) error {
	return in.put(ctx, func(j job) error {
		_, err := in.client.Insert(ctx, j, nil)
		return err
	}, d)
}

// PutTx is Put inside a transaction of the host's on the same database: the
// delivery is stored if and when tx is committed.
func (in *Inbox[TTx]) PutTx(ctx context.Context, tx TTx, d clerkknock.Delivery) error {
	return in.put(ctx, func(j job) error {
		_, err := in.client.InsertTx(ctx, tx, j, nil)
		return err
	}, d)
}

func (in *Inbox[TTx]) put(ctx context.Context, insert func(job) error, d clerkknock.Delivery) error {
	err := in.backlog.admit(ctx)
	if err == nil {
		err = insert(newJob(d))
	}
	if err != nil {
		return fmt.Errorf("inbox: cannot store the delivery: %w", err)
	}
	return nil
}

// Ledger returns the clerkknock.Ledger in the inbox's database. Processes that
// share the database share it. It also serves a Source without an inbox, but
// old records are only removed by an inbox that is started.
func (in *Inbox[TTx]) Ledger() clerkknock.Ledger { return in.ledger }

// EventLog returns the clerkknock.EventLog in the inbox's database.
func (in *Inbox[TTx]) EventLog() clerkknock.EventLog { return &eventLog{in.store} }

// Start works on the deliveries, each through process, which is the Process of
// a clerkknock.Source, until Stop is called or ctx is done, which stops it in
// the same way; Stop then only waits. It returns at once. An inbox that is not
// started only stores.
func (in *Inbox[TTx]) Start(ctx context.Context, process Processor) error {
	if process == nil {
		return errors.New("inbox: process is nil; pass the Process of a clerkknock.Source")
	}
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.started {
		return errors.New("inbox: started already")
	}
	in.worker.process = process
	if err := in.client.Start(ctx); err != nil {
		return fmt.Errorf("inbox: cannot start: %w", err)
	}
	ctx, in.stop = context.WithCancel(ctx)
	in.swept = make(chan struct{})
	go func() {
		defer close(in.swept)
		in.sweep(ctx)
	}()
	in.started = true
	return nil
}

// Stop stops working and waits for the workers to finish; after
// Config.StopTimeout it interrupts them. What it interrupts is tried again by
// the next Start and has lost no attempt. Deliveries can still be put. The
// error is that of ctx, if it ends the wait. To stop what is not started does
// nothing.
func (in *Inbox[TTx]) Stop(ctx context.Context) error {
	in.mu.Lock()
	defer in.mu.Unlock()
	if !in.started {
		return nil
	}
	in.stop()
	if err := in.client.Stop(ctx); err != nil {
		return fmt.Errorf("inbox: workers have not finished: %w", err)
	}
	<-in.swept
	in.started = false
	return nil
}

// Close stops the inbox, if it is started, and closes the database.
func (in *Inbox[TTx]) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), in.config.StopTimeout+leaseMargin)
	defer cancel()
	return errors.Join(in.Stop(ctx), in.engine.Close())
}

// quiet passes an engine's warnings on, but not its chatter.
type quiet struct{ slog.Handler }

func (h quiet) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelWarn && h.Handler.Enabled(ctx, level)
}
func (h quiet) WithAttrs(attrs []slog.Attr) slog.Handler { return quiet{h.Handler.WithAttrs(attrs)} }
func (h quiet) WithGroup(name string) slog.Handler       { return quiet{h.Handler.WithGroup(name)} }
