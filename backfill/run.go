package backfill

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"iter"
	"slices"
	"sync"
	"time"

	"github.com/clerkknock/clerkknock"
)

// Run reads the records of a Clerk instance and does with each what the Source's mappings
// would do with the event that it is taken for (see Kind.Event), in Knock's bulk calls.
//
// It returns when all is done, or earlier with an error: of the Reader, of the Checkpoint,
// or because a hundred records failed for now, as they do when Knock is down. When
// ctx is done it reads no further, finishes what is under way, which may take as long as
// Config.Budget, and returns ctx's error. The Report is complete in each case. A record
// that fails is none of these errors: it is in the Report, and the others go on. After an
// error, or if Report.Finished is false, another Run with the same Checkpoint goes on.
func Run(ctx context.Context, c Config, read Reader) (Report, error) {
	c, err := c.withDefaults()
	if err != nil {
		return Report{}, err
	}
	if read == nil {
		return Report{}, errors.New("backfill: there is no Reader")
	}
	b := newBatches(c)
	source, notAsked, err := c.inner(b)
	if err != nil {
		return Report{}, fmt.Errorf("backfill: %w", err)
	}
	state := State{}
	if !c.DryRun {
		if state, err = c.Checkpoint.Load(ctx); err != nil {
			return Report{}, fmt.Errorf("backfill: %w", err)
		}
	}
	if state.Report.Run == "" {
		state.Report = Report{Run: rand.Text(), Began: time.Now().UTC(), Kinds: map[Kind]Counts{}}
	}
	state.Report.NotAsked = notAsked
	r := &run{
		Config: c, source: source, batches: b, before: state.Report.Took, started: time.Now(),
		progress: progress{done: state.Report}, stop: make(chan struct{}),
	}
	if c.Triggers || c.Handlers {
		r.name = state.Report.Run // by which what happened once is known after an interruption
	}
	err = r.all(ctx, read(ctx, state.Position))
	return r.end(ctx, err)
}

// run is one run at work.
type run struct {
	Config
	source   *clerkknock.Source
	batches  *batches
	progress progress
	name     string
	before   time.Duration // at work, in earlier runs
	started  time.Time

	room    chan struct{} // has an element for each record of the kind that is under way
	records sync.WaitGroup

	telling sync.Mutex // one result at a time
	stop    chan struct{}
	once    sync.Once
	why     error // set before stop is closed
}

const (
	// maxWaiting is how many records may fail for now: more of them have a common reason.
	maxWaiting = 100
	// saveTime is the time for one Save, also after ctx is done.
	saveTime = 30 * time.Second
)

// all begins every record, and returns when all of them are finished.
func (r *run) all(ctx context.Context, records iter.Seq2[Record, error]) error {
	defer r.drain()
	var last Kind
	for record, failure := range records {
		if failure != nil {
			return fmt.Errorf("backfill: reading: %w", failure)
		}
		if record.Kind != last {
			if slices.Index(Kinds(), record.Kind) < 0 {
				return fmt.Errorf("backfill: a record is of the kind %q; it takes %v", record.Kind, Kinds())
			}
			// What has been set can be referred to.
			r.drain()
			last, r.room = record.Kind, make(chan struct{}, r.inFlight(record.Kind))
		}
		if !r.enter(ctx) {
			break
		}
		in, room := r.progress.begin(record), r.room
		r.records.Go(func() {
			defer func() { <-room }()
			r.do(ctx, record, in)
		})
	}
	return ctx.Err()
}

// enter waits for room for another record, and returns false if the run is to end.
func (r *run) enter(ctx context.Context) bool {
	select {
	case r.room <- struct{}{}:
		return true
	case <-r.stop:
		return false
	default:
	}
	r.batches.starved.Store(true)
	defer r.batches.starved.Store(false)
	select {
	case r.room <- struct{}{}:
		return true
	case <-r.stop:
	case <-ctx.Done():
	}
	return false
}

// drain waits until nothing is under way.
func (r *run) drain() {
	r.batches.starved.Store(true)
	defer r.batches.starved.Store(false)
	r.records.Wait()
}

// do works on one record until it is finished, or the run ends before.
func (r *run) do(ctx context.Context, record Record, in *page) {
	result, again := r.result(ctx, record)
	if result.Outcome == "" {
		return // as if it had not been read
	}
	r.telling.Lock()
	defer r.telling.Unlock()
	state, more := r.progress.end(in, result, again)
	r.OnResult(result)
	if more && !r.DryRun {
		if err := r.save(ctx, state); err != nil {
			r.abort(err)
		}
	}
	if again && r.progress.waiting() >= maxWaiting {
		r.abort(fmt.Errorf("backfill: %d records have failed for now, the last one with: %w", maxWaiting, result.Err))
	}
}

// abort ends the run: nothing more is begun.
func (r *run) abort(why error) {
	r.once.Do(func() {
		r.why = why
		close(r.stop)
	})
}

func (r *run) save(ctx context.Context, s State) error {
	if s.Position != "" {
		s.Report.Took = r.took()
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), saveTime)
	defer cancel()
	if err := r.Checkpoint.Save(ctx, s); err != nil {
		return fmt.Errorf("backfill: %w", err)
	}
	return nil
}

func (r *run) took() time.Duration { return r.before + time.Since(r.started) }

// end makes the report. A run that has come to its end leaves no checkpoint.
func (r *run) end(ctx context.Context, err error) (Report, error) {
	r.batches.finish()
	report := r.progress.total()
	report.Took = r.took()
	if r.why != nil {
		err = r.why
	}
	if err != nil {
		return report, err
	}
	if report.Finished = r.progress.waiting() == 0; report.Finished && !r.DryRun {
		err = r.save(ctx, State{})
	}
	return report, err
}
