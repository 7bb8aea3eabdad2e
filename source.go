package clerkknock

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"reflect"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/clerkknock/clerkknock/clerk"
	"github.com/clerkknock/clerkknock/ledger"
)

// Config configures a Source. SigningSecrets (or Verifier) and Executor are
// required; everything else has a default.
type Config struct {
	// SigningSecrets are the "whsec_…" secrets of the Clerk endpoints that post
	// here; a delivery may be signed with any of them. Required without a
	// Verifier.
	SigningSecrets []string
	// Executor carries out the actions. Required.
	Executor Executor
	// Mapper says what to do for which event. Defaults to DefaultMapper().
	Mapper *Mapper
	// InstanceIDs are the Clerk instances (ins_…) whose events are accepted, so
	// that development events cannot reach production. Space around an ID is
	// ignored. Defaults to any.
	InstanceIDs []string
	// Inbox, if set, stores each delivery instead of processing it while Clerk
	// waits; its workers call Source.Process. Defaults to none.
	Inbox Inbox
	// StoreUnmapped puts into the Inbox also what no active mapping handles. Without it
	// such an event is answered at once and not stored: a one-time code that nobody reads
	// lies in no database. What is not stored cannot be replayed when SetMapper adds a
	// mapping for it later; only Clerk can send it again. A deletion is always stored, for
	// the Ledger. Defaults to false.
	StoreUnmapped bool
	// KeepHeaders names the request headers that host code reads from an event: a When,
	// Func, On, Handle, Preprocess or Observer. All others are left out when a request is
	// accepted, so that what a proxy says of its caller is stored nowhere, but for the
	// svix-id, the content-type and what the active mappings read as headers.NAME.
	// Defaults to none.
	KeepHeaders []string
	// Ledger remembers what has been done. Defaults to the Inbox's, if that has a
	// method Ledger() ledger.Ledger, as those of module inbox do, or else to a new
	// ledger.Memory.
	Ledger ledger.Ledger
	// Observers are told what becomes of every request, in this order. Defaults
	// to none.
	Observers []Observer
	// Logger gets one line per delivery and per refused request, without
	// secrets, bodies and personal data. The keys of its attributes are svix_id,
	// event_type, outcome, took, error, skipped, left_out, status, step, action,
	// mapping, and the ID of a step for what its Executor noted. Defaults to
	// slog.Default().
	Logger *slog.Logger
	// Budget is the time for one request, from its arrival on. The handler gives
	// up after the budget, and the sender repeats what is left; there are two more
	// seconds to record what has been done. Svix gives up after 15 seconds.
	// Defaults to 10 seconds.
	Budget time.Duration
	// MaxBodyBytes is the longest body that is read. Svix takes events of up to
	// about 350 kB. Defaults to 1 MiB.
	MaxBodyBytes int64
	// MaxInFlightBytes is how much of bodies may be in memory at once, those of
	// strangers included. Beyond it a request is answered 503, and Svix comes again.
	// Defaults to 64 MiB, and is at least MaxBodyBytes.
	MaxInFlightBytes int64
	// Tolerance is how far a delivery's timestamp may lie from Now, in both
	// directions. Not used with a Verifier. Defaults to 5 minutes, as Svix's own
	// libraries have it.
	Tolerance time.Duration
	// AbortOnFailure asks Svix to stop retrying a delivery of which a step has
	// failed for good, by a response header:
	// https://docs.svix.com/receiving/delivery-control. Clerk then shows the
	// message as failed at once, and it can still be replayed by hand. Defaults
	// to false: Svix retries it for 28 hours, in which the cause may be mended.
	AbortOnFailure bool
	// Verifier replaces the verification by SigningSecrets. Defaults to none.
	Verifier Verifier
	// Now is the clock. Defaults to time.Now.
	Now func() time.Time
}

// Source receives Clerk's webhooks and runs what is mapped to them. It is an
// http.Handler, safe for concurrent use, and starts no goroutine of its own.
type Source struct {
	config   Config
	mapper   atomic.Pointer[Mapper]
	verifier atomic.Pointer[Verifier]
	// inFlight counts the bytes of bodies in memory.
	inFlight atomic.Int64
}

// New returns a Source, or an error that names the field of the Config that
// would keep it from working: it never starts half-configured.
func New(c Config) (*Source, error) {
	c, err := c.withDefaults()
	if err != nil {
		return nil, err
	}
	s := &Source{config: c}
	s.verifier.Store(&c.Verifier)
	if err := s.SetMapper(c.Mapper); err != nil {
		return nil, fmt.Errorf("clerkknock: Config.Mapper: %w", err)
	}
	return s, nil
}

// withDefaults checks the Config and fills it in.
func (c Config) withDefaults() (Config, error) {
	if isNil(c.Executor) {
		return c, errors.New("clerkknock: Config.Executor is required; " +
			"knock.New makes one for Knock, DryRun one that only logs")
	}
	if t, ok := c.Executor.(tee); ok {
		if err := t.check(); err != nil {
			return c, fmt.Errorf("clerkknock: Config.Executor: %w", err)
		}
	}
	switch {
	case c.Budget < 0:
		return c, errors.New("clerkknock: Config.Budget is negative")
	case c.MaxBodyBytes < 0:
		return c, errors.New("clerkknock: Config.MaxBodyBytes is negative")
	case c.MaxInFlightBytes < 0:
		return c, errors.New("clerkknock: Config.MaxInFlightBytes is negative")
	case c.Tolerance < 0:
		return c, errors.New("clerkknock: Config.Tolerance is negative")
	case slices.ContainsFunc(c.Observers, func(o Observer) bool { return isNil(o) }):
		return c, errors.New("clerkknock: Config.Observers holds one that is nil")
	}
	instances := make([]string, len(c.InstanceIDs))
	for i, id := range c.InstanceIDs {
		if instances[i] = strings.TrimSpace(id); instances[i] == "" {
			return c, errors.New("clerkknock: Config.InstanceIDs holds an empty ID")
		}
	}
	c.InstanceIDs = instances
	if err := c.setKeepHeaders(); err != nil {
		return c, fmt.Errorf("clerkknock: Config.KeepHeaders %w", err)
	}
	c.Budget = cmp.Or(c.Budget, 10*time.Second)
	c.MaxBodyBytes = cmp.Or(c.MaxBodyBytes, 1<<20)
	c.MaxInFlightBytes = max(cmp.Or(c.MaxInFlightBytes, 64<<20), c.MaxBodyBytes)
	c.Tolerance = cmp.Or(c.Tolerance, defaultTolerance)
	c.Logger = cmp.Or(c.Logger, slog.Default())
	c.Observers = append([]Observer{logObserver{c.Logger}}, c.Observers...)
	if c.Mapper == nil {
		c.Mapper = DefaultMapper()
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if box, ok := c.Inbox.(interface{ Ledger() ledger.Ledger }); ok && c.Ledger == nil {
		c.Ledger = box.Ledger()
	}
	if c.Ledger == nil {
		c.Ledger = &ledger.Memory{Now: c.Now}
	}
	return c, c.setVerifier()
}

func (c *Config) setVerifier() error {
	if c.Verifier != nil {
		switch {
		case len(c.SigningSecrets) > 0:
			return errors.New("clerkknock: Config.SigningSecrets and Config.Verifier exclude each other")
		case isNil(c.Verifier):
			return errors.New("clerkknock: Config.Verifier is a nil pointer")
		case acceptsEmptyKey(c.Verifier, c.Now()):
			return errors.New("clerkknock: Config.Verifier accepts what is signed with an empty key; its secret is not set")
		}
		return nil
	}
	v, err := c.verifier(c.SigningSecrets)
	if err != nil {
		return fmt.Errorf("clerkknock: Config.SigningSecrets: %w", err)
	}
	c.Verifier = v
	c.SigningSecrets = nil // the Source does not need them, and must not print them
	return nil
}

// verifier is one of these secrets that goes by the Config's clock and tolerance.
func (c *Config) verifier(secrets []string) (*SignatureVerifier, error) {
	v, err := NewVerifier(secrets...)
	if err != nil {
		return nil, err
	}
	v.tolerance, v.now = c.Tolerance, c.Now
	return v, nil
}

// isNil also sees the nil pointers and functions that an interface hides.
func isNil(v any) bool {
	if v == nil {
		return true
	}
	r := reflect.ValueOf(v)
	return (r.Kind() == reflect.Pointer || r.Kind() == reflect.Func) && r.IsNil()
}

// SetMapper replaces the mappings for the deliveries that arrive from now on. A
// Mapper with mistakes is refused with its Err, and the old one stays.
func (s *Source) SetMapper(m *Mapper) error {
	if m == nil {
		return errors.New("mapper is nil")
	}
	if err := m.Err(); err != nil {
		return err
	}
	s.mapper.Store(m)
	return nil
}

// Config returns the Config that the Source works by, with the defaults filled in and the
// mappings in force, and without the signing secrets: for a second Source that shares the
// ledger, such as the one that a backfill uses.
func (s *Source) Config() Config {
	c := s.config
	c.Mapper = s.Mapper()
	c.InstanceIDs, c.KeepHeaders = slices.Clone(c.InstanceIDs), slices.Clone(c.KeepHeaders)
	c.Observers = slices.Clone(c.Observers[1:]) // but for the log, which New puts first
	return c
}

// Mapper returns the mappings in force.
func (s *Source) Mapper() *Mapper { return s.mapper.Load() }

// Rehearse plans what the delivery would do, and executes and remembers
// nothing. It needs no signature: the Body is enough, and Header only for
// mappings that read headers. Each step says what would be sent or why not; with the
// Executor of package knock it shows the requests themselves.
func (s *Source) Rehearse(ctx context.Context, d Delivery) ([]Step, error) {
	steps, err := s.Mapper().Rehearse(ctx, d)
	if err != nil {
		return nil, err
	}
	e, err := d.event()
	if err != nil {
		return nil, err
	}
	s.addRequests(ctx, e, steps)
	return steps, nil
}

// addRequests has the Executor say what each step would do, if it can tell.
func (s *Source) addRequests(ctx context.Context, e clerk.Envelope, steps []Step) {
	for i := range steps {
		step := &steps[i]
		if step.Err != nil || step.Skip != "" || step.handle != nil {
			continue
		}
		step.Attrs, step.Err = rehearse(ctx, s.config.Executor, Invocation{
			Action: step.Action, Event: e, MappingID: step.Mapping, IdempotencyKey: step.IdempotencyKey,
		})
	}
}

// rehearse asks an Executor what it would do, if it can tell.
func rehearse(ctx context.Context, e Executor, inv Invocation) (attrs []slog.Attr, err error) {
	r, ok := e.(interface {
		Rehearse(ctx context.Context, inv Invocation) ([]slog.Attr, error)
	})
	if !ok {
		return nil, nil
	}
	err = guard(func() (err error) {
		attrs, err = r.Rehearse(ctx, inv)
		return err
	})
	return attrs, err
}

// Format prints nothing of what a Source holds, whatever the verb.
func (s *Source) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "clerkknock.Source") }

// Format prints the Config without its secrets, whatever the verb.
func (c Config) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, c.LogValue().String()) }

// LogValue logs the Config without its secrets.
func (c Config) LogValue() slog.Value {
	return slog.GroupValue(
		slog.Int("signing_secrets", len(c.SigningSecrets)),
		slog.String("executor", fmt.Sprintf("%T", c.Executor)),
		slog.Bool("inbox", c.Inbox != nil),
		slog.Any("instance_ids", c.InstanceIDs),
	)
}
