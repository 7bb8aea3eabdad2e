package knock

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/clerkknock/clerkknock"
)

// segment is one checked part of a path.
type segment struct {
	text string
	err  error
}

// id checks a parameter that becomes part of a path. IDs come out of payloads and are
// attacker text: "." and ".." survive escaping and would address another
// resource, and so they would between slashes, behind a proxy that unescapes.
func id(a clerkknock.Action, name string) segment {
	text := a.Text(name)
	dots := func(part string) bool { return part == "." || part == ".." }
	slash := func(r rune) bool { return r == '/' || r == '\\' }
	switch {
	case text == "":
		return segment{err: fmt.Errorf("parameter %q is empty", name)}
	case strings.Contains(text, ".") && slices.ContainsFunc(strings.FieldsFunc(text, slash), dots):
		return segment{err: fmt.Errorf(`parameter %q holds "." or ".." as a part of a path`, name)}
	case utf8.RuneCountInString(text) > 256:
		return segment{err: fmt.Errorf("parameter %q is longer than 256 characters", name)}
	}
	return segment{text: url.PathEscape(text)}
}

// userID is id with what Knock forbids in the IDs of users:
// https://docs.knock.app/concepts/users.
func userID(a clerkknock.Action, name string) segment {
	if strings.ContainsAny(a.Text(name), "/#") {
		return segment{err: fmt.Errorf(`parameter %q holds "/" or "#", which Knock does not allow in a user ID`, name)}
	}
	return id(a, name)
}

func path(resource string, segments ...segment) (string, error) {
	parts := append(make([]string, 0, 6), "/v1", resource) // no path has more
	for _, s := range segments {
		if s.err != nil {
			return "", s.err
		}
		parts = append(parts, s.text)
	}
	return strings.Join(parts, "/"), nil
}

// query is the query of a flag, if it is set.
func query(a clerkknock.Action, flag string) string {
	if string(a.Params[flag]) == "true" {
		return "?" + flag + "=true"
	}
	return ""
}
