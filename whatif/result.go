package whatif

// Result tells what would differ. Encoded as JSON it is complete; printed and logged it
// shows counts, and of the examples nothing.
type Result struct {
	// Events is how many deliveries were events and were compared.
	Events int `json:"events"`
	// Unchanged is how many of the events both tables plan the same for.
	Unchanged int `json:"unchanged"`
	// Unmapped is how many of those that are unchanged no table has a mapping for.
	Unmapped int `json:"unmapped"`
	// Unreadable is how many deliveries were no events, by the reason.
	Unreadable map[string]int `json:"unreadable,omitempty"`
	// Changes are sorted by event, mapping and kind.
	Changes []Change `json:"changes"`
}

// Change is one kind of difference in the steps of one mapping.
type Change struct {
	// Event is the type of the events.
	Event string `json:"event"`
	// Mapping is the mapping's ID: in the changed table, or in the one in force if the
	// other plans nothing there. It is empty where the event could not be planned at
	// all, as by a Preprocess hook that fails, and the other table plans nothing either.
	Mapping string `json:"mapping"`
	Kind    Kind   `json:"kind"`
	// Count is how many steps differ so. An event may have several.
	Count int `json:"count"`
	// Differs has the names of the parameters that differ, each with the number of
	// steps. Only calls that have Changed have them.
	Differs map[string]int `json:"differs,omitempty"`
	// Examples are the first of the steps.
	Examples []Example `json:"examples,omitempty"`
}

// Count returns how many steps differ in one of these ways, or at all if none is named.
func (r Result) Count(kinds ...Kind) int {
	n := 0
	for _, c := range r.Changes {
		if len(kinds) == 0 {
			n += c.Count
		}
		for _, k := range kinds {
			if c.Kind == k {
				n += c.Count
			}
		}
	}
	return n
}
