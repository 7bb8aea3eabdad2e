package knock

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/clerkknock/clerkknock"
)

// DefaultBaseURL is Knock's own API.
const DefaultBaseURL = "https://api.knock.app"

// Config configures an Executor. APIKey is required; everything else has a
// default. Printed, logged or encoded as JSON it shows no key.
type Config struct {
	// APIKey is a secret key (sk_…) of the Knock environment to write to.
	// Required.
	APIKey string
	// BaseURL is where the API is. Defaults to DefaultBaseURL.
	BaseURL string
	// Branch is the slug of a Knock branch to run against, with a key of the
	// development environment. Defaults to none.
	Branch string
	// RateShare is the part of Knock's rate limits, from above 0 to 1, that this
	// Executor may use; lower it where several processes share an environment.
	// Defaults to 1.
	RateShare float64
	// MaxAttempts is how often one request is sent at most while the caller
	// waits. Defaults to 3.
	MaxAttempts int
	// AttemptTimeout is the time for one request. Defaults to 5 seconds.
	AttemptTimeout time.Duration
	// CreateAudiences makes a static audience that does not exist when a member
	// is added to it, unless the action's create_audience says otherwise. Defaults to
	// false: Knock answers 404, and the step fails.
	CreateAudiences bool
	// Client sends the requests. It follows redirects only by a CheckRedirect of
	// its own: a redirected PUT becomes a GET, which would pass for success.
	// Defaults to one that keeps connections open.
	Client *http.Client
}

// Executor runs actions against Knock's API. It is safe for concurrent use. Use
// one for a Knock environment: its rate limiters are shared by all who use it.
type Executor struct {
	transport       transport
	limits          limits
	backlog         *backlog
	attemptTimeout  time.Duration
	maxAttempts     int
	createAudiences bool
}

var _ clerkknock.Executor = (*Executor)(nil)

// New returns an Executor, or an error that names the field of the Config that
// would keep it from working.
func New(c Config) (*Executor, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	e := new(Executor)
	e.tune(c)
	client := c.Client
	switch {
	case client == nil:
		client = defaultClient()
	case client.CheckRedirect == nil:
		own := *client
		own.CheckRedirect = noRedirect
		client = &own
	}
	e.transport = &httpTransport{
		client: client,
		base:   strings.TrimRight(cmp.Or(c.BaseURL, DefaultBaseURL), "/"),
		branch: c.Branch,
	}
	return e, e.SetAPIKey(c.APIKey)
}

func (e *Executor) tune(c Config) {
	e.attemptTimeout = cmp.Or(c.AttemptTimeout, 5*time.Second)
	e.maxAttempts = cmp.Or(c.MaxAttempts, 3)
	e.createAudiences = c.CreateAudiences
	e.limits = newLimits(cmp.Or(c.RateShare, 1))
	e.backlog = newBacklog()
}

func (c Config) check() error {
	if err := checkKey(c.APIKey); err != nil {
		return fmt.Errorf("knock: Config.APIKey %w", err)
	}
	if !isPrintable(c.Branch) {
		return errors.New("knock: Config.Branch holds a space or a character that no header can hold")
	}
	if err := c.checkTuning(); err != nil {
		return err
	}
	if c.BaseURL == "" {
		return nil
	}
	u, err := url.Parse(c.BaseURL)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return errors.New("knock: Config.BaseURL is not an http or https URL")
	}
	if u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		return errors.New("knock: Config.BaseURL must be scheme, host and path only")
	}
	if strings.HasSuffix(strings.TrimRight(u.Path, "/"), "/v1") {
		return errors.New("knock: Config.BaseURL ends in /v1, which is a part of every call's own path")
	}
	return nil
}

// checkTuning looks at the fields that are the same whatever sends the requests.
func (c Config) checkTuning() error {
	switch {
	case c.AttemptTimeout < 0 || c.MaxAttempts < 0:
		return errors.New("knock: Config.AttemptTimeout and Config.MaxAttempts must not be negative")
	case !(c.RateShare >= 0 && c.RateShare <= 1): // NaN neither
		return errors.New("knock: Config.RateShare must lie between 0 and 1")
	}
	return nil
}

// isPrintable reports whether s is made of visible ASCII characters.
func isPrintable(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' })
}

// Execute implements clerkknock.Executor. A *Error tells what Knock answered;
// it is permanent when the same request would be refused again.
//
// For each request it notes a group "request": the method, the path, the names
// left_out of the properties that Knock reserves, the time at which it began and how
// long it took, with all attempts and pauses; how long of that it waited for the rate
// limit, if it did; the number of attempts, unless it was 1; the status of the last
// answer, Knock's request_id, and the workflow_run_id of a trigger. See
// [clerkknock.Invocation.Note].
func (e *Executor) Execute(ctx context.Context, inv clerkknock.Invocation) error {
	requests, err := e.requests(inv)
	if err != nil {
		return err
	}
	for _, r := range requests {
		if err := e.send(ctx, inv, r); err != nil {
			return fmt.Errorf("knock: %s: %w", r.Action, err)
		}
	}
	return nil
}
