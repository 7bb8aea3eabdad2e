package command

import (
	"fmt"
	"time"

	"github.com/clerkknock/clerkknock/cmd/clerkknock/internal/control"
	"github.com/clerkknock/clerkknock/inbox"
	"github.com/spf13/cobra"
)

func deadCommand() *cobra.Command {
	var s selection
	var asJSON bool
	var limit int
	c := &cobra.Command{
		Use: "dead", Short: "List the deliveries that were given up",
		Long: `Dead lists the deliveries that have failed for good or too often, the last one first, with
the whole error. With --state it lists what is waiting, running or retrying, too. The bodies are
not shown.`,
		Example: `  clerkknock events dead --since 24h
  clerkknock events dead --state retrying,waiting
  clerkknock events dead --json | jq -r '.[].key'`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if err := s.checkStates("waiting", "running", "retrying", "dead"); err != nil {
				return err
			}
			return s.withBox(c, func(box control.Box) error {
				letters, err := s.letters(c.Context(), box)
				if err != nil {
					return err
				}
				total := len(letters)
				if limit > 0 && total > limit {
					letters = letters[:limit]
				}
				if asJSON {
					return printJSON(c.OutOrStdout(), append([]inbox.Letter{}, letters...))
				}
				return printLetters(c, letters, total)
			})
		},
	}
	s.flags(c, true, "dead")
	c.Flags().IntVar(&limit, "limit", 100, "the most that is listed, 0 for all")
	jsonFlag(c, &asJSON)
	return c
}

func printLetters(c *cobra.Command, letters []inbox.Letter, total int) error {
	out := c.OutOrStdout()
	if total == 0 {
		_, err := fmt.Fprintln(out, "There are none.")
		return err
	}
	t := newTable(out, "KEY", "STATE", "TYPE", "TRIES", "SINCE", "ERROR")
	for _, l := range letters {
		since := l.PutAt
		if !l.DiedAt.IsZero() {
			since = l.DiedAt
		}
		t.row(l.Key, string(l.State), l.Type, fmt.Sprint(l.Attempts), since.Format(time.RFC3339), l.Error)
	}
	if err := t.flush(); err != nil {
		return err
	}
	if total > len(letters) {
		_, err := fmt.Fprintf(out, "… and %d more; --limit 0 lists all\n", total-len(letters))
		return err
	}
	return nil
}
