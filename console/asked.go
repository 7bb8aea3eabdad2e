package console

import (
	"net/http"

	"github.com/clerkknock/clerkknock/eventlog"
)

// asked is how much of an event's values the form asks for. Asking is noted.
func (c *console) asked(r *http.Request, e eventlog.Entry) (exposure, error) {
	seen, what := masked, ""
	switch r.PostFormValue("what") {
	case "personal":
		seen, what = personal, "personal data"
	case "everything":
		seen, what = everything, "everything"
	default:
		return masked, nil
	}
	return seen, c.noteReveal(r, e, what)
}

// errorOf is the text of an error. Host code may have put into it what the event says.
func (c *console) errorOf(seen exposure, err error) string {
	if seen == masked && c.config.HidePayloads {
		return "the console hides the error, as it may hold personal data"
	}
	return clip(errorText(err))
}
