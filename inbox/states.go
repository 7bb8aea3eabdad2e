package inbox

import (
	"fmt"
	"slices"
	"strings"
)

// State is where a delivery stands that is not done.
type State string

// The states of a delivery. One that is done, or thrown away, has none.
const (
	// Waiting is due, or will be in a moment.
	Waiting State = "waiting"
	// Running is being worked on.
	Running State = "running"
	// Retrying has failed for now and waits for its next attempt.
	Retrying State = "retrying"
	// Dead has been given up: it failed for good, or too often.
	Dead State = "dead"
)

// riverStates are what River calls a State.
type riverStates struct {
	state State
	river []string
}

// states are all of them: cancelled is what failed for good, discarded what was tried
// too often.
var states = []riverStates{
	{Waiting, []string{"available", "pending"}},
	{Running, []string{"running"}},
	{Retrying, []string{"retryable", "scheduled"}},
	{Dead, []string{"cancelled", "discarded"}},
}

// riverNames returns what River calls those of the states that are selected.
func riverNames(selected ...State) []string {
	var names []string
	for _, s := range states {
		if slices.Contains(selected, s.state) {
			names = append(names, s.river...)
		}
	}
	return names
}

// isOurs is the condition for a delivery in one of the states.
func isOurs(selected ...State) string {
	names := riverNames(selected...)
	if len(names) == 0 {
		return `1 = 0`
	}
	return `queue = '` + jobQueue + `' AND state IN ('` + strings.Join(names, `', '`) + `')`
}

// stateOf returns the state that River calls so, "" if it is none of ours.
func stateOf(river string) State {
	for _, s := range states {
		if slices.Contains(s.river, river) {
			return s.state
		}
	}
	return ""
}

// StateError is returned for a delivery whose state does not allow what was asked.
type StateError struct {
	// Key is that of the delivery.
	Key string
	// State is the delivery's, "" if it is unknown, done or thrown away.
	State State
}

// Error implements error.
func (e *StateError) Error() string {
	switch e.State {
	case "":
		return fmt.Sprintf("delivery %q is unknown, done or thrown away", e.Key)
	case Running:
		return fmt.Sprintf("delivery %q is running; ask again when it is not", e.Key)
	case Dead:
		return fmt.Sprintf("delivery %q is dead; replay it instead", e.Key)
	}
	return fmt.Sprintf("delivery %q is %s, not dead; hurry it instead", e.Key, e.State)
}
