package command

import (
	"fmt"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/cmd/clerkknock/internal/settings"
	"github.com/clerkknock/clerkknock/knock/mapi"
	"github.com/spf13/cobra"
)

// importing is what "mappings import" was told.
type importing struct {
	settings.Table
	source, provider, baseURL string
	output                    string
}

func importCommand() *cobra.Command {
	var i importing
	c := &cobra.Command{
		Use: "import [FILE]", Short: "Take over the mappings of Knock's hosted source",
		Long: `Import reads the mappings of a source as Knock has them, from a file, or from Knock's Management
API with --source or --provider and the service token in KNOCK_SERVICE_TOKEN. It writes them as
a table of one's own, and says on standard error what could not be taken over; then it exits
with 3, and the rest is written all the same. A preprocessing script is never taken over.`,
		Example: `  knock source get clerk --environment production --json | clerkknock mappings import - > mappings.json
  clerkknock mappings import --source clerk --environment production --output mappings.json
  clerkknock mappings import --provider clerk     # what Knock begins with`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) > 0 {
				i.File = args[0]
			}
			return i.run(c)
		},
	}
	f := c.Flags()
	i.EnvironmentFlag(f)
	f.StringVar(&i.source, "source", "", "the key of a source, to be asked for in Knock")
	f.StringVar(&i.provider, "provider", "", "the key of a provider, to be asked for its defaults")
	f.StringVar(&i.baseURL, "management-url", mapi.DefaultBaseURL, "where Knock's Management API is")
	f.StringVarP(&i.output, "output", "o", "", "the file to write (default: standard output)")
	return c
}

func (i *importing) run(c *cobra.Command) error {
	data, err := i.read(c)
	if err != nil {
		return err
	}
	mappings, left := clerkknock.ReadMappings(data, i.Environment)
	if mappings == nil && left != nil {
		return left
	}
	raw, err := clerkknock.WriteMappings(mappings)
	if err != nil {
		return err
	}
	if err := writeOutput(c, i.output, raw); err != nil {
		return err
	}
	fmt.Fprintf(c.ErrOrStderr(), "%d mappings are taken over\n", len(mappings))
	for _, text := range paragraphs(left) {
		fmt.Fprintln(c.ErrOrStderr(), "left out:", oneLine(text))
	}
	if left != nil {
		return errDiffers
	}
	return nil
}

func (i *importing) read(c *cobra.Command) ([]byte, error) {
	from := 0
	for _, given := range []string{i.File, i.source, i.provider} {
		if given != "" {
			from++
		}
	}
	if from != 1 {
		return nil, usagef("name one of FILE, --source and --provider")
	}
	if i.File != "" {
		data, err := settings.ReadFile(i.File, settings.MaxFile)
		if err != nil {
			return nil, fmt.Errorf("cannot read the mappings: %w", err)
		}
		return data, nil
	}
	if i.source != "" && i.Environment == "" {
		return nil, usagef("--source needs an --environment")
	}
	token, err := settings.Value(settings.Token, "")
	if err != nil {
		return nil, err
	}
	if token == "" {
		return nil, fmt.Errorf("set %s to a service token of Knock's (knock_st_…)", settings.Token)
	}
	client := mapi.Client{Token: token, BaseURL: i.baseURL}
	var data []byte
	if i.source != "" {
		data, err = client.Source(c.Context(), i.source, i.Environment)
	} else {
		data, err = client.Provider(c.Context(), i.provider)
	}
	if err != nil {
		return nil, trimmed(err, "mapi: ")
	}
	return data, nil
}

func exportCommand() *cobra.Command {
	var t settings.Table
	var output string
	c := &cobra.Command{
		Use: "export", Short: "Write a table as Knock's hosted source would have it",
		Long: `Export writes the mappings of a table as Knock's Management API takes them for a source. What
Knock has no words for, such as the first of two values, is left out as a whole mapping and
named on standard error; then it exits with 3, and the rest is written all the same.`,
		Example: `  clerkknock mappings export --mappings mappings.json --output source.json`,
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			mapper, err := t.Mapper()
			if err != nil {
				return err
			}
			raw, left := mapi.Mappings(mapper.Mappings())
			if raw == nil {
				return left
			}
			if err := writeOutput(c, output, raw); err != nil {
				return err
			}
			for _, text := range paragraphs(left) {
				fmt.Fprintln(c.ErrOrStderr(), "left out:", oneLine(text))
			}
			if left != nil {
				return errDiffers
			}
			return nil
		},
	}
	t.Flags(c.Flags())
	c.Flags().StringVarP(&output, "output", "o", "", "the file to write (default: standard output)")
	return c
}
