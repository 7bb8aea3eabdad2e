package command

import (
	"fmt"
	"io"
	"strings"

	"github.com/clerkknock/clerkknock/cmd/clerkknock/internal/settings"
	"github.com/clerkknock/clerkknock/mappingtest"
	"github.com/spf13/cobra"
)

// golden is a file that is not as the table would have it.
type golden struct {
	File  string `json:"file"`
	Event string `json:"event"`
	What  string `json:"what"` // differs, missing or superfluous
}

func goldenCommand() *cobra.Command {
	var t settings.Table
	var asJSON, update bool
	c := &cobra.Command{
		Use: "test FOLDER", Short: "Compare what a table plans with golden files",
		Long: `Test plans the sample of every event and compares that with the files EVENT.json in a folder,
which are kept with the table: a change of the table is then reviewed as a change of what it
does. They are the files of mappingtest.Golden. It exits with 3 if anything differs.`,
		Example: `  clerkknock mappings test testdata/mappings --mappings mappings.json
  clerkknock mappings test testdata/mappings --mappings mappings.json --update && git diff`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			mapper, err := t.Mapper()
			if err != nil {
				return err
			}
			compare := mappingtest.Compare
			if update {
				compare = mappingtest.Write
			}
			differences, err := compare(c.Context(), mapper, args[0])
			if err != nil {
				return trimmed(err, "mappingtest: ")
			}
			found := []golden{}
			for _, d := range differences {
				found = append(found, golden{d.File, d.Event, whatDiffers(d)})
			}
			if asJSON {
				err = printJSON(c.OutOrStdout(), found)
			} else {
				err = printGolden(c.OutOrStdout(), found, differences, update)
			}
			if err == nil && len(found) > 0 && !update {
				return errDiffers
			}
			return err
		},
	}
	t.Flags(c.Flags())
	c.Flags().BoolVar(&update, "update", false, "write the files instead")
	jsonFlag(c, &asJSON)
	return c
}

func whatDiffers(d mappingtest.Difference) string {
	switch {
	case d.Want == nil:
		return "missing"
	case d.Got == nil:
		return "superfluous"
	}
	return "differs"
}

func printGolden(w io.Writer, found []golden, differences []mappingtest.Difference, updated bool) error {
	for i, g := range found {
		fmt.Fprintf(w, "%s: %s\n", g.File, g.What)
		if !updated && g.What == "differs" {
			printLines(w, string(differences[i].Want), string(differences[i].Got))
		}
	}
	did := "differ"
	if updated {
		did = "are written"
	}
	_, err := fmt.Fprintf(w, "%d files %s\n", len(found), did)
	return err
}

// printLines prints the lines that only one of two texts has at its place: without what
// both begin and end with.
func printLines(w io.Writer, before, after string) {
	old, now := strings.Split(before, "\n"), strings.Split(after, "\n")
	for len(old) > 0 && len(now) > 0 && old[0] == now[0] {
		old, now = old[1:], now[1:]
	}
	for len(old) > 0 && len(now) > 0 && old[len(old)-1] == now[len(now)-1] {
		old, now = old[:len(old)-1], now[:len(now)-1]
	}
	for _, line := range old {
		fmt.Fprintln(w, paint(w, red, "  - "+oneLine(line)))
	}
	for _, line := range now {
		fmt.Fprintln(w, paint(w, green, "  + "+oneLine(line)))
	}
}

// trimmed is an error without the name of the package that it comes from.
func trimmed(err error, prefix string) error {
	if text, ok := strings.CutPrefix(err.Error(), prefix); ok {
		return fmt.Errorf("%s", text)
	}
	return err
}
