package console

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/clerk"
	"github.com/clerkknock/clerkknock/eventlog"
)

// rehearsal is the page that shows what an event would do.
type rehearsal struct {
	Types []string
	// Type is that of the sample that was loaded, or of the event that was rehearsed.
	Type string
	// On is the event of the log, if it is one.
	On specimen
	// Body is what stands in the text field; what is in the log stands there only when
	// somebody has asked for it.
	Body   string
	Hidden bool
	// Done says that it was rehearsed, and Error why it could not be.
	Done  bool
	Error string
	Steps []rehearsed
}

// rehearsed is a step of a rehearsal.
type rehearsed struct {
	ID, Mapping string
	Action      string
	// Says is what would be done, or why nothing would.
	Says     string
	Requests bool
	Bad      bool
	LeftOut  []string
	Calls    []lineCall
}

// lineCall is a request, its body a line a value.
type lineCall struct {
	Method, Path string
	LeftOut      string
	Body         []line
}

// rehearse shows the form, with a sample or an event of the log to begin with.
func (c *console) rehearse(r *http.Request) (page, error) {
	shown := rehearsal{Types: c.eventTypes(), Type: r.FormValue("type"), Hidden: c.config.HidePayloads}
	if at := r.FormValue("on"); at != "" {
		on, _, err := c.past(r.Context(), at)
		if err != nil {
			return page{}, err
		}
		shown.On, shown.Type = on, on.Type
	} else if s, ok := sampleOf(shown.Type); ok {
		shown.Body = indented(s.delivery.Body)
	}
	return rehearsalPage(shown), nil
}

func rehearsalPage(shown rehearsal) page {
	return page{name: "rehearse", Title: "Rehearse", Data: shown}
}

// rehearseNow shows what the event in the form would do. It is a POST because of its size:
// nothing is changed.
func (c *console) rehearseNow(r *http.Request) (page, error) {
	shown := rehearsal{Types: c.eventTypes(), Hidden: c.config.HidePayloads,
		Body: strings.ReplaceAll(r.PostFormValue("body"), "\r\n", "\n")}
	d, seen := pasted([]byte(shown.Body)), everything
	if at := r.PostFormValue("on"); at != "" {
		on, e, err := c.past(r.Context(), at)
		if err != nil {
			return page{}, err
		}
		shown.On = on
		if r.PostFormValue("load") != "" {
			return c.loadPayload(r, e, shown)
		}
		// What was loaded and edited is rehearsed in place of what the log has, and without
		// its headers: nothing of the log is shown unmasked that nobody has asked for.
		if strings.TrimSpace(shown.Body) == "" {
			d, seen = on.delivery, masked
		}
	}
	e, err := clerk.Parse(d.Body)
	if err != nil {
		shown.Done, shown.Error = true, notAnEvent(d.Body, err)
		return rehearsalPage(shown), nil
	}
	shown.Type = e.Type
	ctx, cancel := context.WithTimeout(r.Context(), hostCodeTime)
	defer cancel()
	steps, err := c.config.Source.Rehearse(ctx, d)
	shown.Done = true
	if err != nil {
		shown.Error = "The event cannot be planned: " + c.errorOf(seen, err)
	}
	for _, s := range steps {
		shown.Steps = append(shown.Steps, c.rehearsed(s, seen))
	}
	return rehearsalPage(shown), nil
}

// loadPayload puts the payload of the log into the text field, to be edited.
func (c *console) loadPayload(r *http.Request, e eventlog.Entry, shown rehearsal) (page, error) {
	if err := c.noteReveal(r, e, "everything, to rehearse it"); err != nil {
		return page{}, err
	}
	shown.Type, shown.Body = e.Type, indented(e.Delivery.Body)
	return rehearsalPage(shown), nil
}

func (c *console) rehearsed(s clerkknock.Step, seen exposure) rehearsed {
	shown := rehearsed{ID: s.ID, Mapping: s.Mapping, Action: string(s.Action.Type), LeftOut: s.LeftOut}
	switch {
	case s.Err != nil:
		shown.Says, shown.Bad = "It would fail: "+c.errorOf(seen, s.Err), true
		return shown
	case s.Skip != "":
		shown.Says = "It would be skipped: " + s.Skip + "."
		return shown
	case s.Action.Type == "":
		shown.Says = "It would run a function of the program, which cannot be rehearsed."
		return shown
	}
	hide := seen == masked && c.config.HidePayloads
	calls, _ := callsIn(s.Attrs)
	for _, call := range calls {
		l := lineCall{Method: call.Method, Path: call.Path, LeftOut: call.LeftOut}
		if hide {
			l.Path = "" // it may name somebody by more than an ID
		} else {
			l.Body = lined(call.body, seen)
		}
		shown.Calls = append(shown.Calls, l)
	}
	shown.Says = "It would send " + plural(len(calls), "request", "requests") + " to Knock."
	if len(calls) == 0 {
		shown.Says = "It would be handed to the executor, which does not tell what it would send. These are the parameters."
		if params, err := json.Marshal(s.Action.Params); err == nil && !hide {
			shown.Calls = []lineCall{{Body: lined(string(params), seen)}}
		}
	}
	return shown
}

// indented is JSON as people edit it.
func indented(raw []byte) string {
	var out bytes.Buffer
	if json.Indent(&out, raw, "", "  ") != nil {
		return string(raw)
	}
	return out.String()
}

// notAnEvent says where JSON is broken, or what keeps it from being an event.
func notAnEvent(body []byte, err error) string {
	if len(bytes.TrimSpace(body)) == 0 {
		return "There is nothing to rehearse. Load a sample, or paste a payload."
	}
	var raw json.RawMessage
	if syntax := (*json.SyntaxError)(nil); errors.As(json.Unmarshal(body, &raw), &syntax) {
		before := body[:max(0, min(int(syntax.Offset)-1, len(body)))]
		return fmt.Sprintf("This is not JSON. Line %d, column %d: %s.", bytes.Count(before, []byte("\n"))+1,
			len(before)-bytes.LastIndexByte(before, '\n'), syntax.Error())
	}
	return "This is JSON, but no event of Clerk's: " + clip(err.Error()) + "."
}
