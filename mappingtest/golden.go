package mappingtest

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/clerk/clerktest"
)

// UpdateVariable is the environment variable with which Golden writes its files
// instead of comparing: UPDATE_GOLDEN=1 go test ./...
const UpdateVariable = "UPDATE_GOLDEN"

// Golden compares what the mapper plans for the sample of each event with the files
// in a folder, EVENT.json, and fails the test where they differ: a change of the table
// is reviewed as a change of these files. A file that is missing, or belongs to an event
// that is not mapped any more, fails it too.
func Golden(t testing.TB, m *clerkknock.Mapper, dir string) {
	t.Helper()
	update := os.Getenv(UpdateVariable) != ""
	if update {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatalf("mappingtest: %v", err)
		}
	}
	var written []string
	for _, eventType := range clerktest.Types() {
		steps, err := m.Rehearse(t.Context(), sample(clerktest.Event(eventType)))
		if err != nil {
			t.Fatalf("mappingtest: %s: %v", eventType, err)
		}
		if len(steps) == 0 {
			continue
		}
		name := eventType + ".json"
		written = append(written, name)
		compare(t, filepath.Join(dir, name), encode(t, steps), update)
	}
	left, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil {
		t.Fatalf("mappingtest: %v", err)
	}
	for _, path := range left {
		switch {
		case slices.Contains(written, filepath.Base(path)):
		case update:
			if err := os.Remove(path); err != nil {
				t.Fatalf("mappingtest: %v", err)
			}
		default:
			t.Errorf("%s: nothing is mapped to %s any more; %s=1 removes the file",
				path, strings.TrimSuffix(filepath.Base(path), ".json"), UpdateVariable)
		}
	}
}

func encode(t testing.TB, steps []clerkknock.Step) []byte {
	t.Helper()
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(steps); err != nil {
		t.Fatalf("mappingtest: %v", err)
	}
	return b.Bytes()
}

func compare(t testing.TB, path string, got []byte, update bool) {
	t.Helper()
	if update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatalf("mappingtest: %v", err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Errorf("%v; %s=1 writes it", err, UpdateVariable)
		return
	}
	if !bytes.Equal(want, got) {
		t.Errorf("%s differs; if the change is meant, write it with %s=1 and read the diff\ngot:\n%s\nwant:\n%s",
			path, UpdateVariable, got, want)
	}
}
