package backfill

import (
	"cmp"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"time"

	"github.com/clerkknock/clerkknock"
)

// Config says how a run is made. Source is required; everything else has a default.
type Config struct {
	// Source is the host's: its mappings, as they are when the run begins, its Ledger and
	// its Executor are used. With the Executor of package knock, also within a Tee, records
	// go into bulk calls, and share the rate limits with the live traffic. They go one by one
	// with any other, unless it has the method ExecuteAll.
	// Required.
	//
	// Run in the process that receives the webhooks, unless its Ledger is in a database:
	// the Ledger is what keeps an older row from overwriting a newer event.
	Source *clerkknock.Source
	// Checkpoint remembers how far a run has come, so that the next one goes on there.
	// Defaults to none: every run begins at the beginning.
	Checkpoint Checkpoint
	// DryRun plans and does nothing: no action, no ledger, no checkpoint. The Report counts
	// as sent what would be, and has examples of it. Defaults to false.
	DryRun bool
	// Handlers runs the functions given to clerkknock.Handle for the events that the
	// records are taken for. Defaults to false: for the host's own tables nobody is new.
	Handlers bool
	// Triggers lets workflows be triggered and cancelled. Defaults to false: nobody is
	// welcomed who has been here for years.
	Triggers bool
	// OnResult is told what has become of each record, one at a time, in the order in
	// which they are finished. It must return soon. Defaults to nobody.
	OnResult func(Result)
	// InFlight is how many records are worked on at once, of memberships three times as
	// many; each takes some 40 kB at the peak. More than a bulk call holds lets the next
	// ones fill while one happens. Events about all of them wait meanwhile. Defaults to
	// 4,000, for which a run takes some 500 MB.
	InFlight int
	// Budget is the time for one attempt at a record, in which its bulk call has to happen.
	// Claims in a database last that long after a crash: events of the same user wait.
	// Defaults to 2 minutes.
	Budget time.Duration
	// Attempts is how often a record is tried while its failure is temporary, with pauses
	// that double from a second to half a minute. Defaults to 6.
	Attempts int
}

func (c Config) withDefaults() (Config, error) {
	switch {
	case c.Source == nil:
		return c, errors.New("backfill: Config.Source is required; give the one that receives the webhooks")
	case c.InFlight < 0 || c.Budget < 0 || c.Attempts < 0:
		return c, errors.New("backfill: Config.InFlight, Budget and Attempts must not be negative")
	}
	c.InFlight = cmp.Or(c.InFlight, 4000)
	c.Budget = cmp.Or(c.Budget, 2*time.Minute)
	c.Attempts = cmp.Or(c.Attempts, 6)
	if c.OnResult == nil {
		c.OnResult = func(Result) {}
	}
	if c.Checkpoint == nil {
		c.Checkpoint = none{}
	}
	return c, nil
}

// inFlight is how many records of a kind are under way at once: more of memberships, of
// which one request holds many, and one of a dry run, which has nothing to wait for.
func (c Config) inFlight(kind Kind) int {
	switch {
	case c.DryRun:
		return 1
	case kind == Membership:
		return c.InFlight * 3
	}
	return c.InFlight
}

// inner is the Source that a run processes records with: the host's, but for who
// executes, and without its log and observers, which tell of what Clerk sends. It also
// returns the mappings that are left out because nobody has asked for them.
func (c Config) inner(executor clerkknock.Executor) (*clerkknock.Source, []string, error) {
	config := c.Source.Config()
	var out []string
	for _, m := range config.Mapper.Mappings() {
		asked := !m.Handles() || c.Handlers
		if m.Action == clerkknock.WorkflowsTrigger || m.Action == clerkknock.WorkflowsCancel {
			asked = c.Triggers
		}
		if isFilled(m.Event) && !m.Inactive && !asked {
			out = append(out, m.ID)
		}
	}
	config.Mapper = config.Mapper.Disable(out...)
	config.Executor = executor
	config.Ledger = inLines(config.Ledger)
	config.Verifier = nobody{}
	config.Inbox, config.Observers = nil, nil
	config.Budget = c.Budget
	config.Logger = slog.New(slog.NewTextHandler(io.Discard, nil))
	source, err := clerkknock.New(config)
	return source, out, err
}

// isFilled reports whether records are taken for events of a type.
func isFilled(event string) bool {
	for _, k := range Kinds() {
		if k.Event() == event {
			return true
		}
	}
	return false
}

// nobody lets nothing in: the Source of a run serves no requests.
type nobody struct{}

func (nobody) Verify([]byte, http.Header) error { return clerkknock.ErrNoMatch }
