package command

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/clerk"
	"github.com/clerkknock/clerkknock/clerk/clerktest"
	"github.com/clerkknock/clerkknock/cmd/clerkknock/internal/settings"
	"github.com/clerkknock/clerkknock/knock"
	"github.com/spf13/cobra"
)

// rehearse is what "rehearse" was told.
type rehearse struct {
	event
	table settings.Table
	json  bool
	short bool
}

func rehearseCommand() *cobra.Command {
	var r rehearse
	c := &cobra.Command{
		Use: "rehearse [TYPE]", GroupID: "try",
		Short: "Show what an event would do in Knock",
		Long: `Rehearse takes a sample event of any of Clerk's types, or the body of one from a file, through a
table of mappings, and shows the requests that Knock would get. It sends nothing and needs no
key. What is left out, and why a step would do nothing, is shown as well.

The event can be changed as that of "send". The requests hold what the event holds of people.`,
		Example: `  clerkknock rehearse user.created
  clerkknock rehearse user.created --mappings mappings.json --unset data.username
  clerkknock rehearse --file event.json --json | jq '.steps[].attrs'`,
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: completeTypes,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) > 0 {
				r.eventType = args[0]
			}
			return r.run(c)
		},
	}
	r.event.flags(c)
	r.table.Flags(c.Flags())
	c.Flags().BoolVar(&r.short, "short", false, "one line for a request, without what is in it")
	jsonFlag(c, &r.json)
	return c
}

func (r *rehearse) run(c *cobra.Command) error {
	if err := r.event.check(); err != nil {
		return err
	}
	mapper, err := r.table.Mapper()
	if err != nil {
		return err
	}
	body, err := r.event.body(c, false)
	if err != nil {
		return err
	}
	e, err := clerk.Parse(body)
	if err != nil {
		return fmt.Errorf("that is no event of Clerk's: %w", err)
	}
	steps, err := rehearsed(c.Context(), mapper, body)
	if err != nil {
		return err
	}
	if r.json {
		err = printJSON(c.OutOrStdout(), map[string]any{"type": e.Type, "steps": steps})
	} else {
		err = printSteps(c.OutOrStdout(), e.Type, steps, inactive(mapper, e.Type), r.short)
	}
	for _, step := range steps {
		if err == nil && step.Err != nil {
			err = errors.New("a step cannot be planned; see above")
		}
	}
	return err
}

// rehearsed are the steps with the requests that they would make.
func rehearsed(ctx context.Context, mapper *clerkknock.Mapper, body []byte) ([]clerkknock.Step, error) {
	// Neither the key nor the secret is used: nothing is sent and nothing received.
	executor, err := knock.New(knock.Config{APIKey: "sk_rehearsal"})
	if err != nil {
		return nil, err
	}
	src, err := clerkknock.New(clerkknock.Config{
		SigningSecrets: []string{clerktest.Secret}, Executor: executor, Mapper: mapper,
		Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		return nil, err
	}
	const id = "msg_rehearsal"
	return src.Rehearse(ctx, clerkknock.Delivery{ID: id, Header: http.Header{"Svix-Id": {id}}, Body: body})
}

// inactive are the IDs of the mappings of an event that are switched off.
func inactive(mapper *clerkknock.Mapper, event string) []string {
	var ids []string
	for _, m := range mapper.Mappings() {
		if m.Event == event && m.Inactive {
			ids = append(ids, m.ID)
		}
	}
	return ids
}
