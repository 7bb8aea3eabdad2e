// Package server is the library as a program: it takes Clerk's webhooks, stores them and
// runs them against Knock, until it is told to stop.
package server

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/cmd/clerkknock/internal/control"
	"github.com/clerkknock/clerkknock/inbox"
	"github.com/clerkknock/clerkknock/knock"
)

// Config says what is served, and how. What a person must not see is in Credentials.
type Config struct {
	Addr        string // where Clerk posts to
	MetricsAddr string // where metrics are, "" for nowhere
	Path        string // of the webhooks
	BaseURL     string // of Knock, "" for its own
	CertFile    string // of TLS, "" for none
	KeyFile     string
	// Credentials reads the secrets and keys, again at each reload.
	Credentials func() (Credentials, error)
	// Mapper reads the table, again at each reload. MappingsFile is where it stands, ""
	// for the defaults; Watch reloads it when it changes.
	Mapper       func() (*clerkknock.Mapper, error)
	MappingsFile string
	Watch        bool
	// ExternalUserIDs makes a user's external_id the id in Knock.
	ExternalUserIDs bool
	StoreUnmapped   bool
	InstanceIDs     []string
	RateShare       float64
	Database        Database
	Reload          <-chan os.Signal
	Logger          *slog.Logger
	Out             io.Writer // says where it listens
	// Observers are told what becomes of each delivery, beside the log and the metrics.
	Observers []clerkknock.Observer
	// Announce says more than the addresses, before the first delivery. Nil says nothing.
	Announce func(addr string)
	// ConsoleToken opens the console to whoever has it, and ConsoleOpen to whoever sits at
	// this machine. Without either there is none.
	ConsoleToken string
	ConsoleOpen  bool
	// Mount adds what else is served on Addr. Nil adds nothing.
	Mount func(mux *http.ServeMux)
}

// Credentials are what nobody is to see.
type Credentials struct {
	Secrets []string
	APIKey  string
}

// server is what runs.
type server struct {
	Config
	box      *inbox.Inbox
	source   *clerkknock.Source
	executor *knock.Executor
	metrics  *metrics
	last     lastDelivery
	cert     certificate
	stopping chan struct{}
}

// Run serves until ctx is done. Then it takes no more requests, finishes those in flight,
// and stops the inbox; what waits in there goes on at the next start.
func Run(ctx context.Context, c Config) (err error) {
	s := &server{Config: c, stopping: make(chan struct{})}
	// A port that is in use is found out before a database is touched.
	public, private, err := s.listen()
	if err != nil {
		return err
	}
	if err := s.open(ctx); err != nil {
		return errors.Join(err, closeAll(public, private))
	}
	defer func() { err = errors.Join(err, s.box.Close()) }()
	// The signal does not stop the inbox: serve does, when the requests are finished.
	if err := s.box.Start(context.WithoutCancel(ctx), s.source.Process); err != nil {
		return errors.Join(err, closeAll(public, private))
	}
	release := s.control()
	defer func() { err = errors.Join(err, release()) }()
	handler, err := s.handler()
	if err != nil {
		return errors.Join(err, closeAll(public, private))
	}
	s.announce(public, private)
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	go s.reloadOnSignal(ctx)
	if s.Watch {
		go s.watch(ctx)
	}
	return s.serve(ctx, handler, public, private)
}

// listen opens the addresses. private is nil if there is none.
func (s *server) listen() (public, private net.Listener, err error) {
	if s.CertFile != "" {
		if err := s.cert.load(s.CertFile, s.KeyFile); err != nil {
			return nil, nil, err
		}
	}
	public, err = net.Listen("tcp", s.Addr)
	if err != nil {
		return nil, nil, fmt.Errorf("cannot listen: %w; set ADDR or --addr to another address", err)
	}
	if s.MetricsAddr == "" {
		return public, nil, nil
	}
	private, err = net.Listen("tcp", s.MetricsAddr)
	if err != nil {
		err = fmt.Errorf("cannot listen for metrics: %w; set --metrics-addr to another address", err)
		return nil, nil, errors.Join(err, closeAll(public))
	}
	return public, private, nil
}

func closeAll(listeners ...net.Listener) error {
	var errs []error
	for _, l := range listeners {
		if l != nil {
			errs = append(errs, l.Close())
		}
	}
	return errors.Join(errs...)
}

// open opens the database and puts the source together.
func (s *server) open(ctx context.Context) error {
	credentials, err := s.Credentials()
	if err != nil {
		return err
	}
	s.executor, err = knock.New(knock.Config{
		APIKey: credentials.APIKey, BaseURL: s.BaseURL, RateShare: s.RateShare,
	})
	if err != nil {
		return err
	}
	s.box, err = s.Database.Open(ctx)
	if err != nil {
		return err
	}
	s.metrics = newMetrics(s.box)
	mapper, err := s.mapper()
	if err == nil {
		s.source, err = clerkknock.New(clerkknock.Config{
			SigningSecrets: credentials.Secrets, Executor: s.executor, Mapper: mapper, Inbox: s.box,
			InstanceIDs: s.InstanceIDs, StoreUnmapped: s.StoreUnmapped, Logger: s.Logger,
			Observers: append([]clerkknock.Observer{s.box.EventLog(), s.metrics, &s.last}, s.Observers...),
		})
	}
	if err != nil {
		return errors.Join(err, s.box.Close())
	}
	return nil
}

// control lets the commands in, which cannot open a SQLite file that is in use. A server
// works without it, such as in a folder whose name is too long for a socket.
func (s *server) control() (release func() error) {
	if s.Database.URL == "" {
		release, err := control.Serve(s.Database.File, control.Local{Inbox: s.box})
		if err == nil {
			return release
		}
		s.Logger.Warn("clerkknock: commands cannot reach this server's deliveries", "error", err)
	}
	return func() error { return nil }
}

// mapper reads the table as this host uses it.
func (s *server) mapper() (*clerkknock.Mapper, error) {
	mapper, err := s.Mapper()
	if err != nil {
		return nil, err
	}
	if s.ExternalUserIDs {
		mapper = mapper.ExternalUserIDs(s.box.Aliases(), nil)
	}
	return mapper, mapper.Err()
}

// handler is what is served where Clerk posts to.
func (s *server) handler() (http.Handler, error) {
	mux := http.NewServeMux()
	mux.Handle(s.Path, s.source)
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	mux.HandleFunc("GET /readyz", s.ready)
	if s.Mount != nil {
		s.Mount(mux)
	}
	return mux, s.mountConsole(mux)
}

// grace is how long requests and workers may take to finish.
const grace = 15 * time.Second

// serve serves until ctx is done or a listener fails.
func (s *server) serve(ctx context.Context, handler http.Handler, public, private net.Listener) error {
	if s.CertFile != "" {
		public = tls.NewListener(public, s.cert.config())
	}
	servers := []*http.Server{s.httpServer(handler)}
	failed := make(chan error, 2)
	start := func(server *http.Server, l net.Listener) { failed <- server.Serve(l) }
	go start(servers[0], public)
	if private != nil {
		servers = append(servers, s.httpServer(s.metrics.handler()))
		go start(servers[1], private)
	}
	var err error
	select {
	case err = <-failed:
	case <-ctx.Done():
	}
	close(s.stopping)
	s.Logger.Info("clerkknock: stopping")
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	for _, server := range servers {
		err = errors.Join(err, server.Shutdown(grace))
	}
	return errors.Join(err, s.box.Stop(grace))
}

func (s *server) httpServer(h http.Handler) *http.Server {
	return &http.Server{
		Handler: h, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
		ErrorLog: slog.NewLogLogger(s.Logger.Handler(), slog.LevelDebug), // strangers fill it
	}
}

// announce says what is where.
func (s *server) announce(public, private net.Listener) {
	scheme := "http"
	if s.CertFile != "" {
		scheme = "https"
	}
	fmt.Fprintf(s.Out, "Listening on %s://%s\n", scheme, public.Addr())
	fmt.Fprintf(s.Out, "  POST %-18s for Clerk\n", s.Path)
	fmt.Fprintln(s.Out, "  GET  /healthz, /readyz")
	if private != nil {
		fmt.Fprintf(s.Out, "Metrics on http://%s/metrics\n", private.Addr())
	}
	if s.ConsoleToken != "" || s.ConsoleOpen {
		fmt.Fprintf(s.Out, "The console is at %s://%s%s\n", scheme, public.Addr(), consolePath)
	}
	fmt.Fprintln(s.Out, "Deliveries are kept in", s.Database.Where())
	if s.Announce != nil {
		s.Announce(public.Addr().String())
	}
}
