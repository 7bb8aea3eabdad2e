package console

import (
	"net/http"
	"regexp"
	"strconv"
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

// statusText is an HTTP status with its name.
func statusText(status int) string {
	if name := http.StatusText(status); name != "" {
		return strconv.Itoa(status) + " " + name
	}
	return strconv.Itoa(status)
}

var knockAnswered = regexp.MustCompile(`^Knock answered (\d{3})`)

// stepHint says what is likely behind a step that did not succeed, and what to do.
func stepHint(s clerkknock.StepReport) string {
	switch s.Status {
	case clerkknock.StepStale:
		return "This is as it should be. Events may arrive in another order than they happened; what is older than what " +
			"Knock holds is not sent. The page of the person or organization shows the newer event."
	case clerkknock.StepDuplicate:
		return "This is as it should be: the step succeeded in an earlier attempt, and nothing was sent again."
	case clerkknock.StepSkipped:
		if unresolved.MatchString(s.Reason) {
			return "The action cannot be sent without it. If every event lacks it, the mapping's path is wrong; " +
				"if only this one does, Clerk does not have it."
		}
	}
	found := knockAnswered.FindStringSubmatch(readable(errorText(s.Err)))
	if found == nil {
		return ""
	}
	switch found[1] {
	case "400", "422":
		return "Knock refuses what was sent: the fields that the answer names. Compare them with the payload, mend the " +
			"mapping, then replay the event."
	case "401", "402", "403":
		return "Knock refuses the API key or the account, not this event. Check the key and its environment; " +
			"the event is tried again."
	case "404":
		return "Knock does not have what the request is about, such as the workflow, the tenant or the user. " +
			"Is it there in the environment that the API key belongs to?"
	case "409":
		return "Something else changed the same thing at that moment. The event is tried again."
	case "429":
		return "Knock's rate limit was reached. The event is tried again."
	}
	return "Knock had trouble of its own. The event is tried again."
}
