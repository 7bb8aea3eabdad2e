package command

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/clerkknock/clerkknock/cmd/clerkknock/internal/server"
	"github.com/clerkknock/clerkknock/cmd/clerkknock/internal/settings"
	"github.com/clerkknock/clerkknock/inbox"
	"github.com/clerkknock/clerkknock/knock"
	"github.com/spf13/cobra"
)

// serve is what "serve" was told.
type serve struct {
	addr, metricsAddr, path string
	secretFile, keyFile     string
	tlsCert, tlsKey         string
	database                database
	table                   settings.Table
	watch                   bool
	externalIDs             bool
	storeUnmapped           bool
	eraseDeleted            bool
	instances               []string
	rateShare               float64
	workers                 int
	target, former          string
	log                     logging
}

func serveCommand() *cobra.Command {
	var s serve
	c := &cobra.Command{
		Use: "serve", GroupID: "run",
		Short: "Take Clerk's webhooks and run them against Knock",
		Long: `Serve takes Clerk's webhooks at POST /webhooks/clerk. Each delivery is stored before Clerk has
its answer, and worked on at Knock's pace, with retries for more than a day, over crashes and
restarts: in a SQLite file for one process, or in PostgreSQL (DATABASE_URL) for many.

What it needs comes from the environment, or from files that NAME_FILE names:

  CLERK_WEBHOOK_SIGNING_SECRET  required; while one is rotated, the new and the old one
  KNOCK_API_KEY                 required, unless KNOCK_BASE_URL names something else
  DATABASE_URL                  postgres://user:password@host:5432/database
  CLERKKNOCK_ENCRYPTION_KEYS    ID=BASE64 of 32 bytes: what is stored is encrypted
  CLERKKNOCK_CONSOLE_TOKEN      opens the console at /console/ to whoever gives it as a password
  ADDR, CLERKKNOCK_DB           defaults of --addr and --db

A SIGHUP reads files of secrets and keys, the mappings and the certificate again. What is wrong
is refused and logged, what was in force stays, and no request is lost. SIGTERM and Ctrl-C take
no more requests, finish those in flight and exit with 0.

/healthz says that the process runs, /readyz whether a delivery could be stored. --metrics-addr
serves metrics for Prometheus on an address of its own, which no stranger should reach.`,
		Example: `  clerkknock serve --mappings mappings.json --watch
  DATABASE_URL=postgres://… clerkknock serve --addr :8080 --metrics-addr 127.0.0.1:9090
  CLERK_WEBHOOK_SIGNING_SECRET_FILE=/run/secrets/clerk KNOCK_API_KEY_FILE=/run/secrets/knock clerkknock serve`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return s.run(c) },
	}
	f := c.Flags()
	f.StringVar(&s.addr, "addr", defaultAddr, "where to listen")
	f.StringVar(&s.metricsAddr, "metrics-addr", "", "where metrics are served (default: nowhere)")
	f.StringVar(&s.path, "path", "/webhooks/clerk", "the path that Clerk posts to")
	f.StringVar(&s.secretFile, "secret-file", "", "a file with the signing secrets")
	f.StringVar(&s.keyFile, "key-file", "", "a file with Knock's API key")
	f.StringVar(&s.tlsCert, "tls-cert", "", "a file with the certificate of TLS, and its chain")
	f.StringVar(&s.tlsKey, "tls-key", "", "a file with the key of the certificate")
	s.database.flags(c)
	f.BoolVar(&s.database.checkOnly, "check-only", false, "change no tables: an error names what they lack")
	s.table.Flags(f)
	f.BoolVar(&s.watch, "watch", false, "take over the file of mappings when it changes; one with mistakes is refused")
	f.BoolVar(&s.externalIDs, "external-user-ids", false, "a user's external_id is the id in Knock")
	f.BoolVar(&s.storeUnmapped, "store-unmapped", false, "store events that nothing is mapped to, too")
	f.BoolVar(&s.eraseDeleted, "erase-deleted", false, "erase a user when the user.deleted is done")
	f.StringSliceVar(&s.instances, "instance", nil, "accept events of this Clerk instance (ins_…) alone; may be repeated")
	f.Float64Var(&s.rateShare, "rate-share", 1, "the part of Knock's rate limits that this process may use")
	f.IntVar(&s.workers, "workers", 20, "how many deliveries are worked on at once")
	f.StringVar(&s.target, "target", "", "names the Knock that is written to (default: its URL and the kind of the key)")
	f.StringVar(&s.former, "former-target", "", "the name that the same Knock had before, as the error shows it")
	s.log.flags(c)
	return c
}

// defaultAddr is that of the quickstart.
const defaultAddr = "127.0.0.1:8080"

func (s *serve) run(c *cobra.Command) error {
	fromEnvironment(c, "addr", "ADDR")
	if err := s.check(); err != nil {
		return err
	}
	config, err := s.config(c)
	if err != nil {
		return err
	}
	return server.Run(c.Context(), config)
}

func (s *serve) check() error {
	switch {
	case !strings.HasPrefix(s.path, "/") || strings.ContainsAny(s.path, "{} ") || s.path == "/healthz" ||
		s.path == "/readyz" || strings.HasPrefix(s.path, "/console"):
		return usagef("--path is the path of a URL, such as /webhooks/clerk, and not /healthz, /readyz or /console")
	case (s.tlsCert == "") != (s.tlsKey == ""):
		return usagef("--tls-cert and --tls-key go together")
	case s.watch && s.table.File == settings.Defaults:
		return usagef("--watch goes with a file of --mappings")
	case s.table.File == "-":
		return usagef("--mappings is a file here, which is read again; standard input is not")
	case s.workers < 1 || s.workers > 1000:
		return usagef("--workers is %d; take from 1 to 1000", s.workers)
	case !(s.rateShare > 0 && s.rateShare <= 1):
		return usagef("--rate-share lies above 0, and is at most 1")
	}
	return nil
}

// minToken keeps out what can be guessed.
const minToken = 16

// config is that of the server.
func (s *serve) config(c *cobra.Command) (server.Config, error) {
	logger, err := s.log.logger(c.ErrOrStderr())
	if err != nil {
		return server.Config{}, err
	}
	key, baseURL, err := settings.APIKey(s.keyFile)
	if err != nil {
		return server.Config{}, err
	}
	if _, err := s.credentials(); err != nil { // before anything is opened
		return server.Config{}, err
	}
	box := inbox.Config{
		Workers: s.workers, EraseDeleted: s.eraseDeleted, Logger: logger, FormerTarget: s.former,
		Target: cmp.Or(s.target, settings.Target(key, cmp.Or(baseURL, knock.DefaultBaseURL))),
	}
	db, err := s.database.config(c, box)
	if err != nil {
		return server.Config{}, err
	}
	token, err := settings.Value(settings.Console, "")
	if err == nil && token != "" && len(token) < minToken {
		err = fmt.Errorf(`%s is shorter than %d characters; "openssl rand -hex 32" makes one`, settings.Console, minToken)
	}
	if err != nil {
		return server.Config{}, err
	}
	reload := make(chan os.Signal, 1)
	signal.Notify(reload, syscall.SIGHUP)
	config := server.Config{
		Addr: s.addr, MetricsAddr: s.metricsAddr, Path: s.path, BaseURL: baseURL,
		CertFile: s.tlsCert, KeyFile: s.tlsKey,
		Credentials: s.credentials, Mapper: s.table.Mapper, Watch: s.watch,
		ExternalUserIDs: s.externalIDs, StoreUnmapped: s.storeUnmapped, InstanceIDs: s.instances,
		RateShare: s.rateShare, Database: db, ConsoleToken: token, Reload: reload, Logger: logger, Out: c.OutOrStdout(),
	}
	if s.table.File != settings.Defaults {
		config.MappingsFile = s.table.File
	}
	return config, nil
}

// credentials reads them, at the start and at each reload.
func (s *serve) credentials() (server.Credentials, error) {
	secrets, err := settings.Secrets(s.secretFile)
	if err == nil && len(secrets) == 0 {
		err = fmt.Errorf("set %s to the signing secret of the endpoint, "+
			"from its page in the Clerk Dashboard, under Webhooks", settings.Secret)
	}
	key, _, keyErr := settings.APIKey(s.keyFile)
	return server.Credentials{Secrets: secrets, APIKey: key}, errors.Join(err, keyErr)
}

// logging says how a command logs.
type logging struct{ level, format string }

func (l *logging) flags(c *cobra.Command) {
	c.Flags().StringVar(&l.level, "log-level", "info", "debug, info, warn or error")
	c.Flags().StringVar(&l.format, "log-format", "text", "text or json")
}

func (l *logging) logger(w interface{ Write([]byte) (int, error) }) (*slog.Logger, error) {
	var level slog.Level
	if err := level.UnmarshalText([]byte(l.level)); err != nil {
		return nil, usagef("--log-level is debug, info, warn or error")
	}
	options := &slog.HandlerOptions{Level: level}
	switch l.format {
	case "text":
		return slog.New(slog.NewTextHandler(w, options)), nil
	case "json":
		return slog.New(slog.NewJSONHandler(w, options)), nil
	}
	return nil, usagef("--log-format is text or json")
}
