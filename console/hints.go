package console

import (
	"net/http"
	"strings"

	"github.com/clerkknock/clerkknock"
)

// refusalHint says what is likely behind a refused request, and what to do.
func refusalHint(status int, reason string) string {
	says := func(err error) bool { return strings.Contains(reason, err.Error()) }
	switch {
	case says(clerkknock.ErrTooOld), says(clerkknock.ErrTooNew):
		return "This machine's clock is wrong, or somebody sends an old request again. Compare the clock with a time server."
	case says(clerkknock.ErrNoMatch):
		return "The signing secret is that of another endpoint, or something between Clerk and this handler rewrites the " +
			"body. Compare the secret with the one of this endpoint in the Clerk Dashboard, under Webhooks."
	case says(clerkknock.ErrMissingHeaders):
		return "It was not Clerk who sent this, or a proxy drops the svix-* headers. Does a browser, a health check or a " +
			"scanner call this address?"
	}
	switch status {
	case http.StatusBadRequest:
		return "The body is no event of Clerk's: something may read it before the handler does, or send something else."
	case http.StatusUnauthorized:
		return "The signing secret is another one, this machine's clock is wrong, or something rewrites the body."
	case http.StatusForbidden:
		return "The event is of another Clerk instance than Config.InstanceIDs allows: a development instance, say, sends " +
			"to the production address."
	case http.StatusMethodNotAllowed:
		return "Somebody opened the webhook's address in a browser, or a health check calls it. Clerk sends POST."
	case http.StatusRequestEntityTooLarge:
		return "The body is larger than Config.MaxBodyBytes. Clerk's events are under 350 kB."
	case http.StatusServiceUnavailable:
		return "Too many bodies were in memory at once. Clerk sends them again; Config.MaxInFlightBytes is the bound."
	}
	return ""
}
