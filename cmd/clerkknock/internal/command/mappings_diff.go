package command

import (
	"fmt"
	"io"

	"github.com/clerkknock/clerkknock/cmd/clerkknock/internal/settings"
	"github.com/clerkknock/clerkknock/mappingtest"
	"github.com/spf13/cobra"
)

func diffCommand() *cobra.Command {
	var environment string
	var asJSON bool
	c := &cobra.Command{
		Use: "diff BEFORE AFTER", Short: "Compare two tables",
		Long: `Diff says which mappings are added, removed and changed, and of those which parameters. BEFORE
and AFTER are files, or "defaults". It exits with 3 if anything differs.`,
		Example: `  clerkknock mappings diff defaults mappings.json
  git show HEAD:mappings.json | clerkknock mappings diff - mappings.json`,
		Args: cobra.ExactArgs(2),
		RunE: func(c *cobra.Command, args []string) error {
			if args[0] == "-" && args[1] == "-" {
				return usagef("only one of the two tables can be standard input")
			}
			before, err := (&settings.Table{File: args[0], Environment: environment}).Mapper()
			if err != nil {
				return err
			}
			after, err := (&settings.Table{File: args[1], Environment: environment}).Mapper()
			if err != nil {
				return err
			}
			changes, err := mappingtest.Diff(before.Mappings(), after.Mappings())
			if err != nil {
				return err
			}
			if asJSON {
				if changes == nil {
					changes = []mappingtest.Change{}
				}
				err = printJSON(c.OutOrStdout(), changes)
			} else {
				err = printChanges(c.OutOrStdout(), changes)
			}
			if err == nil && len(changes) > 0 {
				return errDiffers
			}
			return err
		},
	}
	c.Flags().StringVar(&environment, "environment", "", "the environment to take of a source's file, if it holds several")
	jsonFlag(c, &asJSON)
	return c
}

func printChanges(w io.Writer, changes []mappingtest.Change) error {
	for _, change := range changes {
		switch {
		case change.Added:
			fmt.Fprintln(w, paint(w, green, "+ "+change.ID))
		case change.Removed:
			fmt.Fprintln(w, paint(w, red, "- "+change.ID))
		default:
			fmt.Fprintln(w, paint(w, yellow, "~ "+change.ID))
		}
		for _, f := range change.Fields {
			fmt.Fprintf(w, "    %s: %s -> %s\n", f.Name, shown(f.Before), shown(f.After))
		}
	}
	if len(changes) > 0 {
		return nil
	}
	_, err := fmt.Fprintln(w, "The tables are the same.")
	return err
}

// shown is a part of a mapping, or a word for none.
func shown(raw []byte) string {
	if len(raw) == 0 {
		return "(none)"
	}
	return clip(oneLine(string(raw)))
}
