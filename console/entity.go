package console

import (
	"context"
	"net/http"
	"strings"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/eventlog"
)

// entityPage is the page of one person or one organization.
type entityPage struct {
	thing
	Answers []answer
	Notices []deed
	Moments []moment
	// More is the address of the events if there are more than the page looks at.
	More   string
	Holds  holds
	Hidden bool
}

// holds is what Knock should hold of an entity now.
type holds struct {
	Words string
	By    *row
	Parts []part
}

// part is the requests of one step.
type part struct {
	Step  string
	Lines []line
}

// What people ask of a person, and of an organization.
var (
	identified = question{"Identified?", clerkknock.UsersIdentify, clerkknock.UsersDelete}
	isTenant   = question{"Set as a tenant?", clerkknock.TenantsSet, clerkknock.TenantsDelete}
)

// maxMoments bounds how many events the page of a person looks at.
const maxMoments = 200

func (c *console) person(r *http.Request) (page, error) {
	id := r.PathValue("id")
	entity := userEntity(id)
	p, entries, err := c.life(r.Context(), entity)
	if err != nil {
		return page{}, err
	}
	known := c.stands(identified, entity, entries)
	p.Notices = c.notices(id, entries)
	p.Answers = append([]answer{known}, c.noticed(p.Notices, entries)...)
	return page{name: "entity", Title: "Person " + short(id), Live: true, Data: p}, nil
}

func (c *console) organization(r *http.Request) (page, error) {
	id := r.PathValue("id")
	entity := organizationEntity(id)
	p, entries, err := c.life(r.Context(), entity)
	if err != nil {
		return page{}, err
	}
	p.Answers = []answer{c.stands(isTenant, entity, entries)}
	return page{name: "entity", Title: "Organization " + short(id), Live: true, Data: p}, nil
}

// life reads what is known of an entity, and the entries in the order of their own time.
func (c *console) life(ctx context.Context, entity string) (entityPage, []eventlog.Entry, error) {
	p := entityPage{thing: thingOf(entity), Hidden: c.config.HidePayloads}
	entries, err := c.entries(ctx, eventlog.Query{Entity: entity, Limit: maxMoments + 1})
	if err != nil {
		return p, nil, err
	}
	if len(entries) == 0 {
		text := nothingKnown
		if refused, err := c.refusedLately(ctx); err == nil && refused != "" {
			text += " " + refused
		}
		return p, nil, &problem{http.StatusNotFound, "Nothing is known of " + short(p.ID), text, nil}
	}
	if len(entries) > maxMoments {
		entries = entries[:maxMoments]
		p.More = filter{Entity: entity}.path("")
	}
	inOrder(entries)
	p.Moments = c.timeline(entity, entries)
	p.Holds = c.holds(ctx, entity, entries)
	return p, entries, nil
}

const nothingKnown = "No event in the log is about it. Clerk may not have sent one: look at the endpoint's messages " +
	"in the Clerk Dashboard, under Webhooks. It may have been refused, which the overview shows. Or it is older than " +
	"what the event log keeps."

func isDeletion(e eventlog.Entry) bool { return strings.HasSuffix(e.Type, ".deleted") }

// holds rehearses the newest event about the entity itself: by our mappings that is what
// Knock should hold, whatever was sent.
func (c *console) holds(ctx context.Context, entity string, entries []eventlog.Entry) holds {
	for _, e := range entries {
		if !isOwn(e, entity) {
			continue
		}
		newest := c.rows([]eventlog.Entry{e})[0]
		h := holds{By: &newest}
		if isDeletion(e) {
			h.Words = "It was deleted in Clerk. Nothing older is sent any more."
		}
		if len(e.Delivery.Body) == 0 {
			return h
		}
		steps, err := c.config.Source.Rehearse(ctx, e.Delivery)
		if err != nil {
			h.Words = readable(err.Error())
			return h
		}
		for i, s := range steps {
			if s.Action.Type == clerkknock.WorkflowsTrigger || s.Action.Type == clerkknock.WorkflowsCancel {
				continue
			}
			h.Parts = append(h.Parts, part{s.ID, textOfStep(&steps[i], masked)})
		}
		if len(h.Parts) == 0 && h.Words == "" {
			h.Words = "No active mapping sets anything by " + e.Type + "."
		}
		return h
	}
	return holds{}
}
