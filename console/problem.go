package console

import (
	"context"
	"errors"
	"net/http"
)

// problem is an error that is a page: what went wrong in plain words, and what to do.
type problem struct {
	status      int
	title, text string
	cause       error
}

func (p *problem) Error() string { return p.title }
func (p *problem) Unwrap() error { return p.cause }

var (
	errNotFound = &problem{http.StatusNotFound, "There is no such page",
		"What was here may have left the event log since, or the address is mistyped.", nil}
	errReadOnly = &problem{http.StatusForbidden, "This console is read-only",
		"It shows what happened and changes nothing. Config.ReadOnly says so.", nil}
	errHidden = &problem{http.StatusForbidden, "This console hides payloads",
		"It shows what happened, and nothing of what was delivered or sent. Config.HidePayloads says so.", nil}
	errCrossOrigin = &problem{http.StatusForbidden, "This request came from another site",
		"What changes something must be asked for on the console's own pages. Go back, load the page again, and retry.",
		nil}
)

// unreadable is a problem of the event log, or of the queue.
func unreadable(what string, err error) error {
	if err == nil {
		return nil
	}
	return &problem{http.StatusServiceUnavailable, what + " cannot be read",
		"The database behind it did not answer. Deliveries are not held up by that. Load the page again in a moment; " +
			"the program's log has the error.", err}
}

// fail shows an error as a page.
func (c *console) fail(w http.ResponseWriter, r *http.Request, err error) {
	if errors.Is(err, context.Canceled) && r.Context().Err() != nil {
		return // nobody is there to read it
	}
	p := &problem{http.StatusInternalServerError, "Something went wrong",
		"The console met an error that it does not know. The program's log has it.", err}
	errors.As(err, &p)
	if p.cause != nil {
		c.config.Logger.ErrorContext(r.Context(), "console: page failed", "path", r.URL.Path, "error", p.cause)
	}
	c.show(w, r, page{name: "problem", Title: p.title, status: p.status, Data: p.text})
}
