package whatif

// Kind is how a step differs between the two tables.
type Kind string

// The kinds, in the order in which a Result lists them.
const (
	// Added is a call that only the changed table makes.
	Added Kind = "added"
	// Changed is a call of both tables with other parameters.
	Changed Kind = "changed"
	// Moved is a call of both tables that was behind another of its event and is before
	// it now.
	Moved Kind = "moved"
	// Dropped is a call that only the table in force makes.
	Dropped Kind = "dropped"
	// Fails is a step that could be planned and fails by the changed table.
	Fails Kind = "fails"
	// Recovers is a step that fails by the table in force and does not any more.
	Recovers Kind = "recovers"
	// Reason is a step that both tables skip, each for another reason.
	Reason Kind = "reason"
)

var kinds = []Kind{Added, Changed, Moved, Dropped, Fails, Recovers, Reason}

// kind says how the two sides of a pair differ, "" if they do not.
func (p pair) kind() Kind {
	b, a := p.before, p.after
	switch {
	case b.fails() && a.fails():
		return ""
	case a.fails():
		return Fails
	case b.fails():
		return Recovers
	case a.calls() && b.calls() && a.call != b.call:
		return Changed
	case a.calls() && b.calls():
		return ""
	case a.calls():
		return Added
	case b.calls():
		return Dropped
	case a != nil && b != nil && a.Skip != b.Skip:
		return Reason
	}
	return ""
}
