package inbox

import (
	"context"
	"fmt"

	"github.com/clerkknock/clerkknock/clerk"
	"github.com/clerkknock/clerkknock/console"
)

// Queue returns the inbox as package console sees it, for the Queue of a console.Config.
func (in *Inbox) Queue() console.Queue { return consoleQueue{in} }

// consoleQueue is a console.Queue.
type consoleQueue struct{ inbox *Inbox }

// Backlog implements console.Queue.
func (q consoleQueue) Backlog(ctx context.Context) (console.Backlog, error) {
	s, err := q.inbox.Stats(ctx)
	return console.Backlog(s), err
}

// Letters implements console.Queue.
func (q consoleQueue) Letters(ctx context.Context, s console.Selection) ([]console.Letter, error) {
	f := Filter{Period: Period{From: s.From, To: s.To}}
	for _, state := range s.States {
		f.States = append(f.States, State(state))
	}
	letters := []console.Letter{}
	for l, err := range q.inbox.Letters(ctx, f) {
		if err != nil {
			return nil, err
		}
		letters = append(letters, letterOf(l))
		if len(letters) == s.Limit {
			break
		}
	}
	return letters, nil
}

func letterOf(l Letter) console.Letter {
	var entities []string
	if e, err := clerk.Parse(l.Delivery.Body); err == nil {
		entities = e.Entities()
	}
	return console.Letter{
		Key: l.Key, State: console.State(l.State), Type: l.Type, Entities: entities, Error: l.Error, Attempts: l.Attempts,
		PutAt: l.PutAt, DueAt: l.DueAt, DiedAt: l.DiedAt,
	}
}

// Do implements console.Queue.
func (q consoleQueue) Do(ctx context.Context, verb console.Verb, key string) error {
	switch verb {
	case console.Replay:
		return q.inbox.Replay(ctx, key)
	case console.Hurry:
		return q.inbox.Hurry(ctx, key)
	case console.Discard:
		return q.inbox.Discard(ctx, key)
	}
	return fmt.Errorf("inbox: cannot %s: there are replay, hurry and discard", verb)
}
