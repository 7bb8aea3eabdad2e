package command

import (
	"fmt"
	"io"
	"regexp"
	"strconv"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/cmd/clerkknock/internal/settings"
	"github.com/clerkknock/clerkknock/mappingtest"
	"github.com/spf13/cobra"
)

// validation is what was found in a file of mappings.
type validation struct {
	File     string    `json:"file"`
	Mappings int       `json:"mappings"`
	Errors   []mistake `json:"errors"`
	// Warnings are paths that lead nowhere in any sample.
	Warnings []string `json:"warnings"`
}

// mistake is an error in a file, with its place if it has one.
type mistake struct {
	Line   int    `json:"line,omitempty"`
	Column int    `json:"column,omitempty"`
	Text   string `json:"text"`
}

func validateCommand() *cobra.Command {
	var t settings.Table
	var asJSON, strict bool
	c := &cobra.Command{
		Use: "validate FILE", Short: "Find every mistake in a file of mappings",
		Long: `Validate names every mistake with its line and column, as FILE:LINE:COLUMN, which editors can
jump to. It warns of paths that lead nowhere in a sample of their event, which are mostly
misspelt; metadata of your own is in no sample. FILE may be "-", standard input.`,
		Example: `  clerkknock mappings validate mappings.json
  knock source get clerk --environment production --json | clerkknock mappings validate -`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			t.File = args[0]
			v, err := validate(t)
			if err != nil {
				return err
			}
			if asJSON {
				err = printJSON(c.OutOrStdout(), v)
			} else {
				err = v.print(c.OutOrStdout())
			}
			if err == nil && (len(v.Errors) > 0 || strict && len(v.Warnings) > 0) {
				return errQuiet
			}
			return err
		},
	}
	t.EnvironmentFlag(c.Flags())
	c.Flags().BoolVar(&strict, "strict", false, "fail for warnings, too")
	jsonFlag(c, &asJSON)
	return c
}

func validate(t settings.Table) (validation, error) {
	v := validation{File: t.File, Errors: []mistake{}, Warnings: []string{}}
	data, err := settings.ReadFile(t.File, settings.MaxFile)
	if err != nil {
		return v, fmt.Errorf("cannot read the mappings: %w", err)
	}
	mappings, err := clerkknock.ReadMappings(data, t.Environment)
	v.Mappings = len(mappings)
	for _, text := range paragraphs(err) {
		v.Errors = append(v.Errors, newMistake(text))
	}
	mapper := clerkknock.NewMapper(mappings...)
	if err := mapper.Err(); err != nil {
		for _, text := range paragraphs(err) {
			v.Errors = append(v.Errors, mistake{Text: text})
		}
		return v, nil
	}
	v.Warnings = append(v.Warnings, mappingtest.Unresolved(mapper)...)
	return v, nil
}

var placed = regexp.MustCompile(`^(\d+):(\d+): (.*)$`)

func newMistake(text string) mistake {
	parts := placed.FindStringSubmatch(text)
	if parts == nil {
		return mistake{Text: text}
	}
	line, _ := strconv.Atoi(parts[1])
	column, _ := strconv.Atoi(parts[2])
	return mistake{line, column, parts[3]}
}

func (v validation) print(w io.Writer) error {
	for _, m := range v.Errors {
		place := v.File
		if m.Line > 0 {
			place = fmt.Sprintf("%s:%d:%d", v.File, m.Line, m.Column)
		}
		fmt.Fprintf(w, "%s: %s %s\n", place, paint(w, red, "error:"), oneLine(m.Text))
	}
	for _, text := range v.Warnings {
		fmt.Fprintf(w, "%s: %s %s\n", v.File, paint(w, yellow, "warning:"), oneLine(text))
	}
	_, err := fmt.Fprintf(w, "%s: %d mappings are right, %d errors, %d warnings\n",
		v.File, v.Mappings, len(v.Errors), len(v.Warnings))
	return err
}
