// Package command is the command line: what can be typed, and what is printed.
package command

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"github.com/spf13/cobra"
)

// Main runs what the arguments of the program ask for and returns the exit code.
func Main() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends it at once
	root := Root()
	err := root.ExecuteContext(ctx)
	code := exitCode(ctx, root, err)
	if err == nil || errors.Is(err, errQuiet) {
		return code
	}
	if code == codeInterrupted {
		fmt.Fprintln(os.Stderr, "clerkknock: interrupted")
		return code
	}
	fmt.Fprintln(os.Stderr, "clerkknock:", err)
	if code == codeUsage {
		fmt.Fprintln(os.Stderr, `Try "clerkknock help", or --help behind the command.`)
	}
	return code
}

// Root returns the whole tree of commands.
func Root() *cobra.Command {
	root := &cobra.Command{
		Use:   "clerkknock",
		Short: "Take Clerk's webhooks and run them against Knock",
		Long: `clerkknock takes Clerk's webhooks, verifies them, and turns them into calls of Knock's API.

Secrets come from the environment or from files, never from arguments, which every
process of the machine can read:

  CLERK_WEBHOOK_SIGNING_SECRET  of the Clerk endpoint, several separated by commas
  KNOCK_API_KEY                 a secret key (sk_…) of the Knock environment to write to
  KNOCK_BASE_URL                of an API other than Knock's own
  DATABASE_URL                  of a PostgreSQL; without it, deliveries are in a SQLite file

Each has a twin that ends in _FILE and names a file with the value.

Exit codes: 0 done, 1 failed, 2 used wrongly, 3 something differs, 130 interrupted.`,
		Example: `  clerkknock dev                        # everything on this machine, no account
  clerkknock send user.created          # a signed event to what is running
  clerkknock rehearse user.created      # what would that do in Knock?
  clerkknock serve                      # the real thing`,
		Version:       version(),
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.NoArgs,
		RunE:          func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	root.PersistentPreRun = func(c *cobra.Command, _ []string) { begin(c) }
	root.AddGroup(
		&cobra.Group{ID: "try", Title: "Try it out:"},
		&cobra.Group{ID: "run", Title: "Run it:"},
		&cobra.Group{ID: "look", Title: "Look and mend:"},
	)
	root.AddCommand(
		sendCommand(), rehearseCommand(), mappingsCommand(), devCommand(),
		serveCommand(),
		eventsCommand(), verifyCommand(), doctorCommand(),
	)
	return root
}

// version is that of the module, as go install has it.
func version() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(unknown)"
}

// group is a command that has others.
func group(use, id, short, long string, commands ...*cobra.Command) *cobra.Command {
	g := &cobra.Command{
		Use: use, GroupID: id, Short: short, Long: long,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) > 0 {
				return fmt.Errorf("there is no command %q in %q", args[0], c.CommandPath())
			}
			return errors.New(c.CommandPath() + " needs a command")
		},
		RunE: func(*cobra.Command, []string) error { return nil },
	}
	g.AddCommand(commands...)
	return g
}
