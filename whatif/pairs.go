package whatif

import "slices"

// pair is a step of the table in force beside what the changed one makes of it. Either
// may be nil: the table plans nothing there.
type pair struct{ before, after *step }

// keys say by what calls find each other, the surest way first: the same call of the
// same step, the same call, the same step on the same thing, the same action on the
// same thing. Handlers have nothing but their ID.
var keys = []func(s *step) string{
	func(s *step) string { return s.ID + " " + s.call },
	func(s *step) string { return s.call },
	func(s *step) string { return s.ID + " " + s.aim },
	func(s *step) string { return s.aim },
}

// pairs finds for each step of two plans its counterpart in the other. Pairs of calls
// come first, in the order of the plan before.
func pairs(before, after plan) []pair {
	counterpart := map[*step]*step{}
	for _, key := range keys {
		for b, a := range meet(before.steps, after.steps, key) {
			counterpart[b] = a
		}
	}
	var all []pair
	for _, b := range before.steps {
		if a := counterpart[b]; a != nil {
			all = append(all, pair{b, a})
		}
	}
	// What is left meets what the other table says instead of calling: calls first, so
	// that a word which was said about them is not counted for itself.
	for _, calls := range []bool{true, false} {
		for _, b := range before.steps {
			if !b.paired && b.calls() == calls {
				all = append(all, pair{b, after.instead(b)})
				b.paired = true
			}
		}
		for _, a := range after.steps {
			if !a.paired && a.calls() == calls {
				all = append(all, pair{before.instead(a), a})
				a.paired = true
			}
		}
	}
	return all
}

// meet pairs the calls that have the same key and are not paired yet, in order.
func meet(before, after []*step, key func(s *step) string) map[*step]*step {
	waiting := map[string][]*step{}
	for _, a := range after {
		if k := key(a); k != "" && a.calls() && !a.paired {
			waiting[k] = append(waiting[k], a)
		}
	}
	met := map[*step]*step{}
	for _, b := range before {
		k := key(b)
		if k == "" || !b.calls() || b.paired || len(waiting[k]) == 0 {
			continue
		}
		met[b], waiting[k] = waiting[k][0], waiting[k][1:]
		b.paired, met[b].paired = true, true
	}
	return met
}

// instead returns the step by which the plan says why it makes no call in the place of
// another plan's step: the one with the same ID, that of the whole mapping, or that of
// the whole event. Nil if there is none.
func (p plan) instead(of *step) *step {
	for _, id := range []string{of.ID, of.Mapping} {
		i := slices.IndexFunc(p.steps, func(s *step) bool { return !s.calls() && s.ID == id })
		if i >= 0 {
			p.steps[i].paired = true
			return p.steps[i]
		}
	}
	if p.failed {
		p.steps[0].paired = true
		return p.steps[0]
	}
	return nil
}
