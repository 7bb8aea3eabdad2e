package command

import (
	"bufio"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

// errNothing ends a command that nothing is to be done in after all.
var errNothing = errors.New("nothing was done")

// confirm asks a person whether something is to be done. Where nobody can be asked it
// takes a --yes.
func confirm(c *cobra.Command, yes bool, what string) error {
	if yes {
		return nil
	}
	in := c.InOrStdin()
	if !isTerminal(in) {
		return usagef("%s; there is no terminal to ask at: add --yes", what)
	}
	fmt.Fprintf(c.ErrOrStderr(), "%s. Go on? [y/N] ", what)
	line, err := bufio.NewReader(interruptible(c.Context(), in)).ReadString('\n')
	if c.Context().Err() != nil {
		return c.Context().Err()
	}
	if answer := strings.ToLower(strings.TrimSpace(line)); err == nil && (answer == "y" || answer == "yes") {
		return nil
	}
	return errNothing
}
