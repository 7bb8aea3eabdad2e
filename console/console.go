package console

import (
	"errors"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/eventlog"
	"github.com/clerkknock/clerkknock/knock"
)

// Config configures a console. Source and Log are required, and so is Authorize for
// anybody to see anything.
type Config struct {
	// Source is the Source to look at. Required.
	Source *clerkknock.Source
	// Log is the event log that is among the Source's Observers. Required.
	Log eventlog.Log
	// Authorize says who sends a request, and whether they may see the console. The name is
	// for the log lines of what they ask for; it may be empty. Loopback opens the console
	// on a developer's own machine. Defaults to nobody.
	Authorize func(r *http.Request) (who string, ok bool)
	// Queue is the inbox, such as the Queue of module inbox. Defaults to none.
	Queue Queue
	// Limits tells how much of Knock's limits is in use, as the Limits method of a
	// knock.Executor does. Defaults to none, which shows nothing of them.
	Limits func() []knock.Limit
	// SwitchMappings lets whoever Authorize lets in enable and disable mappings, in this
	// process and until it ends. Defaults to false.
	SwitchMappings bool
	// ReadOnly refuses every request that would change something. Defaults to false.
	ReadOnly bool
	// HidePayloads shows nothing of what was delivered and what was sent, to nobody: no
	// body, no header, no parameter. IDs are shown. Defaults to false, which masks personal
	// data until somebody asks for it.
	HidePayloads bool
	// Logger gets one line each time somebody asks for personal data or changes something,
	// and one for each error. Defaults to slog.Default().
	Logger *slog.Logger
	// Now is the clock. Defaults to time.Now.
	Now func() time.Time
}

// console serves the pages.
type console struct {
	config Config
	mux    *http.ServeMux
	cross  *http.CrossOriginProtection
	shared shared
	live   *live
	// switching is held while a mapping is enabled or disabled.
	switching sync.Mutex
	once      once
}

// Handler returns the console, or an error that names what the Config lacks.
func Handler(c Config) (http.Handler, error) {
	switch {
	case c.Source == nil:
		return nil, errors.New("console: Config.Source is required")
	case c.Log == nil:
		return nil, errors.New("console: Config.Log is required; " +
			"an eventlog.Memory will do, if it is among the Source's Observers too")
	}
	if c.Logger == nil {
		c.Logger = slog.Default()
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	s := &console{config: c, cross: http.NewCrossOriginProtection()}
	s.shared = newShared(s)
	s.live = newLive(s)
	s.mux = s.routes()
	return s, nil
}
