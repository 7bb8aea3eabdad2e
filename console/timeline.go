package console

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/eventlog"
)

// moment is an event in the life of an entity.
type moment struct {
	row
	ChangedAt when
	// Deleted says that the entity itself was deleted.
	Deleted bool
	// Own says that the event is about the entity itself, and not about something of it,
	// such as a session or a membership.
	Own bool
	// Late says that it came after a newer one.
	Late bool
	// Because is the newer event that made a step of this one stale.
	Because *row
}

// inOrder sorts entries by the time at which what they say was current, the newest first;
// those that do not tell it stand where they were received.
func inOrder(entries []eventlog.Entry) {
	slices.SortStableFunc(entries, func(a, b eventlog.Entry) int {
		return cmp.Or(ownTime(b).Compare(ownTime(a)), b.Position().Compare(a.Position()))
	})
}

func ownTime(e eventlog.Entry) time.Time {
	if e.ChangedAt.IsZero() {
		return e.Delivery.ReceivedAt
	}
	return e.ChangedAt
}

// timeline is the life of an entity, of entries that are in order.
func (c *console) timeline(entity string, entries []eventlog.Entry) []moment {
	rows := c.rows(entries)
	moments := make([]moment, len(entries))
	for i, e := range entries {
		m := moment{row: rows[i], ChangedAt: c.when(e.ChangedAt), Own: isOwn(e, entity)}
		m.Deleted = m.Own && isDeletion(e)
		newer := newerBefore(entries, e)
		m.Late = newer >= 0 && entries[newer].Entities[0] == e.Entities[0]
		if newer >= 0 && hasStale(e) {
			m.Because = &rows[newer]
		}
		moments[i] = m
	}
	return moments
}

// newerBefore returns which of the entries, which are in order, has made an event late: the
// newest about the same, with a later state, that was worked on before. A step that sets
// whom the event belongs to, such as the user of a session, is late after an event of
// theirs. It is -1 if there is none.
func newerBefore(entries []eventlog.Entry, e eventlog.Entry) int {
	if len(e.Entities) == 0 || e.ChangedAt.IsZero() {
		return -1
	}
	began := decisive(e).At
	for about, entity := range e.Entities {
		i := slices.IndexFunc(entries, func(other eventlog.Entry) bool {
			return isOwn(other, entity) && workedOnBefore(other, began) &&
				(about > 0 && hasStale(e) || other.ChangedAt.After(e.ChangedAt))
		})
		if i >= 0 {
			return i
		}
	}
	return -1
}

// because finds the newer event that has made a step of an entry stale.
func (c *console) because(ctx context.Context, e eventlog.Entry) (*row, error) {
	if !hasStale(e) {
		return nil, nil
	}
	var others []eventlog.Entry
	for _, entity := range e.Entities {
		found, err := c.entries(ctx, eventlog.Query{Entity: entity, Limit: maxMoments})
		if err != nil {
			return nil, err
		}
		others = append(others, found...)
	}
	inOrder(others)
	i := newerBefore(others, e)
	if i < 0 {
		return nil, nil
	}
	return &c.rows(others[i : i+1])[0], nil
}

func workedOnBefore(e eventlog.Entry, at time.Time) bool {
	return slices.ContainsFunc(e.Reports, func(r clerkknock.Report) bool {
		return r.Outcome != clerkknock.OutcomeStored && r.At.Before(at)
	})
}

func hasStale(e eventlog.Entry) bool {
	return slices.ContainsFunc(decisive(e).Steps, func(s clerkknock.StepReport) bool {
		return s.Status == clerkknock.StepStale && s.Reason != stateApplied
	})
}

// isOwn reports whether an event is about the entity itself.
func isOwn(e eventlog.Entry, entity string) bool {
	return len(e.Entities) > 0 && e.Entities[0] == entity
}
