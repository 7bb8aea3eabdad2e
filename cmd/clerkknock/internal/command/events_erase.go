package command

import (
	"errors"
	"fmt"
	"strings"

	"github.com/clerkknock/clerkknock/cmd/clerkknock/internal/control"
	"github.com/spf13/cobra"
)

func eraseCommand() *cobra.Command {
	var d database
	var yes, asJSON bool
	c := &cobra.Command{
		Use: "erase ENTITY", Short: "Erase what is stored of one person or organization",
		Long: `Erase removes the bodies and headers of all deliveries about a user, and about their sessions,
memberships and messages, done or not, also those in the event log. ENTITY is such as
user/user_2b7… or organization/org_2b7…. That the deliveries have come is remembered. What
is in Knock is not touched.`,
		Example: `  clerkknock events erase user/user_2b7bWxVWuRcB4bJkT5eQGyf9Xj3`,
		Args:    cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			kind, id, ok := strings.Cut(args[0], "/")
			if !ok || kind == "" || id == "" {
				return usagef("ENTITY is such as user/user_2b7… or organization/org_2b7…")
			}
			return d.withBox(c, func(box control.Box) error {
				err := confirm(c, yes, "all that is stored of "+args[0]+" will be erased")
				if errors.Is(err, errNothing) {
					return nil
				}
				if err == nil {
					err = trimmedOrNil(box.Erase(c.Context(), args[0]), "inbox: ")
				}
				switch {
				case err != nil:
					return err
				case asJSON:
					return printJSON(c.OutOrStdout(), map[string]string{"erased": args[0]})
				}
				_, err = fmt.Fprintln(c.OutOrStdout(), args[0], "is erased here")
				return err
			})
		},
	}
	d.flags(c)
	c.Flags().BoolVarP(&yes, "yes", "y", false, "do not ask")
	jsonFlag(c, &asJSON)
	return c
}
