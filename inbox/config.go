package inbox

import (
	"cmp"
	"fmt"
	"log/slog"
	"time"
)

// Config configures an inbox. The zero value is ready to use.
type Config struct {
	// Workers is how many deliveries are worked on at once. Defaults to 20.
	Workers int
	// MaxBacklog is how many deliveries may be unfinished before Put returns
	// ErrFull. They are counted at most once a second, so several machines can
	// overshoot by what they accept in that time. Defaults to 100,000.
	MaxBacklog int
	// MaxAttempts is how often a delivery may fail before it is dead; a pause that
	// its error asks for costs none. The pauses between them grow from 1 second to 6
	// hours; 15 attempts last for 25 hours at least. Defaults to 15.
	MaxAttempts int
	// JobTimeout is how long a worker may take over one delivery. It has to be
	// longer than the Source's Budget. What a lost machine was working on is
	// taken over after at most this time plus 70 seconds. Defaults to 20 seconds.
	JobTimeout time.Duration
	// StopTimeout is how long Stop lets workers finish before it interrupts them,
	// which costs no attempt. Defaults to 10 seconds.
	StopTimeout time.Duration
	// Retention is how long deliveries that are done are kept, to recognize one
	// that comes again, and entries of the event log. The sender retries for 28
	// hours. Defaults to 7 days.
	Retention time.Duration
	// DeadRetention is how long dead deliveries are kept for a replay, and with
	// them the ledger's records, without which a replay would repeat the steps
	// that had succeeded. Defaults to 30 days.
	DeadRetention time.Duration
	// MaxLogEntries is how many entries the event log keeps within Retention and
	// DeadRetention: the oldest beyond it go with the hourly sweep. Defaults to 1,000,000.
	MaxLogEntries int
	// Target names what the Executor writes to, such as Knock's base URL and the
	// environment: "https://api.knock.app production". The database remembers it,
	// and Open refuses one that was used for another target, of whose Knock it
	// would be wrong that all has been done. What may be a secret, such as the
	// password in a URL, is left out. Defaults to "", which is not checked.
	Target string
	// FormerTarget is the target under which the same Knock was known before, as
	// the error of Open shows it: a database that was used for it is taken over
	// for Target. It may stay set. Defaults to none.
	FormerTarget string
	// Schema is the PostgreSQL schema of the inbox's tables, made if there is
	// none: lower-case letters, digits and _, no digit first, at most 46. It must
	// not hold another River's tables. Not used with SQLite. Defaults to
	// "clerkknock".
	Schema string
	// Keys encrypt the bodies and headers that are stored from now on, under the first
	// key, and decrypt what was stored under any of them; what was stored without keys is
	// read too. To rotate, put the new key second on all machines, then first, call
	// Reencrypt, and then take the old one out. A delivery whose key is missing is dead,
	// and says so. Defaults to none: all is stored in plain.
	Keys []Key
	// EraseDeleted erases a user, as Erase does, once the delivery of the user.deleted is
	// done, and what comes late of that user once it is done. It needs the Ledger of the
	// inbox in the Source. Defaults to false.
	EraseDeleted bool
	// CheckOnly has Open change no tables, for a role that may not: it returns an
	// error that names the migrations that are missing. Package postgres has a
	// Migrate for the deployment. River's daily reindexing is then left to the
	// owner of the tables. Defaults to false: Open updates the tables.
	CheckOnly bool
	// Logger gets a line for each delivery that dies, with the attempts that a Letter
	// shows, and the engine's warnings.
	// Defaults to slog.Default().
	Logger *slog.Logger
	// Now is the clock of this process. Leases, schedules and retentions follow the
	// database's clock, with which Now is compared when the inbox starts, every minute
	// from then on, and when it was set; from a second of difference on the Logger gets a
	// warning, once an hour. Defaults to time.Now.
	Now func() time.Time
}

// maxAttempts is the most that River's column holds.
const maxAttempts = 1<<15 - 1

func (c Config) withDefaults() (Config, error) {
	for _, field := range []struct {
		name  string
		value int64
	}{
		{"Workers", int64(c.Workers)},
		{"MaxBacklog", int64(c.MaxBacklog)},
		{"MaxAttempts", int64(c.MaxAttempts)},
		{"JobTimeout", int64(c.JobTimeout)},
		{"StopTimeout", int64(c.StopTimeout)},
		{"Retention", int64(c.Retention)},
		{"DeadRetention", int64(c.DeadRetention)},
		{"MaxLogEntries", int64(c.MaxLogEntries)},
	} {
		if field.value < 0 {
			return c, fmt.Errorf("inbox: Config.%s is negative", field.name)
		}
	}
	c.Workers = cmp.Or(c.Workers, 20)
	c.MaxBacklog = cmp.Or(c.MaxBacklog, 100_000)
	c.MaxAttempts = min(cmp.Or(c.MaxAttempts, 15), maxAttempts)
	c.JobTimeout = cmp.Or(c.JobTimeout, 20*time.Second)
	c.StopTimeout = cmp.Or(c.StopTimeout, 10*time.Second)
	c.Retention = cmp.Or(c.Retention, 7*24*time.Hour)
	c.DeadRetention = cmp.Or(c.DeadRetention, 30*24*time.Hour)
	c.MaxLogEntries = cmp.Or(c.MaxLogEntries, 1_000_000)
	// Package postgres has Schema's default: with SQLite there is none.
	c.Logger = cmp.Or(c.Logger, slog.Default())
	if c.Now == nil {
		c.Now = time.Now
	}
	return c, nil
}
