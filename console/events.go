package console

import (
	"context"
	"net/http"
	"strings"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/clerk"
	"github.com/clerkknock/clerkknock/eventlog"
)

// eventList is the page of events.
type eventList struct {
	Filter   filter
	Filtered bool
	Rows     []row
	// Older is the address of the next page, and First that of the first; empty if this is it.
	Older, First string
	// Refused says that requests were refused lately, and why most of them.
	Refused  string
	Types    []string
	Outcomes []clerkknock.Outcome
	// Offers are what can be done to all that match.
	Offers []offer
}

// events lists what came, the newest first. What somebody pastes into the search leads to
// the page of what it names, if it names one thing.
func (c *console) events(r *http.Request) (page, error) {
	f := filterOf(r.URL.Query())
	f.Search = strings.TrimSpace(f.Search)
	f.Entity = strings.TrimSpace(f.Entity)
	q, err := f.query()
	if err != nil {
		return page{}, err
	}
	if f == (filter{Search: f.Search}) && f.Search != "" {
		if path, err := c.find(r.Context(), f.Search); err != nil || path != "" {
			return goTo(path), err
		}
	}
	q.Limit = eventlog.DefaultLimit + 1
	entries, err := c.entries(r.Context(), q)
	if err != nil {
		return page{}, err
	}
	list := eventList{Filter: f, Filtered: f.isSet(), Outcomes: outcomes}
	if len(entries) == q.Limit {
		entries = entries[:q.Limit-1]
		list.Older = f.path(positionText(entries[len(entries)-1].Position()))
	}
	if f.before != "" {
		list.First = f.path("")
	}
	list.Rows = c.rows(entries)
	if len(entries) > 0 {
		list.Offers = c.offers(q.Outcome, f.selection(), "")
	}
	if len(entries) == 0 {
		if list.Refused, err = c.refusedLately(r.Context()); err != nil {
			return page{}, err
		}
	}
	for _, t := range clerk.Types() {
		list.Types = append(list.Types, string(t))
	}
	return page{name: "events", Title: "Events", Live: f.before == "", Data: list}, nil
}

// find returns the address of the page of what has an ID: one delivery, a person, an
// organization, or a membership. It is empty if there is no such thing.
func (c *console) find(ctx context.Context, id string) (path string, err error) {
	found, err := c.entries(ctx, eventlog.Query{ID: id, Limit: 2})
	if err != nil {
		return "", err
	}
	if len(found) == 1 {
		return eventPath(found[0]), nil
	}
	for _, entity := range []string{userEntity(id), organizationEntity(id)} {
		found, err := c.entries(ctx, eventlog.Query{Entity: entity, Limit: 1})
		if err != nil {
			return "", err
		}
		if len(found) > 0 {
			return thingOf(entity).Path, nil
		}
	}
	if strings.HasPrefix(id, "orgmem_") {
		if entity, err := c.findMembership(ctx, id); err != nil || entity != "" {
			return thingOf(entity).Path, err
		}
	}
	return "", nil
}
