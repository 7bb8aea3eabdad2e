package command

import (
	"fmt"
	"io"
	"log/slog"

	"github.com/clerkknock/clerkknock/cmd/clerkknock/internal/doctor"
	"github.com/clerkknock/clerkknock/inbox"
	"github.com/clerkknock/clerkknock/knock/mapi"
	"github.com/spf13/cobra"
)

func doctorCommand() *cobra.Command {
	var config doctor.Config
	var d database
	var asJSON bool
	c := &cobra.Command{
		Use: "doctor", GroupID: "look",
		Short: "Look whether all is right that serve needs",
		Long: `Doctor looks at what "serve" needs, with the same settings: whether the signing secret decodes,
Knock takes the key, the clock agrees with Knock's, the database can be written to and is fast
enough, its tables lack nothing, the mappings are right, and the workflows that they trigger
exist (with KNOCK_SERVICE_TOKEN and --environment). Each finding is pass, warn, fail or skip.

It writes one row to the database, and nothing to Knock. It exits with 1 if something fails.`,
		Example: `  clerkknock doctor --mappings mappings.json
  KNOCK_SERVICE_TOKEN=… clerkknock doctor --environment production
  clerkknock doctor --json | jq '.[] | select(.status == "fail")'`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			db, err := d.config(c, inbox.Config{Logger: slog.New(slog.DiscardHandler)})
			if err != nil {
				return err
			}
			config.Database = db
			found := doctor.Examine(c.Context(), config)
			if err := c.Context().Err(); err != nil {
				return err
			}
			if asJSON {
				err = printJSON(c.OutOrStdout(), found)
			} else {
				err = printFindings(c.OutOrStdout(), found)
			}
			for _, f := range found {
				if err == nil && f.Status == doctor.Fail {
					return errQuiet
				}
			}
			return err
		},
	}
	f := c.Flags()
	f.StringVar(&config.SecretFile, "secret-file", "", "a file with the signing secrets")
	f.StringVar(&config.KeyFile, "key-file", "", "a file with Knock's API key")
	f.StringVar(&config.ManagementURL, "management-url", mapi.DefaultBaseURL, "where Knock's Management API is")
	config.Table.Flags(f)
	d.flags(c)
	jsonFlag(c, &asJSON)
	return c
}

func printFindings(w io.Writer, found []doctor.Finding) error {
	colours := map[doctor.Status]colour{doctor.Pass: green, doctor.Warn: yellow, doctor.Fail: red, doctor.Skip: bold}
	for _, f := range found {
		status := paint(w, colours[f.Status], string(f.Status))
		line := fmt.Sprintf("%s  %s: %s\n", status, f.Check, oneLine(f.Text))
		if f.Remedy != "" {
			line += "      -> " + f.Remedy + "\n"
		}
		if _, err := io.WriteString(w, line); err != nil {
			return err
		}
	}
	return nil
}
