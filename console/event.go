package console

import (
	"context"
	"log/slog"
	"net/http"
	"strconv"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/eventlog"
)

// eventPage is the page of one event.
type eventPage struct {
	row
	ID        string
	ChangedAt when
	Hint      string
	// Because is the newer event that has made a step stale.
	Because  *row
	LeftOut  int
	Waits    int
	Refusals int
	Attempts []attempt
	// Pairs compare the requests of the attempt with that number.
	Compared int
	Pairs    []pair
	PairsErr string
	// Payload is empty if the log does not have it, or the console hides it.
	Payload []line
	Hidden  bool
	Missing string
	Seen    exposure
	// At is its place in the log, for the pages that try mappings on it; empty if it cannot
	// be tried. Offers are what can be done to it.
	At     string
	Offers []offer
}

// Shown reports what of the payload is seen: nothing personal, no secrets, or all.
func (p eventPage) Shown() string {
	return []string{"masked", "personal", "everything"}[p.Seen]
}

func (c *console) event(r *http.Request) (page, error) { return c.showEvent(r, masked) }

// reveal shows an event with what is personal, or secret, in it. That is noted.
func (c *console) reveal(r *http.Request) (page, error) {
	seen := personal
	if r.PostFormValue("what") == "everything" {
		seen = everything
	}
	return c.showEvent(r, seen)
}

func (c *console) showEvent(r *http.Request, seen exposure) (page, error) {
	ctx := r.Context()
	e, err := c.entryAt(ctx, r.PathValue("at"))
	if err != nil {
		return page{}, err
	}
	if seen > masked {
		if err := c.noteReveal(r, e, []string{"", "personal data", "everything"}[seen]); err != nil {
			return page{}, err
		}
	}
	shown := eventPage{row: c.rows([]eventlog.Entry{e})[0], ID: e.Delivery.ID, ChangedAt: c.when(e.ChangedAt),
		LeftOut: e.LeftOut, Waits: e.Waits, Refusals: e.Refusals, Attempts: c.attempts(e), Seen: seen,
		Hidden: c.config.HidePayloads}
	if e.Outcome == clerkknock.OutcomeRefused {
		shown.Hint = refusalHint(e.Latest().Answer, errorText(e.Latest().Err))
	}
	if e.Outcome == clerkknock.OutcomeIgnored {
		shown.Hint = ignoredHint
	}
	if shown.Because, err = c.because(ctx, e); err != nil {
		return page{}, err
	}
	c.addPayload(ctx, r, e, &shown)
	if e.Outcome != clerkknock.OutcomeRefused && (shown.Hidden || len(e.Delivery.Body) > 0) {
		shown.At = positionText(e.Position())
		shown.Offers = c.offers(e.Outcome, "at="+shown.At, "")
	}
	title := shown.Type
	if e.Delivery.ID != "" {
		title += " " + short(e.Delivery.ID)
	}
	return page{name: "event", Title: title, Data: shown, Live: seen == masked}, nil
}

const ignoredHint = "Enable a mapping for this type, or add one, if something should happen. Then have Clerk send " +
	"the event again: what nothing handles is not kept."

// addPayload adds the payload and the requests, as far as they may be seen.
func (c *console) addPayload(ctx context.Context, r *http.Request, e eventlog.Entry, p *eventPage) {
	switch {
	case p.Hidden || e.Outcome == clerkknock.OutcomeRefused:
		return
	case len(e.Delivery.Body) == 0:
		p.Missing = "The log does not have the payload: it was erased, or nothing that is mapped reads events of this type."
		return
	}
	p.Payload = lined(string(e.Delivery.Body), p.Seen)
	then := decisive(e)
	for i, report := range e.Reports {
		if report.At.Equal(then.At) && report.Outcome == then.Outcome {
			p.Compared = i + 1
		}
	}
	if n, err := strconv.Atoi(r.URL.Query().Get("attempt")); err == nil && n >= 1 && n <= len(e.Reports) {
		then, p.Compared = e.Reports[n-1], n
	}
	var err error
	if p.Pairs, err = c.requests(ctx, e, then, p.Seen); err != nil {
		p.PairsErr = readable(err.Error())
	}
}

// payload is the body as a file.
func (c *console) payload(r *http.Request) (page, error) {
	e, err := c.entryAt(r.Context(), r.PathValue("at"))
	if err != nil {
		return page{}, err
	}
	if len(e.Delivery.Body) == 0 {
		return page{}, errNotFound
	}
	if err := c.noteReveal(r, e, "everything, as a file"); err != nil {
		return page{}, err
	}
	return page{file: e.Delivery.Body, fileName: "payload.json"}, nil
}

// noteReveal writes down who asks for what, before they see it.
func (c *console) noteReveal(r *http.Request, e eventlog.Entry, what string) error {
	if c.config.HidePayloads {
		return errHidden
	}
	c.config.Logger.LogAttrs(r.Context(), slog.LevelInfo, "console: payload shown",
		slog.String("who", visitorOf(r).name), slog.String("shown", what),
		slog.String("svix_id", e.Delivery.ID), slog.String("event_type", e.Type))
	return nil
}
