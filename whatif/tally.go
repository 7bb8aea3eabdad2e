package whatif

import (
	"cmp"
	"slices"

	"github.com/clerkknock/clerkknock/clerk"
)

// tally counts what differs. It has a row for what the tables can differ in, however many
// deliveries there are.
type tally struct {
	config Config
	result Result
	rows   map[row]*Change
}

type row struct {
	event, mapping string
	kind           Kind
}

func newTally(c Config) *tally { return &tally{config: c, rows: map[row]*Change{}} }

func (t *tally) unreadable(reason string) {
	if t.result.Unreadable == nil {
		t.result.Unreadable = map[string]int{}
	}
	t.result.Unreadable[reason]++
}

// compare counts one event.
func (t *tally) compare(e clerk.Envelope, before, after plan) {
	t.result.Events++
	if len(before.steps)+len(after.steps) == 0 {
		t.result.Unmapped++
	}
	all := pairs(before, after)
	moved := moved(all, after)
	unchanged := true
	for _, p := range all {
		kind := p.kind()
		if kind == "" && moved[p] {
			kind = Moved
		}
		if kind != "" {
			unchanged = false
			t.add(e, p, kind)
		}
	}
	if unchanged {
		t.result.Unchanged++
	}
}

func (t *tally) add(e clerk.Envelope, p pair, kind Kind) {
	key := row{e.Type, p.mapping(), kind}
	change := t.rows[key]
	if change == nil {
		change = &Change{Event: key.event, Mapping: key.mapping, Kind: kind}
		t.rows[key] = change
	}
	change.Count++
	var differs []string
	if kind == Changed {
		differs = differing(p.before, p.after)
	}
	for _, name := range differs {
		if change.Differs == nil {
			change.Differs = map[string]int{}
		}
		change.Differs[name]++
	}
	if len(change.Examples) < t.config.Examples {
		change.Examples = append(change.Examples, newExample(e.ID, p, differs, t.config.HideValues))
	}
}

// finish returns the Result with its rows in order.
func (t *tally) finish() Result {
	changes := make([]Change, 0, len(t.rows))
	for _, c := range t.rows {
		changes = append(changes, *c)
	}
	slices.SortFunc(changes, func(a, b Change) int {
		return cmp.Or(cmp.Compare(a.Event, b.Event), cmp.Compare(a.Mapping, b.Mapping),
			cmp.Compare(slices.Index(kinds, a.Kind), slices.Index(kinds, b.Kind)))
	})
	t.result.Changes = changes
	return t.result
}

// mapping is the ID that a pair is counted under.
func (p pair) mapping() string {
	for _, s := range []*step{p.after, p.before} {
		if s != nil && s.Mapping != "" {
			return s.Mapping
		}
	}
	return ""
}

// moved finds the calls that are before one now that they were behind. Handlers run
// beside the others, in no order.
func moved(all []pair, after plan) map[pair]bool {
	found := map[pair]bool{}
	last := -1
	for _, p := range all {
		if !p.before.calls() || !p.after.calls() || p.after.isHandler() {
			continue
		}
		at := slices.Index(after.steps, p.after)
		found[p] = at < last
		last = max(last, at)
	}
	return found
}
