package command

import (
	"github.com/clerkknock/clerkknock/cmd/clerkknock/internal/control"
	"github.com/spf13/cobra"
)

func payloadCommand() *cobra.Command {
	var d database
	c := &cobra.Command{
		Use: "payload ID", Short: "Print the payload of one delivery, as Clerk sent it",
		Long: `Payload prints the body of a delivery that the event log has, personal data and secrets included,
to rehearse it by today's mappings, say, or to send it to another machine.`,
		Example: `  clerkknock events payload msg_2b7… | clerkknock rehearse --file -
  clerkknock events payload msg_2b7… | clerkknock send --file -`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return d.withBox(c, func(box control.Box) error {
				body, err := box.Body(c.Context(), args[0])
				if err == nil {
					_, err = c.OutOrStdout().Write(body)
				}
				return err
			})
		},
	}
	d.flags(c)
	return c
}
