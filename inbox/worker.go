package inbox

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"time"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/clerk"
	"github.com/clerkknock/clerkknock/internal/logkey"
	"github.com/clerkknock/clerkknock/ledger"
	"github.com/riverqueue/river"
)

// Processor works on one delivery, as clerkknock.Source.Process does: a nil
// error means done, an error marked with clerkknock.Permanent dead, any other
// that the delivery is to come again.
type Processor = func(ctx context.Context, d clerkknock.Delivery) (clerkknock.Report, error)

const (
	// A delivery is put off, without the loss of an attempt, while its entity is
	// busy or because its error asks for a pause. Beyond maxSnoozes every
	// further time counts as a failed attempt, so that nothing is put off for
	// ever.
	maxSnoozes  = 500
	minSnooze   = 100 * time.Millisecond
	maxSnooze   = 2 * time.Second
	maxPause    = time.Hour
	firstRetry  = time.Second
	longestWait = 6 * time.Hour
)

// worker works on River's jobs.
type worker struct {
	river.WorkerDefaults[job]
	logger   *slog.Logger
	timeout  time.Duration
	now      func() time.Time
	process  Processor
	entities entities
	keys     *keyring
	// forget is nil unless Config.EraseDeleted asks for it.
	forget func(ctx context.Context, id int64, d clerkknock.Delivery, eventType string) error
}

func newWorker(c Config, now func() time.Time) *worker {
	// More than half of the workers never wait for an entity.
	return &worker{logger: c.Logger, timeout: c.JobTimeout, now: now, entities: entities{limit: (c.Workers - 1) / 2}}
}

// Work implements river.Worker.
func (w *worker) Work(ctx context.Context, j *river.Job[job]) error {
	if j.Args.Erased {
		return nil
	}
	d, err := w.keys.delivery(j.Args)
	if err != nil {
		return w.unreadable(ctx, j, err)
	}
	// What cannot be parsed has no entity, and process says so.
	e, _ := clerk.Parse(d.Body)
	n := notesOf(j)
	d.Tries = n.Output.Tries
	if !w.entities.enter(ctx, e.Entity()) {
		return w.putOff(j, n, ledger.ErrBusy, 0)
	}
	defer w.entities.leave(e.Entity())

	_, err = w.process(ledger.WithPatience(ctx, workerPatience), d)
	if err == nil && w.forget != nil {
		err = w.forget(ctx, j.ID, d, e.Type)
	}
	if err == nil {
		return nil
	}
	if isBusy(err) {
		return w.putOff(j, n, err, 0)
	}
	err = storable{err}
	n.failed(ctx, err)
	switch {
	case ctx.Err() == context.Canceled && !clerkknock.IsPermanent(err):
		// River gives the attempt back if it recognizes its own interruption.
		return fmt.Errorf("%w: %w", context.Canceled, err)
	case clerkknock.IsPermanent(err):
		w.logDead(ctx, j, n.Output.Tries, err)
		return river.JobCancel(err)
	}
	// clerkknock.RetryAfter's error has the pause.
	var after interface{ RetryAfter() time.Duration }
	if errors.As(err, &after) && after.RetryAfter() > 0 {
		return w.putOff(j, n, err, min(after.RetryAfter(), maxPause))
	}
	if j.Attempt >= j.MaxAttempts {
		w.logDead(ctx, j, n.Output.Tries, err)
	}
	return err
}

func (w *worker) logDead(ctx context.Context, j *river.Job[job], tries int, err error) {
	w.logger.ErrorContext(ctx, "clerkknock: delivery is dead", logkey.EventID, j.Args.ID,
		"attempts", tries, logkey.Error, err)
}

// putOff snoozes a job for the pause, or without one for longer each time.
func (w *worker) putOff(j *river.Job[job], n notes, err error, pause time.Duration) error {
	if n.Snoozes >= maxSnoozes {
		if j.Attempt >= j.MaxAttempts {
			w.logDead(context.Background(), j, n.Output.Tries, err)
		}
		return err
	}
	if pause <= 0 {
		pause = jitter(backoff(minSnooze, 2, n.Snoozes, maxSnooze))
	}
	return river.JobSnooze(pause)
}

// NextRetry implements river.Worker.
func (w *worker) NextRetry(j *river.Job[job]) time.Time {
	// A job that has run for longer than it may is one that River takes back
	// from a lost machine. It has waited enough.
	now := w.now()
	if j.AttemptedAt != nil && now.Sub(*j.AttemptedAt) > w.timeout+lostAfter/2 {
		return now.Add(time.Second)
	}
	return now.Add(jitter(backoff(firstRetry, 3, j.Attempt-1, longestWait)))
}

// backoff is the first pause, multiplied by the factor n times, up to a limit.
func backoff(first time.Duration, factor, n int, limit time.Duration) time.Duration {
	pause := first
	for range n {
		if pause = pause * time.Duration(factor); pause >= limit {
			return limit
		}
	}
	return pause
}

// jitter takes up to a fifth off or adds it, so that what failed together does
// not come again together.
func jitter(pause time.Duration) time.Duration {
	return pause*4/5 + rand.N(pause*2/5)
}
