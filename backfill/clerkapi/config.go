package clerkapi

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/clerk/clerk-sdk-go/v2"
	"github.com/clerkknock/clerkknock/backfill"
)

// Config says what is read. SecretKey is required; everything else has a default. Printed
// or logged it shows no key.
type Config struct {
	// SecretKey is the secret key (sk_…) of the instance. Required.
	SecretKey string
	// BaseURL is where the API is, with its version. Defaults to https://api.clerk.com/v1.
	BaseURL string
	// Client sends the requests. Defaults to one with a timeout of a minute.
	Client *http.Client
	// Kinds are what is read, in the order of backfill.Kinds. Defaults to all.
	Kinds []backfill.Kind
	// ByOrganization reads the memberships of one organization after the other, with a
	// request for each at least. That takes longer to read than the list of all of them, and
	// less to send where people join many organizations at the same time: who comes together
	// shares a request. A run that is interrupted goes on with the organization it was at.
	// Defaults to false: the list of all memberships, in the order of their creation.
	ByOrganization bool
	// CreatedSince leaves out what was created before. Defaults to the zero time: all.
	CreatedSince time.Time
	// ChangedSince leaves out what was changed before, by its updated_at. Clerk sorts
	// users by that time, and is asked no further; organizations and memberships are all
	// read and passed over. A run that is interrupted among the users begins with them
	// anew. Defaults to the zero time: all.
	ChangedSince time.Time
}

// API reads an instance. It is safe for concurrent use.
type API struct {
	config  Config
	backend clerk.Backend
}

// New returns an API, or an error that names the field of the Config that would keep it
// from working. It sends nothing.
func New(c Config) (*API, error) {
	c.SecretKey = strings.TrimSpace(c.SecretKey)
	c.BaseURL = strings.TrimRight(cmp.Or(c.BaseURL, clerk.APIURL), "/")
	u, err := url.Parse(c.BaseURL)
	switch {
	case c.SecretKey == "":
		return nil, errors.New("clerkapi: Config.SecretKey is empty; take it from the Clerk Dashboard, API keys")
	case strings.HasPrefix(c.SecretKey, "pk_"):
		return nil, errors.New("clerkapi: Config.SecretKey is the publishable key (pk_…); this needs the secret one (sk_…)")
	case strings.ContainsFunc(c.SecretKey, func(r rune) bool { return r <= ' ' || r > '~' }):
		return nil, errors.New("clerkapi: Config.SecretKey holds a space or a character that no header can hold")
	case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https":
		return nil, errors.New("clerkapi: Config.BaseURL is not an http or https URL")
	}
	if len(c.Kinds) == 0 {
		c.Kinds = backfill.Kinds()
	}
	for _, kind := range c.Kinds {
		if !slices.Contains(backfill.Kinds(), kind) {
			return nil, fmt.Errorf("clerkapi: Config.Kinds holds %q; it takes %v", kind, backfill.Kinds())
		}
	}
	client := http.Client{Timeout: time.Minute}
	if c.Client != nil {
		client = *c.Client
	}
	client.Transport = &noting{cmp.Or[http.RoundTripper](client.Transport, http.DefaultTransport)}
	a := &API{config: c}
	a.backend = clerk.NewBackend(&clerk.BackendConfig{HTTPClient: &client, URL: &c.BaseURL, Key: &c.SecretKey})
	return a, nil
}

// reads reports whether a kind is asked for.
func (c Config) reads(kind backfill.Kind) bool { return slices.Contains(c.Kinds, kind) }

// wants reports whether an object is new enough.
func (c Config) wants(o object) bool {
	return !o.created.Before(c.CreatedSince) && !o.updated.Before(c.ChangedSince)
}

// Format prints the Config without its key, whatever the verb.
func (c Config) Format(s fmt.State, _ rune) {
	fmt.Fprintf(s, "{%s %v %v %v}", c.BaseURL, c.Kinds, c.CreatedSince, c.ChangedSince)
}
