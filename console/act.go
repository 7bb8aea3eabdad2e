package console

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/eventlog"
)

// confirmation is the page that says what an act will do, before it is done.
type confirmation struct {
	act
	Name   string
	Ticket string
	// One is the event, if it is one.
	One *row
	At  string
	// Others are the other acts for it.
	Others []offer
	// Bulk is about all that match a filter.
	Bulk *bulk
	// Sure says that it was confirmed once, and is asked for again.
	Sure bool
}

// offer is a link to an act.
type offer struct{ Title, Says, Path string }

// confirm shows what an act would do, to one event or to all that a filter selects.
func (c *console) confirm(r *http.Request) (page, error) {
	a, err := c.actOf(r.PathValue("act"))
	if err != nil {
		return page{}, err
	}
	return c.confirmation(r, a, false)
}

func (c *console) confirmation(r *http.Request, a act, sure bool) (page, error) {
	shown := confirmation{act: a, Name: a.name, Ticket: c.once.ticket(), Sure: sure}
	if at := r.FormValue("at"); at != "" {
		e, err := c.wholeEntryAt(r.Context(), at)
		if err != nil {
			return page{}, err
		}
		if !a.isFor(e.Outcome) || e.Refusals > 0 {
			return page{}, refused(errNotThis)
		}
		shown.One, shown.At = c.rowOf(e), at
		shown.Others = c.offers(e.Outcome, "at="+at, a.name)
	} else {
		b, err := c.newBulk(r, a)
		if err != nil {
			return page{}, err
		}
		shown.Bulk = b
		shown.Others = c.offers("", b.asAsked().selection(), a.name)
	}
	return page{name: "confirm", Title: a.Title, Data: shown}, nil
}

// offers are the acts for an event, or for a selection, but for one of them.
func (c *console) offers(outcome clerkknock.Outcome, selection, but string) []offer {
	if c.config.ReadOnly {
		return nil
	}
	var all []offer
	for _, a := range acts {
		if a.name == but || a.verb != "" && c.config.Queue == nil || outcome != "" && !a.isFor(outcome) {
			continue
		}
		all = append(all, offer{a.Title, a.Says, "do/" + a.name + "?" + selection})
	}
	return all
}

// confirmed does what was confirmed.
func (c *console) confirmed(r *http.Request) (page, error) {
	a, err := c.actOf(r.PathValue("act"))
	if err != nil {
		return page{}, err
	}
	if a.Danger && r.PostFormValue("sure") != "yes" {
		return c.confirmation(r, a, true)
	}
	if err := c.once.use(r.PostFormValue("ticket")); err != nil {
		return page{}, err
	}
	if at := r.PostFormValue("at"); at != "" {
		return c.doOne(r, a, at)
	}
	return c.doSlice(r, a)
}

func (c *console) doOne(r *http.Request, a act, at string) (page, error) {
	e, err := c.wholeEntryAt(r.Context(), at)
	if err != nil {
		return page{}, err
	}
	c.noteAct(r, a, slog.String("svix_id", e.Delivery.ID), slog.String("event_type", e.Type))
	outcome, err := c.perform(r.Context(), a, e)
	if err != nil && outcome == "" {
		return page{}, refused(err)
	}
	if a.verb != "" {
		return page{name: "did", Title: a.Title, Data: confirmation{act: a, One: c.rowOf(e)}}, nil
	}
	path, err := c.latestAttempt(r.Context(), e) // where it is seen what has failed
	return goTo(path), err
}

// latestAttempt is the address of the attempt that was made just now. What has no ID gets an
// entry of its own, the newest of that time.
func (c *console) latestAttempt(ctx context.Context, e eventlog.Entry) (string, error) {
	at := e.Delivery.ReceivedAt
	q := eventlog.Query{Type: e.Type, From: at, To: at.Add(time.Microsecond), Limit: 1}
	if e.Delivery.ID != "" {
		q = eventlog.Query{ID: e.Delivery.ID, Type: e.Type, Limit: 1} // a refused request has no type
	}
	entries, err := c.entries(ctx, q)
	if err != nil || len(entries) == 0 {
		return eventPath(e), err
	}
	return eventPath(entries[0]) + "#attempt-" + strconv.Itoa(len(entries[0].Reports)), nil
}

// rowOf is an entry in words.
func (c *console) rowOf(e eventlog.Entry) *row {
	if c.config.HidePayloads {
		e = withoutPayload(e)
	}
	return &c.rows([]eventlog.Entry{e})[0]
}

// refused is an act that was not done.
func refused(err error) error {
	title := "It was not done"
	if errors.Is(err, errBusy) {
		title = "Somebody is working on it"
	}
	return &problem{http.StatusConflict, title, whole(clip(err.Error())), nil}
}

// whole makes a sentence of an error.
func whole(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(first)) + strings.TrimSuffix(text[size:], ".") + "."
}

// noteAct writes down who does what, before it is done.
func (c *console) noteAct(r *http.Request, a act, to ...slog.Attr) {
	attrs := append([]slog.Attr{slog.String("who", visitorOf(r).name), slog.String("act", a.name)}, to...)
	c.config.Logger.LogAttrs(r.Context(), slog.LevelWarn, "console: "+a.Title, attrs...)
}
