package clerktest

import (
	"embed"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/clerkknock/clerkknock/clerk"
)

//go:embed fixtures
var fixtures embed.FS

// Types returns the event types that Event knows, those of clerk.Types.
func Types() []string { return clerk.Types() }

// Event returns a complete event of the given type as compact JSON with sorted
// keys, after the edits were made to it in order. The type is a string or one of
// package clerk's constants, such as clerk.UserCreated. The same arguments give the
// same bytes. Event panics if it does not know the type.
func Event[S ~string](eventType S, edits ...Edit) []byte {
	name := string(eventType)
	if !slices.Contains(Types(), name) {
		panic(fmt.Sprintf("clerktest: there is no event of type %q", name))
	}
	file, err := fixtures.ReadFile("fixtures/" + name + ".json")
	if err != nil {
		panic("clerktest: " + err.Error())
	}
	return edited(file, edits)
}

// Captured returns events that Clerk published or sent, by name, with everything
// personal replaced: what the wire looked like in 2022 and in 2025, when some
// fields were not there yet.
func Captured() map[string][]byte { return folder("fixtures/captured") }

// Variants returns events in the shapes that Clerk's sources show beside those of
// Event, by name: times in seconds, billing as in Clerk's TypeScript types, fields
// in two places or under two names.
func Variants() map[string][]byte { return folder("fixtures/variants") }

func folder(name string) map[string][]byte {
	entries, err := fixtures.ReadDir(name)
	if err != nil {
		panic("clerktest: " + err.Error())
	}
	events := make(map[string][]byte, len(entries))
	for _, entry := range entries {
		file, err := fixtures.ReadFile(path.Join(name, entry.Name()))
		if err != nil {
			panic("clerktest: " + err.Error())
		}
		events[strings.TrimSuffix(entry.Name(), ".json")] = edited(file, nil)
	}
	return events
}

func edited(file []byte, edits []Edit) []byte {
	body, err := Apply(file, edits...)
	if err != nil {
		panic(err)
	}
	return body
}
