package command

import (
	"context"
	"errors"
	"fmt"

	"github.com/clerkknock/clerkknock/cmd/clerkknock/internal/control"
	"github.com/clerkknock/clerkknock/inbox"
	"github.com/spf13/cobra"
)

// change is something that is done to deliveries.
type change struct {
	selection
	name, done string // replay, replayed
	allowed    []string
	// asks is whether it asks before it is done to a single one, too.
	asks bool
	yes  bool
	json bool
	one  func(control.Box, context.Context, string) error
	many func(control.Box, context.Context, inbox.Filter) (int, error)
}

// changed is what was done.
type changed struct {
	Changed int `json:"changed"`
}

func replayCommand() *cobra.Command {
	return (&change{
		name: "replay", done: "replayed", allowed: []string{"dead"},
		one: control.Box.Replay, many: control.Box.ReplayAll,
	}).command("Give dead deliveries all their attempts again",
		`Replay goes on with the step that failed: what has succeeded is not done again, unless its mapping
was changed since. Mend the cause first.`,
		`  clerkknock events replay msg_2b7…
  clerkknock events replay --all --since 24h --yes`)
}

func hurryCommand() *cobra.Command {
	return (&change{
		name: "hurry", done: "hurried", allowed: []string{"waiting", "retrying"},
		one: control.Box.Hurry, many: control.Box.HurryAll,
	}).command("Make deliveries due now that wait for their next attempt",
		`Hurry is for when Knock is back, and the next attempt hours away. It costs no attempt.`,
		`  clerkknock events hurry --all`)
}

func discardCommand() *cobra.Command {
	return (&change{
		name: "discard", done: "thrown away", allowed: []string{"waiting", "retrying", "dead"}, asks: true,
		one: control.Box.Discard, many: control.Box.DiscardAll,
	}).command("Throw deliveries away that will never be done",
		`Discard removes the body and the headers at once. That a delivery has come is remembered, so that it
is not taken in again.`,
		`  clerkknock events discard msg_2b7…
  clerkknock events discard --all --state dead --type sms.created`)
}

func (ch *change) command(short, long, example string) *cobra.Command {
	c := &cobra.Command{
		Use: ch.name + " [KEY…]", Short: short, Long: long, Example: example,
		RunE: func(c *cobra.Command, keys []string) error { return ch.run(c, keys) },
	}
	// What may still be done is thrown away only if that is said.
	byDefault := ch.allowed
	if ch.asks {
		byDefault = []string{"dead"}
	}
	ch.selection.flags(c, len(ch.allowed) > 1, byDefault...)
	c.Flags().BoolVar(&ch.all, "all", false, "all that the other flags select, instead of single ones")
	c.Flags().BoolVarP(&ch.yes, "yes", "y", false, "do not ask")
	jsonFlag(c, &ch.json)
	return c
}

func (ch *change) run(c *cobra.Command, keys []string) error {
	narrowed := false
	for _, name := range []string{"since", "until", "type", "state"} {
		narrowed = narrowed || c.Flags().Changed(name)
	}
	switch {
	case ch.all == (len(keys) > 0):
		return usagef(`name the keys of deliveries, which "clerkknock events dead" lists, or --all`)
	case narrowed && !ch.all:
		return usagef("--since, --until, --type and --state go with --all")
	}
	if err := ch.checkStates(ch.allowed...); err != nil {
		return err
	}
	return ch.withBox(c, func(box control.Box) error {
		n, err := ch.carryOut(c, box, keys)
		if errors.Is(err, errNothing) {
			err = nil
		}
		if ch.json && (err == nil || n > 0) {
			return errors.Join(err, printJSON(c.OutOrStdout(), changed{n}))
		}
		if err == nil || n > 0 {
			fmt.Fprintf(c.OutOrStdout(), "%s %s\n", deliveries(n), ch.done)
		}
		return err
	})
}

func (ch *change) carryOut(c *cobra.Command, box control.Box, keys []string) (int, error) {
	ctx := c.Context()
	if !ch.all {
		if ch.asks {
			if err := confirm(c, ch.yes, fmt.Sprintf("%s will be %s", deliveries(len(keys)), ch.done)); err != nil {
				return 0, err
			}
		}
		return ch.each(ctx, box, keys)
	}
	letters, err := ch.letters(ctx, box)
	if err != nil || len(letters) == 0 {
		return 0, err
	}
	if err := confirm(c, ch.yes, fmt.Sprintf("%s will be %s", deliveries(len(letters)), ch.done)); err != nil {
		return 0, err
	}
	if ch.eventType == "" {
		f, err := ch.filter()
		if err != nil {
			return 0, err
		}
		n, err := ch.many(box, ctx, f)
		return n, trimmedOrNil(err, "inbox: ")
	}
	for _, l := range letters {
		keys = append(keys, l.Key)
	}
	return ch.each(ctx, box, keys)
}

// each does it to one after the other; what fails does not keep the others from it.
func (ch *change) each(ctx context.Context, box control.Box, keys []string) (int, error) {
	n := 0
	var errs []error
	for _, key := range keys {
		if ctx.Err() != nil {
			return n, errors.Join(append(errs, ctx.Err())...)
		}
		if err := ch.one(box, ctx, key); err != nil {
			errs = append(errs, trimmed(err, "inbox: "))
			continue
		}
		n++
	}
	return n, errors.Join(errs...)
}

func trimmedOrNil(err error, prefix string) error {
	if err == nil {
		return nil
	}
	return trimmed(err, prefix)
}

func deliveries(n int) string {
	if n == 1 {
		return "1 delivery"
	}
	return fmt.Sprint(n, " deliveries")
}
