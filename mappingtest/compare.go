package mappingtest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/clerk/clerktest"
)

// Difference is a golden file that is not as the mapper would have it.
type Difference struct {
	// File is the path of the file, and Event the type that it is about.
	File, Event string
	// Want is what the file holds, nil if there is none, and Got what the mapper plans,
	// nil if nothing is mapped to the event.
	Want, Got []byte
}

// Compare returns how the golden files in a folder differ from what the mapper plans, in
// the order of clerktest.Types; files of events that nothing is mapped to come last. It
// is Golden for a program.
func Compare(ctx context.Context, m *clerkknock.Mapper, dir string) ([]Difference, error) {
	plans, err := plansOf(ctx, m)
	if err != nil {
		return nil, err
	}
	var found []Difference
	known := map[string]bool{}
	for _, plan := range plans {
		d := Difference{File: filepath.Join(dir, plan.event+".json"), Event: plan.event, Got: plan.text}
		known[d.File] = true
		d.Want, err = os.ReadFile(d.File)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("mappingtest: %w", err)
		}
		if !bytes.Equal(d.Want, d.Got) {
			found = append(found, d)
		}
	}
	for _, eventType := range clerktest.Types() { // whatever else is in the folder is the host's own
		file := filepath.Join(dir, eventType+".json")
		if known[file] {
			continue
		}
		want, err := os.ReadFile(file)
		switch {
		case err == nil:
			found = append(found, Difference{File: file, Event: eventType, Want: want})
		case !errors.Is(err, fs.ErrNotExist):
			return nil, fmt.Errorf("mappingtest: %w", err)
		}
	}
	return found, nil
}

// Write makes the golden files in a folder what the mapper plans, and returns what was
// different. The folder is made if there is none, and a file of an event that nothing
// is mapped to is removed; other files are left alone.
func Write(ctx context.Context, m *clerkknock.Mapper, dir string) ([]Difference, error) {
	differences, err := Compare(ctx, m, dir)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("mappingtest: %w", err)
	}
	for _, d := range differences {
		if d.Got == nil {
			err = os.Remove(d.File)
		} else {
			err = os.WriteFile(d.File, d.Got, 0o644)
		}
		if err != nil {
			return nil, fmt.Errorf("mappingtest: %w", err)
		}
	}
	return differences, nil
}

// plan is what a mapper plans for the sample of an event, as it stands in a file.
type plan struct {
	event string
	text  []byte
}

func plansOf(ctx context.Context, m *clerkknock.Mapper) ([]plan, error) {
	var plans []plan
	for _, eventType := range clerktest.Types() {
		steps, err := m.Rehearse(ctx, sample(clerktest.Event(eventType)))
		if err != nil {
			return nil, fmt.Errorf("mappingtest: %s: %w", eventType, err)
		}
		if len(steps) == 0 {
			continue
		}
		var b bytes.Buffer
		enc := json.NewEncoder(&b)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", "  ")
		if err := enc.Encode(steps); err != nil {
			return nil, fmt.Errorf("mappingtest: %s: %w", eventType, err)
		}
		plans = append(plans, plan{eventType, b.Bytes()})
	}
	return plans, nil
}
