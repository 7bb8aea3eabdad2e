package command

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"slices"
	"time"

	"github.com/clerkknock/clerkknock/cmd/clerkknock/internal/control"
	"github.com/clerkknock/clerkknock/inbox"
	"github.com/clerkknock/clerkknock/inbox/sqlite"
	"github.com/spf13/cobra"
)

// eventsCommand has what is done with deliveries that are stored, and the event log.
func eventsCommand() *cobra.Command {
	return group("events", "look", "Look at stored deliveries, replay them, throw them away",
		`A delivery that is not done is waiting, running, retrying or dead: given up, and kept for 30
days. These commands open the database as "serve" does, by --db or DATABASE_URL. While a server
has the SQLite file open they ask that server, through a socket that only its user can reach.

What changes many deliveries, or destroys something, says first how many that are and asks.
Where there is no terminal it needs --yes.`,
		logCommand(), showCommand(), payloadCommand(), tailCommand(), explainCommand(),
		deadCommand(), replayCommand(), hurryCommand(), discardCommand(), eraseCommand())
}

// selection is which deliveries a command is about.
type selection struct {
	database
	all          bool
	states       []string
	since, until string
	eventType    string
}

// flags adds the flags that select, and that of the states if there are several; those
// that are selected by default are given.
func (s *selection) flags(c *cobra.Command, several bool, states ...string) {
	s.database.flags(c)
	f := c.Flags()
	f.StringVar(&s.since, "since", "", "died, or was put if not dead, since a time (2026-05-01T12:00:00Z) or for 24h")
	f.StringVar(&s.until, "until", "", "before a time, or longer ago than 24h")
	f.StringVar(&s.eventType, "type", "", "events of this type alone")
	_ = c.RegisterFlagCompletionFunc("type", completeTypes)
	if several {
		f.StringSliceVar(&s.states, "state", states, "in one of these states")
	} else {
		s.states = states
	}
}

// filter is that of the inbox; the type is not in it.
func (s *selection) filter() (f inbox.Filter, err error) {
	for _, state := range s.states {
		f.States = append(f.States, inbox.State(state))
	}
	if f.Period.From, err = moment("--since", s.since); err != nil {
		return f, err
	}
	f.Period.To, err = moment("--until", s.until)
	return f, err
}

// moment is a time, or one that lies a duration ago.
func moment(flag, text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	if ago, err := time.ParseDuration(text); err == nil && ago >= 0 {
		return time.Now().Add(-ago), nil
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return at, usagef("%s is neither a time such as 2026-05-01T12:00:00Z nor a duration such as 24h", flag)
	}
	return at, nil
}

// letters are the deliveries that are selected.
func (s *selection) letters(ctx context.Context, box control.Box) ([]inbox.Letter, error) {
	f, err := s.filter()
	if err != nil {
		return nil, err
	}
	var all []inbox.Letter
	for letter, err := range box.Letters(ctx, f) {
		if err != nil {
			return nil, trimmed(err, "inbox: ")
		}
		if s.eventType == "" || letter.Type == s.eventType {
			all = append(all, letter)
		}
	}
	return all, nil
}

// open opens the inbox, or asks the server that has it open.
func (d *database) open(c *cobra.Command) (control.Box, func() error, error) {
	logger := slog.New(slog.NewTextHandler(c.ErrOrStderr(), &slog.HandlerOptions{Level: slog.LevelError}))
	d.checkOnly = true // to look at something changes nothing
	db, err := d.config(c, inbox.Config{Logger: logger})
	if err != nil {
		return nil, nil, err
	}
	if db.URL == "" {
		if _, err := os.Stat(db.File); errors.Is(err, fs.ErrNotExist) {
			return nil, nil, fmt.Errorf("there is no file %s; name that of the server with --db, or set DATABASE_URL", db.File)
		}
	}
	box, err := db.Open(c.Context())
	if errors.Is(err, sqlite.ErrInUse) {
		return control.Dial(db.File), func() error { return nil }, nil
	}
	if err != nil {
		return nil, nil, err
	}
	return control.Local{Inbox: box}, box.Close, nil
}

// withBox opens the inbox for as long as something is done with it.
func (d *database) withBox(c *cobra.Command, do func(control.Box) error) error {
	box, done, err := d.open(c)
	if err != nil {
		return err
	}
	return errors.Join(do(box), done())
}

// checkStates refuses a state that there is not, or that a command is not about.
func (s *selection) checkStates(allowed ...string) error {
	for _, state := range s.states {
		if !slices.Contains(allowed, state) {
			return usagef("--state %s: there are %v here", state, allowed)
		}
	}
	return nil
}
