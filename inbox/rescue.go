package inbox

import (
	"context"
	"slices"
	"time"

	"github.com/clerkknock/clerkknock/inbox/internal/engine"
	"github.com/clerkknock/clerkknock/internal/logkey"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/rivertype"
)

// guarded is River's driver with our guard in it.
type guarded[TTx any] struct {
	riverdriver.Driver[TTx]
	guard *guard
}

// GetExecutor implements riverdriver.Driver.
func (d guarded[TTx]) GetExecutor() riverdriver.Executor {
	return rescuer{d.Driver.GetExecutor(), d.guard}
}

// guard is what River's rescue of jobs that were left by lost machines lacks: a clock
// that is right, and a word about those that it gives up.
type guard struct {
	store  *engine.Store
	clock  *clock
	config Config
	keys   *keyring
}

// rescuer is River's executor, which its rescue goes through.
type rescuer struct {
	riverdriver.Executor
	*guard
}

// stuckHorizon is since when what runs is stuck, by the database's clock.
func (g *guard) stuckHorizon() time.Time {
	return g.clock.Now().Add(-g.config.JobTimeout - lostAfter).UTC()
}

// JobGetStuck implements riverdriver.Executor. River itself goes by the clock of the
// machine: ahead of the database's, all that is running would be stuck, and behind it
// nothing. It looks at the attempt's time once more, which the row then leaves out.
func (r rescuer) JobGetStuck(ctx context.Context, p *riverdriver.JobGetStuckParams) ([]*rivertype.JobRow, error) {
	corrected := *p
	corrected.StuckHorizon = r.stuckHorizon()
	jobs, err := r.Executor.JobGetStuck(ctx, &corrected)
	for _, j := range jobs {
		j.AttemptedAt = new(time.Time)
	}
	return jobs, err
}

// JobRescueMany implements riverdriver.Executor.
func (r rescuer) JobRescueMany(ctx context.Context, p *riverdriver.JobRescueManyParams) (*struct{}, error) {
	corrected := *p
	corrected.StuckHorizon = r.stuckHorizon()
	done, err := r.Executor.JobRescueMany(ctx, &corrected)
	if err == nil && slices.Contains(p.State, string(rivertype.JobStateDiscarded)) {
		r.logDead(ctx, p)
	}
	return done, err
}

// logDead says what has died with its process, in its last attempt.
func (r rescuer) logDead(ctx context.Context, p *riverdriver.JobRescueManyParams) {
	var ids []int64
	for i, state := range p.State {
		if state == string(rivertype.JobStateDiscarded) {
			ids = append(ids, p.ID[i])
		}
	}
	letters, err := engine.Query(ctx, r.store, r.keys.scanLetter,
		selectLetters+` WHERE id IN (`+join(ids)+`) AND `+isOurs(Dead))
	if err != nil {
		r.config.Logger.ErrorContext(ctx, "clerkknock: deliveries are dead", "deliveries", len(ids), logkey.Error, err)
	}
	for _, l := range letters {
		r.config.Logger.ErrorContext(ctx, "clerkknock: delivery is dead", logkey.EventID, l.Delivery.ID,
			"attempts", l.Attempts, logkey.Error, l.Error)
	}
}
