package console

import (
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/eventlog"
)

// outcomes are all that a filter offers, in the order in which people look for them.
var outcomes = []clerkknock.Outcome{
	clerkknock.OutcomeFailed, clerkknock.OutcomeRetry, clerkknock.OutcomeRefused, clerkknock.OutcomeSkipped,
	clerkknock.OutcomeIgnored, clerkknock.OutcomeStored, clerkknock.OutcomeSucceeded, clerkknock.OutcomeDuplicate,
}

// filter is what an address selects of the events.
type filter struct {
	Type, Outcome, Entity, Search string
	From, To                      string // as a datetime-local field has it, in UTC
	before                        string
}

// formTime is how a datetime-local field writes a time, and how it does with seconds.
const (
	formTime    = "2006-01-02T15:04"
	formSeconds = "2006-01-02T15:04:05"
)

func filterOf(v url.Values) filter {
	return filter{Type: v.Get("type"), Outcome: v.Get("outcome"), Entity: v.Get("entity"), Search: v.Get("search"),
		From: v.Get("from"), To: v.Get("to"), before: v.Get("before")}
}

// query is what the event log is asked for, or a problem that names the field.
func (f filter) query() (q eventlog.Query, err error) {
	q = eventlog.Query{Type: f.Type, Outcome: clerkknock.Outcome(f.Outcome), Entity: f.Entity, Search: f.Search}
	if f.Outcome != "" && !slices.Contains(outcomes, q.Outcome) {
		return q, unusable("There is no such outcome")
	}
	if q.From, err = readTime(f.From); err != nil {
		return q, err
	}
	if q.To, err = readTime(f.To); err != nil {
		return q, err
	}
	if f.before != "" {
		var ok bool
		if q.Before, ok = parsePosition(f.before); !ok {
			return q, unusable("There is no such place in the list")
		}
	}
	return q, nil
}

func readTime(text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	for _, form := range []string{formTime, formSeconds, time.RFC3339Nano} {
		if t, err := time.Parse(form, text); err == nil {
			return t.UTC(), nil
		}
	}
	return time.Time{}, unusable("This time cannot be read")
}

func unusable(title string) error {
	return &problem{http.StatusBadRequest, title, "The address has a filter that cannot be used. Take it out, or pick " +
		"another one on the list of events. Times are UTC, as in 2026-11-25T15:04.", nil}
}

// path is the address of the events that the filter selects, from a place in the list on.
func (f filter) path(before string) string {
	v := url.Values{}
	for _, field := range []struct{ name, value string }{
		{"type", f.Type}, {"outcome", f.Outcome}, {"entity", f.Entity}, {"search", f.Search},
		{"from", f.From}, {"to", f.To}, {"before", before},
	} {
		if field.value != "" {
			v.Set(field.name, field.value)
		}
	}
	if len(v) == 0 {
		return "events"
	}
	return "events?" + v.Encode()
}

// isSet reports whether it selects less than everything.
func (f filter) isSet() bool {
	f.before = ""
	return f != filter{}
}
