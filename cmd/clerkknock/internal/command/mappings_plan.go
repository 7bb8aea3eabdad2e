package command

import (
	"encoding/json"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/cmd/clerkknock/internal/control"
	"github.com/clerkknock/clerkknock/cmd/clerkknock/internal/settings"
	"github.com/spf13/cobra"
)

func planCommand() *cobra.Command {
	var d database
	var environment string
	var events int
	var asJSON bool
	c := &cobra.Command{
		Use: "plan BEFORE AFTER", Short: "Try a changed table on the stored events",
		Long: `Plan takes the latest events of the event log and says what the two tables would do differently
with them: calls added, changed and dropped, by event and mapping. Nothing is sent. BEFORE and
AFTER are files, or "defaults". It exits with 3 if anything differs.`,
		Example: `  clerkknock mappings plan defaults mappings.json
  git show HEAD:mappings.json | clerkknock mappings plan - mappings.json --events 10000`,
		Args: cobra.ExactArgs(2),
		RunE: func(c *cobra.Command, args []string) error {
			switch {
			case args[0] == "-" && args[1] == "-":
				return usagef("only one of the two tables can be standard input")
			case events < 1:
				return usagef("--events is %d; ask for one at least", events)
			}
			before, err := tableJSON(args[0], environment)
			if err != nil {
				return err
			}
			after, err := tableJSON(args[1], environment)
			if err != nil {
				return err
			}
			return d.withBox(c, func(box control.Box) error {
				result, err := box.Plan(c.Context(), control.Comparison{Before: before, After: after, Events: events})
				if err != nil {
					return trimmed(err, "whatif: ")
				}
				if asJSON {
					err = printJSON(c.OutOrStdout(), result)
				} else {
					err = result.WriteText(c.OutOrStdout())
				}
				if err == nil && len(result.Changes) > 0 {
					return errDiffers
				}
				return err
			})
		},
	}
	c.Flags().StringVar(&environment, "environment", "", "the environment to take of a source's file, if it holds several")
	c.Flags().IntVar(&events, "events", 1000, "how many of the latest events are looked at")
	d.flags(c)
	jsonFlag(c, &asJSON)
	return c
}

// tableJSON is a table in Knock's JSON, as it can be given to another process.
func tableJSON(file, environment string) (json.RawMessage, error) {
	mapper, err := (&settings.Table{File: file, Environment: environment}).Mapper()
	if err != nil {
		return nil, err
	}
	return clerkknock.WriteMappings(mapper.Mappings())
}
