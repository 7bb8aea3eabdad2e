package console

import (
	"context"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/clerkknock/clerkknock/eventlog"
)

// How much one request does of an act to many events. The next one goes on.
const (
	sliceEvents = 20
	sliceTime   = 3 * time.Second
)

// bulk is an act to all events that a filter selects, as far as it has come. Between two
// requests it is in the form.
type bulk struct {
	filter filter
	// Fields are what the form hands on.
	Fields []field
	// Of is how many events there are, More that there are more than could be counted.
	Of   int
	More bool
	// Seen is how many were looked at, Tallies what became of them.
	Seen    int
	Tallies []outcomeTally
	// Troubles are the events that were not done, or failed. Unlisted are more of them.
	Troubles []trouble
	Unlisted int
	// Done says that it has come to the end.
	Done bool

	tallies map[string]int
}

type field struct{ Name, Value string }

type outcomeTally struct {
	Name   string
	Events int
}

// trouble is an event that was not done, and why.
type trouble struct{ At, ID, Why string }

// maxTroubles bounds how many are listed.
const maxTroubles = 100

// newBulk begins with what the address selects: up to now, so that it comes to an end.
func (c *console) newBulk(r *http.Request, a act) (*bulk, error) {
	b := &bulk{filter: filterOf(r.Form), tallies: map[string]int{}}
	b.filter.before = ""
	q, err := b.filter.query()
	if err != nil {
		return nil, err
	}
	if q.Outcome != "" && !a.isFor(q.Outcome) {
		return nil, refused(errNotThis)
	}
	if now := c.config.Now().UTC(); q.To.IsZero() || q.To.After(now) {
		b.filter.To, q.To = now.Format(time.RFC3339Nano), now
	}
	counts, err := c.config.Log.Count(r.Context(), q)
	if err != nil {
		return nil, unreadable("The event log", err)
	}
	for outcome, n := range counts.ByOutcome() {
		if a.isFor(outcome) {
			b.Of += n
		}
	}
	b.More = counts.Capped
	b.fill()
	return b, nil
}

// doSlice does an act to the next events, and shows what became of them.
func (c *console) doSlice(r *http.Request, a act) (page, error) {
	b, err := readBulk(r.PostForm)
	if err != nil {
		return page{}, err
	}
	q, err := b.filter.query()
	if err != nil {
		return page{}, err
	}
	if q.Outcome != "" && !a.isFor(q.Outcome) {
		return page{}, refused(errNotThis)
	}
	c.noteAct(r, a, slog.String("filter", b.filter.path(b.filter.before)))
	q.Limit = sliceEvents
	entries, err := c.config.Log.Entries(r.Context(), q)
	if err != nil {
		return page{}, unreadable("The event log", err)
	}
	b.Done = len(entries) < sliceEvents
	began := time.Now()
	for i, e := range entries {
		if r.Context().Err() != nil || i > 0 && time.Since(began) > sliceTime {
			b.Done = false
			break
		}
		b.filter.before = positionText(e.Position())
		c.doNext(r.Context(), a, b, e)
	}
	b.fill()
	data := confirmation{act: a, Name: a.name, Ticket: c.once.ticket(), Bulk: b}
	return page{name: "bulk", Title: a.Title, Data: data}, nil
}

// doNext does an act to one of many events.
func (c *console) doNext(ctx context.Context, a act, b *bulk, e eventlog.Entry) {
	if !a.isFor(e.Outcome) || e.Refusals > 0 {
		return
	}
	b.Seen++
	outcome, err := c.perform(ctx, a, e)
	switch {
	case err == nil && a.verb != "":
		b.tallies["done"]++
	case err == nil:
		b.tallies[string(outcome)]++
	case outcome == "":
		b.tallies["not_done"]++
	default:
		b.tallies[string(outcome)]++
	}
	if err != nil {
		id := strings.ReplaceAll(short(e.Delivery.ID), " ", "_")
		b.add(trouble{b.filter.before, id, clip(strings.Join(strings.Fields(err.Error()), " "))})
	}
}

func (b *bulk) add(t trouble) {
	if len(b.Troubles) == maxTroubles {
		b.Unlisted++
		return
	}
	b.Troubles = append(b.Troubles, t)
}

// Slice is how many events one request does.
func (b *bulk) Slice() int { return sliceEvents }

// asAsked is the filter without the end in time that newBulk has given it.
func (b *bulk) asAsked() filter {
	f := b.filter
	if strings.HasSuffix(f.To, "Z") {
		f.To = ""
	}
	return f
}

// List is the address of the events.
func (b *bulk) List() string { return b.asAsked().path("") }

// Chosen is the filter in words.
func (b *bulk) Chosen() []field {
	f := b.asAsked()
	var chosen []field
	for _, own := range []field{
		{"Type", f.Type}, {"Outcome", f.Outcome}, {"About", f.Entity}, {"ID begins with", f.Search}, {"From", f.From},
		{"To", f.To},
	} {
		if own.Value != "" {
			chosen = append(chosen, own)
		}
	}
	return chosen
}
