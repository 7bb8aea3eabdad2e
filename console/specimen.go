package console

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/clerk"
	"github.com/clerkknock/clerkknock/clerk/clerktest"
	"github.com/clerkknock/clerkknock/eventlog"
)

// specimen is an event to try mappings on: a made-up sample, or one of the log.
type specimen struct {
	Type string
	// At is the place in the log, and Path its page; empty for a sample.
	At, Path string
	// ID is the delivery's.
	ID       string
	Received when
	delivery clerkknock.Delivery
}

// Past reports whether it is from the log, and so about somebody.
func (s specimen) Past() bool { return s.At != "" }

// sampleOf returns the sample of an event type, if there is one.
func sampleOf(eventType string) (specimen, bool) {
	if !slices.Contains(clerktest.Types(), eventType) {
		return specimen{}, false
	}
	return specimen{Type: eventType, ID: sampleID, delivery: pasted(clerktest.Event(eventType))}, true
}

// sampleID is the ID of what nobody has delivered.
const sampleID = "msg_sample"

// pasted is a delivery of a body that nobody has delivered.
func pasted(body []byte) clerkknock.Delivery {
	return clerkknock.Delivery{ID: sampleID, Header: http.Header{"Svix-Id": {sampleID}}, Body: body}
}

// past returns the event at a place in the log, with its payload: whoever shows something
// of it asks Config.HidePayloads.
func (c *console) past(ctx context.Context, at string) (specimen, eventlog.Entry, error) {
	e, err := c.wholeEntryAt(ctx, at)
	if err != nil {
		return specimen{}, e, err
	}
	if !isKept(e) {
		return specimen{}, e, errNotKept
	}
	return c.specimenOf(e), e, nil
}

func (c *console) specimenOf(e eventlog.Entry) specimen {
	return specimen{Type: e.Type, At: positionText(e.Position()), Path: eventPath(e), ID: e.Delivery.ID,
		Received: c.when(e.Delivery.ReceivedAt), delivery: e.Delivery}
}

// errNotKept is a problem of an event whose payload the log does not have.
var errNotKept = &problem{http.StatusConflict, "The payload is not kept",
	"The log does not have the payload of this event: the request was refused, the payload was erased, or nothing that " +
		"is mapped read events of this type. Clerk can send the event again, from its dashboard.", nil}

// isKept reports whether an entry is an event that was verified, with its payload. What a
// stranger has sent is never tried, and never executed.
func isKept(e eventlog.Entry) bool {
	return e.Outcome != clerkknock.OutcomeRefused && e.Refusals == 0 && len(e.Delivery.Body) > 0
}

// wholeEntryAt is entryAt with the payload, whatever is shown of it.
func (c *console) wholeEntryAt(ctx context.Context, at string) (eventlog.Entry, error) {
	position, ok := parsePosition(at)
	if !ok {
		return eventlog.Entry{}, errNotFound
	}
	behind := eventlog.Position{ReceivedAt: position.ReceivedAt, Seq: position.Seq + 1}
	entries, err := c.config.Log.Entries(ctx, eventlog.Query{Before: behind, Limit: 1})
	if err != nil {
		return eventlog.Entry{}, unreadable("The event log", err)
	}
	if len(entries) == 0 || entries[0].Position().Compare(position) != 0 {
		return eventlog.Entry{}, errNotFound
	}
	return entries[0], nil
}

// recentSpecimens are the last events of a type that the log still has whole.
func (c *console) recentSpecimens(ctx context.Context, eventType string) ([]specimen, error) {
	const atMost = 10
	entries, err := c.config.Log.Entries(ctx, eventlog.Query{Type: eventType, Limit: 3 * atMost})
	if err != nil {
		return nil, unreadable("The event log", err)
	}
	var recent []specimen
	for _, e := range entries {
		if isKept(e) && len(recent) < atMost {
			recent = append(recent, c.specimenOf(e))
		}
	}
	return recent, nil
}

// eventTypes are all that there is a sample of, or that the table names.
func (c *console) eventTypes() []string {
	all := clerktest.Types()
	for _, m := range c.config.Source.Mapper().Mappings() {
		if !slices.Contains(all, m.Event) {
			all = append(all, m.Event)
		}
	}
	slices.SortFunc(all, func(a, b string) int {
		return strings.Compare(clerk.Subject(a)+" "+a, clerk.Subject(b)+" "+b)
	})
	return all
}
