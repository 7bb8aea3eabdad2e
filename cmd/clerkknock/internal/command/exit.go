package command

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"
)

const (
	codeFailed      = 1
	codeUsage       = 2
	codeDiffers     = 3
	codeInterrupted = 130 // 128 and SIGINT, as a shell has it
)

// errQuiet ends a command that has said itself what is wrong.
var errQuiet = errors.New("said already")

// errDiffers is errQuiet for what differs from what it is compared with.
var errDiffers = fmt.Errorf("it differs: %w", errQuiet)

// usageError is a mistake in how a command was called.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

func usagef(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// begun marks a command whose flags and arguments were right.
const begun = "begun"

// begin notes on the root that a command has begun: whatever is wrong before that is a
// mistake in how it was called.
func begin(c *cobra.Command) {
	root := c.Root()
	if root.Annotations == nil {
		root.Annotations = map[string]string{}
	}
	root.Annotations[begun] = c.Name()
}

func exitCode(ctx context.Context, root *cobra.Command, err error) int {
	var usage usageError
	switch {
	case err == nil:
		return 0
	case errors.Is(err, errDiffers):
		return codeDiffers
	case root.Annotations[begun] == "", errors.As(err, &usage):
		return codeUsage
	case ctx.Err() != nil:
		return codeInterrupted
	}
	return codeFailed
}
