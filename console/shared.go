package console

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/eventlog"
)

// fresh is how old what everybody sees alike may be.
const fresh = 2 * time.Second

// shared is what is read once for everybody.
type shared struct {
	newest  *cached[[]eventlog.Entry]
	hour    *cached[eventlog.Counts]
	refused *cached[[]refusal]
	backlog *cached[Backlog]
}

func newShared(c *console) shared {
	return shared{
		newest: keep(c, fresh, func(ctx context.Context) ([]eventlog.Entry, error) {
			return c.entries(ctx, eventlog.Query{Limit: eventlog.DefaultLimit})
		}),
		hour: keep(c, 2*fresh, func(ctx context.Context) (eventlog.Counts, error) {
			counts, err := c.config.Log.Count(ctx, eventlog.Query{From: c.hourAgo()})
			return counts, unreadable("The event log", err)
		}),
		refused: keep(c, 2*fresh, c.readRefused),
		backlog: keep(c, 2*fresh, func(ctx context.Context) (Backlog, error) {
			b, err := c.config.Queue.Backlog(ctx)
			return b, unreadable("The inbox", err)
		}),
	}
}

func keep[T any](c *console, ttl time.Duration, read func(ctx context.Context) (T, error)) *cached[T] {
	return &cached[T]{ttl: ttl, now: c.config.Now, read: read}
}

// hourAgo is the beginning of the minute an hour ago, so that minutes are whole.
func (c *console) hourAgo() time.Time {
	return c.config.Now().UTC().Truncate(time.Minute).Add(-59 * time.Minute)
}

// entries reads the event log. With Config.HidePayloads nothing leaves it that was
// delivered or sent, so that no page can show it.
func (c *console) entries(ctx context.Context, q eventlog.Query) ([]eventlog.Entry, error) {
	entries, err := c.config.Log.Entries(ctx, q)
	if err != nil {
		return nil, unreadable("The event log", err)
	}
	if c.config.HidePayloads {
		for i := range entries {
			entries[i] = withoutPayload(entries[i])
		}
	}
	return entries, nil
}

func withoutPayload(e eventlog.Entry) eventlog.Entry {
	e.Delivery.Body, e.Delivery.Header = nil, nil
	e.Reports = slices.Clone(e.Reports)
	for i := range e.Reports {
		steps := slices.Clone(e.Reports[i].Steps)
		for j := range steps {
			steps[j].Planned = clerkknock.Action{}
		}
		e.Reports[i].Steps = steps
	}
	return e
}

// refusal is why requests were refused, and how many.
type refusal struct {
	Status   int
	Reason   string
	Requests int
	Last     time.Time
	Hint     string
}

// maxRefused bounds how many entries are looked at for the reasons of refusals.
const maxRefused = 500

// readRefused sums the refusals of the last hour up by their reason, the most first.
func (c *console) readRefused(ctx context.Context) ([]refusal, error) {
	entries, err := c.entries(ctx, eventlog.Query{
		Outcome: clerkknock.OutcomeRefused, From: c.hourAgo(), Limit: maxRefused,
	})
	var all []refusal
	for _, e := range entries {
		status, reason := e.Latest().Answer, errorText(e.Latest().Err)
		i := slices.IndexFunc(all, func(r refusal) bool { return r.Status == status && r.Reason == reason })
		if i < 0 {
			i = len(all)
			all = append(all, refusal{Status: status, Reason: reason, Last: e.At, Hint: refusalHint(status, reason)})
		}
		all[i].Requests += max(1, e.Refusals)
	}
	slices.SortStableFunc(all, func(a, b refusal) int { return cmp.Compare(b.Requests, a.Requests) })
	return all, err
}

// refusedLately says how many requests were refused, and why most of them, "" if none was.
func (c *console) refusedLately(ctx context.Context) (string, error) {
	all, err := c.shared.refused.get(ctx)
	if err != nil || len(all) == 0 {
		return "", err
	}
	total := 0
	for _, r := range all {
		total += r.Requests
	}
	return fmt.Sprintf("In the last hour %s refused, most with %d: %s. %s", plural(total, "request was", "requests were"),
		all[0].Status, all[0].Reason, all[0].Hint), nil
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
