package clerkknock

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"sync/atomic"
	"time"

	svix "github.com/svix/svix-webhooks/go"
)

// Config configures a Source. SigningSecrets (or Verifier) and Executor are
// required; everything else has a default.
type Config struct {
	// AbortOnFailure asks Svix to stop retrying a delivery of which a step has
	// failed for good, by a response header:
	// https://docs.svix.com/receiving/delivery-control. Clerk then shows the
	// message as failed at once, and it can still be replayed by hand. Defaults
	// to false: Svix retries it for 28 hours, in which the cause may be mended.
	AbortOnFailure bool
	// Budget is the time for one request, from its arrival on. Steps that it cuts
	// off are retried; to record what has been done there are two seconds more.
	// Svix gives up after 15 seconds. Defaults to 10 seconds.
	Budget time.Duration
	// EventLog, if set, keeps the last deliveries and their reports for people to
	// look at. Defaults to none.
	EventLog EventLog
	// Executor carries out the actions. Required.
	Executor Executor
	// Inbox, if set, stores each delivery instead of processing it while Clerk
	// waits; its workers call Source.Process. Defaults to none.
	Inbox Inbox
	// InstanceIDs are the Clerk instances (ins_…) whose events are accepted, so
	// that development events cannot reach production. Defaults to any.
	InstanceIDs []string
	// Ledger remembers what has been done. Defaults to a new MemoryLedger.
	Ledger Ledger
	// Logger gets one line per delivery and per refused request, without
	// secrets, bodies and personal data. Defaults to slog.Default().
	Logger *slog.Logger
	// Mapper says what to do for which event. Defaults to DefaultMapper().
	Mapper *Mapper
	// MaxBodyBytes is the longest body that is read. Svix takes events of up to
	// about 350 kB. Defaults to 1 MiB.
	MaxBodyBytes int64
	// Now is the clock. Defaults to time.Now.
	Now func() time.Time
	// Observer, if set, is called with the Report of each delivery when it has
	// been processed or stored, before the sender is answered. Defaults to none.
	Observer func(ctx context.Context, r Report)
	// SigningSecrets are the "whsec_…" secrets of the Clerk endpoints that post
	// here; a delivery may be signed with any of them. Required without a
	// Verifier.
	SigningSecrets []string
	// Tolerance is how far a delivery's timestamp may lie from Now, in both
	// directions. Defaults to DefaultTolerance. Not used with a Verifier.
	Tolerance time.Duration
	// Verifier replaces the verification by SigningSecrets. Defaults to none.
	Verifier Verifier
}

// Source receives Clerk's webhooks and runs what is mapped to them. It is an
// http.Handler, safe for concurrent use, and starts no goroutine of its own.
type Source struct {
	config Config
	mapper atomic.Pointer[Mapper]
}

// New returns a Source, or an error that names the field of the Config that
// would keep it from working: it never starts half-configured.
func New(c Config) (*Source, error) {
	if isNil(c.Executor) {
		return nil, errors.New("clerkknock: Config.Executor is required; knock.New makes one for Knock, DryRun one that only logs")
	}
	if err := executorErr(c.Executor); err != nil {
		return nil, fmt.Errorf("clerkknock: Config.Executor: %w", err)
	}
	for _, negative := range []struct {
		field string
		is    bool
	}{{"Budget", c.Budget < 0}, {"MaxBodyBytes", c.MaxBodyBytes < 0}, {"Tolerance", c.Tolerance < 0}} {
		if negative.is {
			return nil, fmt.Errorf("clerkknock: Config.%s is negative", negative.field)
		}
	}
	if slices.Contains(c.InstanceIDs, "") {
		return nil, errors.New("clerkknock: Config.InstanceIDs holds an empty ID")
	}
	setDefault(&c.Budget, 10*time.Second)
	setDefault(&c.MaxBodyBytes, 1<<20)
	setDefault(&c.Tolerance, DefaultTolerance)
	setDefault(&c.Logger, slog.Default())
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Ledger == nil {
		c.Ledger = &MemoryLedger{Now: c.Now}
	}
	if err := c.setVerifier(); err != nil {
		return nil, err
	}
	mapper := c.Mapper
	if mapper == nil {
		mapper = DefaultMapper()
	}
	c.InstanceIDs = slices.Clone(c.InstanceIDs)
	s := &Source{config: c}
	if err := s.SetMapper(mapper); err != nil {
		return nil, fmt.Errorf("clerkknock: Config.Mapper: %w", err)
	}
	return s, nil
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
	v, err := NewVerifier(c.SigningSecrets...)
	if err != nil {
		return fmt.Errorf("clerkknock: Config.SigningSecrets: %w", err)
	}
	v, err = v.WithTolerance(c.Tolerance)
	if err != nil {
		return fmt.Errorf("clerkknock: Config.Tolerance: %w", err)
	}
	c.Verifier = v.WithClock(c.Now)
	c.SigningSecrets = nil // the Source does not need them, and must not print them
	return nil
}

// acceptsEmptyKey tries whether anybody could sign for a verifier: the one of the
// svix library takes an empty secret without a word.
func acceptsEmptyKey(v Verifier, now time.Time) bool {
	svix, err := svix.NewWebhookRaw(nil)
	if err != nil {
		return false
	}
	probe := []byte("{}")
	signature, err := svix.Sign("msg_probe", now, probe)
	if err != nil {
		return false
	}
	header := http.Header{}
	for _, prefix := range [...]string{"Svix-", "Webhook-"} {
		header.Set(prefix+"Id", "msg_probe")
		header.Set(prefix+"Timestamp", strconv.FormatInt(now.Unix(), 10))
		header.Set(prefix+"Signature", signature)
	}
	return guard(func() error { return v.Verify(probe, header) }) == nil
}

// isNil also sees the nil pointers and functions that an interface hides.
func isNil(v any) bool {
	if v == nil {
		return true
	}
	r := reflect.ValueOf(v)
	return (r.Kind() == reflect.Pointer || r.Kind() == reflect.Func) && r.IsNil()
}

func setDefault[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
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

// Mapper returns the mappings in force.
func (s *Source) Mapper() *Mapper { return s.mapper.Load() }

// Rehearse plans what the delivery would do, and executes and remembers
// nothing. It needs no signature: the Body is enough, and Header only for
// mappings that read headers. Each step says what would be sent or why not.
func (s *Source) Rehearse(ctx context.Context, d Delivery) ([]Step, error) {
	return s.Mapper().Plan(ctx, d)
}
