package command

import (
	"fmt"
	"strings"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/cmd/clerkknock/internal/settings"
	"github.com/spf13/cobra"
)

// mappingsCommand has what is done with tables.
func mappingsCommand() *cobra.Command {
	return group("mappings", "try", "List, check, compare, import and export tables of mappings",
		`A table says which event leads to which action in Knock, and where its parameters come from.
It is a JSON file in the shape in which Knock has the mappings of a source, with a few more
kinds of values; without a file it is the default table.`,
		listCommand(), validateCommand(), goldenCommand(), importCommand(), exportCommand(), diffCommand(), planCommand())
}

func listCommand() *cobra.Command {
	var t settings.Table
	var asJSON bool
	c := &cobra.Command{
		Use: "list", Short: "List the mappings of a table", Args: cobra.NoArgs,
		Long: `List shows a table as one line for each mapping. With --json it prints the table itself, a file
to begin one's own with.`,
		Example: `  clerkknock mappings list
  clerkknock mappings list --json > mappings.json
  clerkknock mappings list --mappings mappings.json`,
		RunE: func(c *cobra.Command, _ []string) error {
			mapper, err := t.Mapper()
			if err != nil {
				return err
			}
			if asJSON {
				raw, err := clerkknock.WriteMappings(mapper.Mappings())
				if err != nil {
					return err
				}
				_, err = c.OutOrStdout().Write(raw)
				return err
			}
			rows := newTable(c.OutOrStdout(), "EVENT", "ACTION", "ACTIVE", "PARAMETERS", "ID")
			for _, m := range mapper.Mappings() {
				active := "yes"
				if m.Inactive {
					active = "no"
				}
				rows.row(m.Event, string(m.Action), active, fmt.Sprint(len(m.Params)), m.ID)
			}
			return rows.flush()
		},
	}
	t.Flags(c.Flags())
	jsonFlag(c, &asJSON)
	return c
}

// paragraphs are the parts of a joined error.
func paragraphs(err error) []string {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		var all []string
		for _, e := range joined.Unwrap() {
			all = append(all, paragraphs(e)...)
		}
		return all
	}
	if err == nil {
		return nil
	}
	return strings.Split(err.Error(), "\n")
}
