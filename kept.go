package clerkknock

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/clerkknock/clerkknock/clerk"
	"github.com/clerkknock/clerkknock/internal/resolve"
)

// keeps reports whether an event is put into the Inbox: whether somebody reads it.
func (s *Source) keeps(e clerk.Envelope) bool {
	m := s.Mapper()
	return s.config.StoreUnmapped || e.Deleted() || m.handles(e.Type) || m.users.remembers(e.Type)
}

// keepsHeader reports whether a request header, by its canonical name, is kept with
// its delivery: whether somebody reads it.
func (s *Source) keepsHeader(name string) bool {
	return name == "Content-Type" || s.Mapper().headers[name] || slices.Contains(s.config.KeepHeaders, name)
}

// noteHeaders adds the request headers that the mapping reads.
func (m Mapping) noteHeaders(names map[string]bool) {
	note := func(n resolve.Node) {
		for _, h := range resolve.Headers(n) {
			names[http.CanonicalHeaderKey(h.Name)] = true
		}
	}
	for _, v := range m.Params {
		note(v.node)
	}
	if m.About != "" {
		note(Path(m.About).node)
	}
}

// setKeepHeaders brings the names into the form in which a request has them.
func (c *Config) setKeepHeaders() error {
	names := make([]string, len(c.KeepHeaders))
	for i, name := range c.KeepHeaders {
		names[i] = http.CanonicalHeaderKey(strings.TrimSpace(name))
		switch {
		case names[i] == "":
			return errors.New("holds an empty name")
		case isCredential(names[i]) || changesWithAttempt(names[i]):
			return fmt.Errorf("holds %q, a credential or a part of the signature, which is never kept; take it out", names[i])
		}
	}
	c.KeepHeaders = names
	return nil
}

// isCredential reports whether a header, by its canonical name, proves who has sent a
// request.
func isCredential(name string) bool {
	return name == "Authorization" || name == "Proxy-Authorization" || name == "Cookie"
}
