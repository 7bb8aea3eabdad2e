package console

import (
	"errors"
	"regexp"
	"slices"
	"strings"

	"github.com/clerkknock/clerkknock"
)

// writable is the table as text that can be edited, and what of it no text can hold, each
// with the reason.
func writable(table []clerkknock.Mapping) (text string, kept []string) {
	raw, err := clerkknock.WriteMappings(table)
	return string(raw), errorLines(err)
}

// changedTable is the table in force with what a text says in place of what a text can
// hold. What lives in code stays, at its place.
func changedTable(inForce *clerkknock.Mapper, text []byte, environment string) (*clerkknock.Mapper, error) {
	table, err := clerkknock.ReadMappings(text, environment)
	if err != nil {
		return nil, err
	}
	var ids []string
	for i, m := range inForce.Mappings() {
		ids = append(ids, m.ID)
		if _, err := clerkknock.WriteMappings([]clerkknock.Mapping{m}); err != nil {
			table = slices.Insert(table, min(i, len(table)), m)
		}
	}
	changed := inForce.Without(ids...).With(table...)
	return changed, changed.Err()
}

// mistake is what is wrong in a table, and where.
type mistake struct{ Line, Column, Text string }

var placed = regexp.MustCompile(`^(\d+):(\d+): `)

func mistakesIn(err error) []mistake {
	var all []mistake
	for _, text := range errorLines(err) {
		if at := placed.FindStringSubmatch(text); at != nil {
			all = append(all, mistake{at[1], at[2], strings.TrimPrefix(text, at[0])})
		} else {
			all = append(all, mistake{Text: text})
		}
	}
	return all
}

// maxErrors bounds how many errors a page lists.
const maxErrors = 50

// errorLines are the errors that were joined into one.
func errorLines(err error) []string {
	if err == nil {
		return nil
	}
	all := []error{err}
	var joined interface{ Unwrap() []error }
	if errors.As(err, &joined) {
		all = joined.Unwrap()
	}
	var lines []string
	for i, err := range all {
		if i == maxErrors {
			return append(lines, "… and "+number(len(all)-i)+" more")
		}
		lines = append(lines, clip(err.Error()))
	}
	return lines
}
