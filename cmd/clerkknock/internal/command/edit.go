package command

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/clerkknock/clerkknock/cmd/clerkknock/internal/settings"
)

// editBody lets a person edit a body, in a file that only they can read.
func editBody(ctx context.Context, body []byte) ([]byte, error) {
	editor := cmp.Or(os.Getenv("VISUAL"), os.Getenv("EDITOR"))
	if editor == "" {
		return nil, usagef("--edit needs an editor; set EDITOR, or change the event with --set")
	}
	var pretty bytes.Buffer
	if err := json.Indent(&pretty, body, "", "  "); err != nil {
		return nil, errors.New("the event is not JSON, and cannot be edited as that")
	}
	dir, err := os.MkdirTemp("", "clerkknock")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "event.json")
	if err := os.WriteFile(file, pretty.Bytes(), 0o600); err != nil {
		return nil, err
	}
	// An editor may be named with arguments, which is for a shell to take apart.
	command := exec.CommandContext(ctx, "sh", "-c", editor+` "$1"`, "sh", file)
	command.Stdin, command.Stdout, command.Stderr = os.Stdin, os.Stderr, os.Stderr
	if err := command.Run(); err != nil {
		return nil, fmt.Errorf("the editor has failed: %w", err)
	}
	edited, err := settings.ReadFile(file, settings.MaxFile)
	if err != nil {
		return nil, err
	}
	var compact bytes.Buffer
	if err := json.Compact(&compact, edited); err != nil {
		return nil, errors.New("the edited event is not JSON; nothing is sent")
	}
	return compact.Bytes(), nil
}
