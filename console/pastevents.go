package console

import (
	"context"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/eventlog"
)

// pastEvents walks the events of the log, the newest first, and no further than atMost.
type pastEvents struct {
	console   *console
	ctx       context.Context
	eventType string
	atMost    int

	// Looked is how many there were, and oldest the last of them; more says that there
	// are older ones.
	looked int
	oldest eventlog.Entry
	more   bool
}

// all hands out the deliveries. What was refused is no event.
func (p *pastEvents) all(yield func(clerkknock.Delivery, error) bool) {
	const slice = 100
	q := eventlog.Query{Type: p.eventType, Limit: slice}
	for {
		entries, err := p.console.config.Log.Entries(p.ctx, q)
		if err != nil {
			yield(clerkknock.Delivery{}, unreadable("The event log", err))
			return
		}
		for _, e := range entries {
			if e.Outcome == clerkknock.OutcomeRefused {
				continue
			}
			if p.looked == p.atMost {
				p.more = true
				return
			}
			p.looked, p.oldest = p.looked+1, e
			if !yield(e.Delivery, nil) {
				return
			}
		}
		if len(entries) < slice {
			return
		}
		q.Before = entries[len(entries)-1].Position()
	}
}
