package command

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/clerkknock/clerkknock/cmd/clerkknock/internal/control"
	"github.com/clerkknock/clerkknock/eventlog"
	"github.com/spf13/cobra"
)

func showCommand() *cobra.Command {
	return aboutCommand("show ID", "Show the way of one delivery, attempt by attempt",
		"Show prints what became of a delivery each time, and why each step did or did not happen.",
		"  clerkknock events show msg_2b7…",
		func(arg string) eventlog.Query { return eventlog.Query{ID: arg} })
}

func explainCommand() *cobra.Command {
	return aboutCommand("explain ENTITY", "Tell the story of a person or an organization",
		`Explain prints all events about one entity, in the order in which they happened in Clerk, and why
each step did or did not happen in Knock. ENTITY is such as user/user_2b7… or
organization/org_2b7….`,
		"  clerkknock events explain user/user_2b7bWxVWuRcB4bJkT5eQGyf9Xj3",
		func(arg string) eventlog.Query { return eventlog.Query{Entity: arg, Limit: storyMost} })
}

// storyMost is how many events of a story are told: the latest.
const storyMost = 500

// aboutCommand tells what is known about something that is named.
func aboutCommand(use, short, long, example string, query func(arg string) eventlog.Query) *cobra.Command {
	var d database
	var asJSON bool
	c := &cobra.Command{
		Use: use, Short: short, Long: long, Example: example, Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return d.withBox(c, func(box control.Box) error {
				entries, err := box.Entries(c.Context(), query(args[0]))
				if err != nil {
					return trimmed(err, "inbox: ")
				}
				if len(entries) == 0 {
					return fmt.Errorf("the event log knows nothing of %q; it keeps what came for 7 days", args[0])
				}
				slices.SortStableFunc(entries, func(a, b control.Entry) int {
					return cmp.Or(a.ChangedAt.Compare(b.ChangedAt), a.ReceivedAt.Compare(b.ReceivedAt))
				})
				if asJSON {
					return printJSON(c.OutOrStdout(), entries)
				}
				for _, e := range entries {
					if err := printEntry(c.OutOrStdout(), e); err != nil {
						return err
					}
				}
				return nil
			})
		},
	}
	d.flags(c)
	jsonFlag(c, &asJSON)
	return c
}

// printEntry prints an entry with all its reports.
func printEntry(w io.Writer, e control.Entry) error {
	event := paint(w, bold, oneLine(cmp.Or(e.Type, "(request)")))
	fmt.Fprintf(w, "%s  %s  %s  %s\n", e.ReceivedAt.Format(time.RFC3339), event, e.Outcome, oneLine(e.ID))
	for _, r := range e.Reports {
		line := fmt.Sprintf("  %s  %s", r.At.Format(time.TimeOnly), r.Outcome)
		if r.Answer > 0 {
			line += fmt.Sprintf(", answered %d", r.Answer)
		}
		if r.Error != "" {
			line += ": " + oneLine(r.Error)
		}
		if _, err := fmt.Fprintln(w, line); err != nil {
			return err
		}
		for _, s := range r.Steps {
			reason := cmp.Or(s.Error, s.Reason, strings.Join(s.Calls, ", "))
			fmt.Fprintf(w, "    %-9s  %s  %s\n", s.Status, s.ID, oneLine(reason))
			for _, left := range s.LeftOut {
				fmt.Fprintf(w, "               left out: %s\n", oneLine(left))
			}
		}
	}
	return nil
}

// why is in a few words what the latest report says of a reason.
func why(e control.Entry) string {
	if len(e.Reports) == 0 {
		return ""
	}
	latest := e.Reports[len(e.Reports)-1]
	if latest.Error != "" {
		return clip(latest.Error)
	}
	var reasons []string
	for _, s := range latest.Steps {
		if s.Reason != "" && !slices.Contains(reasons, s.Reason) {
			reasons = append(reasons, s.Reason)
		}
	}
	return clip(strings.Join(reasons, "; "))
}
