package mappingtest

import (
	"os"
	"testing"

	"github.com/clerkknock/clerkknock"
)

// UpdateVariable is the environment variable with which Golden writes its files
// instead of comparing: UPDATE_GOLDEN=1 go test ./...
const UpdateVariable = "UPDATE_GOLDEN"

// Golden compares what the mapper plans for the sample of each event with the files
// in a folder, EVENT.json, and fails the test where they differ: a change of the table
// is reviewed as a change of these files. A file that is missing, or belongs to an event
// that is not mapped any more, fails it too. Programs use Compare and Write.
func Golden(t testing.TB, m *clerkknock.Mapper, dir string) {
	t.Helper()
	if os.Getenv(UpdateVariable) != "" {
		if _, err := Write(t.Context(), m, dir); err != nil {
			t.Fatal(err)
		}
		return
	}
	differences, err := Compare(t.Context(), m, dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range differences {
		switch {
		case d.Got == nil:
			t.Errorf("%s: nothing is mapped to %s any more; %s=1 removes the file", d.File, d.Event, UpdateVariable)
		case d.Want == nil:
			t.Errorf("%s is missing; %s=1 writes it", d.File, UpdateVariable)
		default:
			t.Errorf("%s differs; if the change is meant, write it with %s=1 and read the diff\ngot:\n%s\nwant:\n%s",
				d.File, UpdateVariable, d.Got, d.Want)
		}
	}
}
