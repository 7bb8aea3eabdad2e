package command

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/clerkknock/clerkknock/clerk"
	"github.com/clerkknock/clerkknock/clerk/clerktest"
	"github.com/clerkknock/clerkknock/cmd/clerkknock/internal/settings"
	"github.com/spf13/cobra"
)

// event is an event that a command is to be about: a sample, or a file, with changes.
type event struct {
	eventType       string
	file            string
	set, add, unset []string
	edit            bool
}

func (e *event) flags(c *cobra.Command) {
	f := c.Flags()
	f.StringVarP(&e.file, "file", "f", "", `a file with the body of an event, "-" for standard input`)
	f.StringArrayVar(&e.set, "set", nil, "change a value: data.first_name=Ada (may be repeated)")
	f.StringArrayVar(&e.add, "add", nil, "add a value: data.public_metadata.plan=pro (may be repeated)")
	f.StringArrayVar(&e.unset, "unset", nil, "remove a value: data.username (may be repeated)")
	f.BoolVar(&e.edit, "edit", false, "edit the body in $VISUAL or $EDITOR before it is used")
}

func (e *event) check() error {
	switch {
	case e.eventType == "" && e.file == "":
		return usagef(`name an event type such as user.created, or a --file`)
	case e.eventType != "" && e.file != "":
		return usagef("name an event type or a --file, not both")
	case e.eventType != "" && !slices.Contains(clerk.Types(), e.eventType):
		return usagef("there is no sample of %q; there are %s", e.eventType, strings.Join(clerk.Types(), ", "))
	}
	_, err := e.edits()
	return err
}

// body is the event's, dated now if it is a sample and dated is asked for.
func (e *event) body(c *cobra.Command, dated bool) ([]byte, error) {
	edits, err := e.edits()
	if err != nil {
		return nil, err
	}
	var body []byte
	if e.file != "" {
		if body, err = settings.ReadFile(e.file, settings.MaxFile); err != nil {
			return nil, fmt.Errorf("cannot read the event: %w", err)
		}
	} else {
		body = clerktest.Event(e.eventType)
		if dated {
			edits = append([]clerktest.Edit{clerktest.At(time.Now())}, edits...)
		}
	}
	if len(edits) > 0 {
		if body, err = clerktest.Apply(body, edits...); err != nil {
			text := strings.TrimPrefix(err.Error(), "clerktest: ")
			return nil, usagef("%s; --add adds what is not there", text)
		}
	}
	if e.edit {
		return editBody(c.Context(), body)
	}
	return body, nil
}

func (e *event) edits() ([]clerktest.Edit, error) {
	var edits []clerktest.Edit
	for _, of := range []struct {
		flag string
		args []string
		edit func(path string, value any) clerktest.Edit
	}{{"--set", e.set, clerktest.Replace}, {"--add", e.add, clerktest.Set}} {
		for _, arg := range of.args {
			path, text, ok := strings.Cut(arg, "=")
			if !ok || path == "" {
				return nil, usagef("%s takes path=value, such as data.first_name=Ada", of.flag)
			}
			edits = append(edits, of.edit(path, value(text)))
		}
	}
	for _, path := range e.unset {
		edits = append(edits, clerktest.Delete(path))
	}
	return edits, nil
}

// value is JSON, or else text.
func value(text string) any {
	if json.Valid([]byte(text)) {
		return json.RawMessage(text)
	}
	return text
}
