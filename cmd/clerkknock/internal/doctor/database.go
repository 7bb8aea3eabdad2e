package doctor

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/clerkknock/clerkknock/cmd/clerkknock/internal/server"
	"github.com/clerkknock/clerkknock/inbox"
	"github.com/clerkknock/clerkknock/inbox/sqlite"
)

// slow is from which time of a durable write on deliveries that come in bursts have to
// wait: fewer than 40 a second are stored.
const slow = 25 * time.Millisecond

func database(ctx context.Context, c Config) []Finding {
	const check = "database"
	d := c.Database
	if d.URL == "" {
		if _, err := os.Stat(d.File); errors.Is(err, fs.ErrNotExist) {
			return fresh(check, d.File)
		}
	}
	d.CheckOnly = true
	box, err := d.Open(ctx)
	switch {
	case errors.Is(err, sqlite.ErrInUse):
		return []Finding{pass(check, "%s is open in a server that runs: see its /readyz", d.File)}
	case errors.Is(err, inbox.ErrMigrations):
		return []Finding{warn("schema", remedyOf(d), "%v", err)}
	case err != nil:
		return []Finding{fail(check, remedyOf(d), "%v", err)}
	}
	defer box.Close()
	found := []Finding{pass("schema", "the tables lack nothing")}
	health, err := box.Check(ctx)
	if err != nil {
		return append(found, fail(check, "give this user the right to write, and the disk some room", "%v", err))
	}
	found = append(found, timed(check, d.Where(), health.Commit))
	if health.Ahead.Abs() >= off {
		found = append(found, warn("database's clock", "set both clocks (NTP)",
			"it is %s off this machine's", health.Ahead.Abs()))
	}
	if stats, err := box.Stats(ctx); err == nil {
		found = append(found, deliveries(stats))
	}
	return found
}

func remedyOf(d server.Database) string {
	if d.URL != "" {
		return "look at DATABASE_URL; serve makes the tables unless its role may not, then run it once with one that may"
	}
	return "let serve open the file once, which updates it, or name another one with --db"
}

// fresh looks whether a file could be made where there is none.
func fresh(check, file string) []Finding {
	took, err := sync(filepath.Dir(file))
	if err != nil {
		return []Finding{fail(check, "name a file in a folder that this user can write to, with --db", "%v", err)}
	}
	return []Finding{
		skip("schema", "there is no file %s yet; serve makes it", file),
		timed(check, "the folder of "+file, took),
	}
}

// sync is how long it takes to write a few bytes to the disk of a folder.
func sync(folder string) (time.Duration, error) {
	file, err := os.CreateTemp(folder, ".clerkknock-doctor-*")
	if err != nil {
		return 0, fmt.Errorf("cannot write: %w", err)
	}
	defer os.Remove(file.Name())
	start := time.Now()
	_, err = file.Write(make([]byte, 4096))
	err = errors.Join(err, file.Sync())
	took := time.Since(start)
	return took, errors.Join(err, file.Close())
}

func timed(check, where string, took time.Duration) Finding {
	if took >= slow {
		return warn(check, "use a local disk that is not busy: every delivery waits for one such write",
			"%s takes %s for a durable write", where, took.Round(100*time.Microsecond))
	}
	return pass(check, "%s takes %s for a durable write", where, took.Round(100*time.Microsecond))
}

// behind is the age from which on the oldest delivery is worth a word.
const behind = time.Hour

func deliveries(s inbox.Stats) Finding {
	const check = "deliveries"
	switch {
	case s.Dead > 0:
		return warn(check, "clerkknock events dead lists them with their errors", "%d were given up", s.Dead)
	case !s.Oldest.IsZero() && time.Since(s.Oldest) > behind:
		return warn(check, "does serve run, and does Knock answer?", "%d are not done, the oldest for %s",
			s.Backlog(), time.Since(s.Oldest).Round(time.Minute))
	}
	return pass(check, "%d are not done, none was given up", s.Backlog())
}
