package console

import (
	"context"
	"fmt"
	"hash/fnv"
	"net/http"
	"sync"
	"time"

	"github.com/clerkknock/clerkknock/eventlog"
)

// How the streams of server-sent events are bounded.
const (
	// maxStreams is how many tabs are live at once; the others ask now and then.
	maxStreams = 100
	// streamTime is how long one stream lasts before the browser opens the next, which
	// also asks Config.Authorize again.
	streamTime = 5 * time.Minute
	// lookTime is how often a stream looks for something new.
	lookTime = 2 * time.Second
	// quietTime is how often a stream says that it is still there.
	quietTime = 15 * time.Second
	// writeTime is how long a write may take, whatever the server's WriteTimeout is.
	writeTime = 10 * time.Second
)

// live serves a stream that says when something has happened, and nothing of what: the
// page then loads itself again. It runs in the goroutine of its request.
type live struct {
	console *console
	slots   chan struct{}

	mu   sync.Mutex
	ends map[*http.Server]<-chan struct{}
}

func newLive(c *console) *live {
	return &live{console: c, slots: make(chan struct{}, maxStreams), ends: map[*http.Server]<-chan struct{}{}}
}

// ServeHTTP implements http.Handler.
func (l *live) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodHead {
		return // there is nothing that it could wait for
	}
	select {
	case l.slots <- struct{}{}:
		defer func() { <-l.slots }()
	default:
		http.Error(w, "too many live pages; this one asks now and then", http.StatusServiceUnavailable)
		return
	}
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("X-Accel-Buffering", "no")                     // nginx would hold it back
	if err := http.NewResponseController(w).Flush(); err != nil { // nothing is written yet
		http.Error(w, "this server cannot stream; the page asks now and then", http.StatusNotImplemented)
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), streamTime)
	defer cancel()
	l.tell(ctx, w, l.end(r))
}

// tell writes the state, and again each time that it changes, until ctx is done or the
// server shuts down. A page that knows another state loads itself again.
func (l *live) tell(ctx context.Context, w http.ResponseWriter, end <-chan struct{}) {
	ticker := time.NewTicker(lookTime)
	defer ticker.Stop()
	last, wrote := "", time.Now()
	for {
		line := ""
		if now := l.state(ctx); now != last {
			last, line = now, "retry: 3000\nevent: state\ndata: "+now+"\n\n"
		} else if time.Since(wrote) > quietTime {
			line = ": still here\n\n"
		}
		if line != "" {
			if write(w, line) != nil {
				return
			}
			wrote = time.Now()
		}
		select {
		case <-ctx.Done():
			return
		case <-end:
			return
		case <-ticker.C:
		}
	}
}

// state is another text whenever something that pages show has changed.
func (l *live) state(ctx context.Context) string {
	h := fnv.New64a()
	entries, err := l.console.shared.newest.get(ctx)
	if err != nil {
		fmt.Fprint(h, "unreadable")
	}
	for _, e := range entries {
		note(h.Write, e)
	}
	if l.console.config.Queue != nil {
		if b, err := l.console.shared.backlog.get(ctx); err == nil {
			fmt.Fprint(h, b)
		}
	}
	return fmt.Sprintf("%016x", h.Sum64())
}

func note(write func([]byte) (int, error), e eventlog.Entry) {
	_, _ = write(fmt.Appendf(nil, "%d %s %d %d;", e.Seq, e.Outcome, e.At.UnixNano(), e.Refusals))
}

// write sends a piece of a stream at once. The server's WriteTimeout is for whole answers.
func write(w http.ResponseWriter, piece string) error {
	control := http.NewResponseController(w)
	// A wrapper may hide it. Then the server ends the stream, and the browser opens another.
	_ = control.SetWriteDeadline(time.Now().Add(writeTime))
	if _, err := w.Write([]byte(piece)); err != nil {
		return err
	}
	return control.Flush()
}

// end is closed when the server of a request begins to shut down: it would wait for the
// stream otherwise. There is one channel for each server.
func (l *live) end(r *http.Request) <-chan struct{} {
	server, _ := r.Context().Value(http.ServerContextKey).(*http.Server)
	if server == nil {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	end, ok := l.ends[server]
	if !ok {
		closed := make(chan struct{})
		end = closed
		l.ends[server] = closed
		server.RegisterOnShutdown(sync.OnceFunc(func() { close(closed) }))
	}
	return end
}
