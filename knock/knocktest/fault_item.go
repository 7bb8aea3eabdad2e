package knocktest

import "slices"

// itemFaults are the failures to come of single items of bulk operations.
type itemFaults struct{ all []*itemFault }

type itemFault struct{ fails func(item Ref) bool }

// FailItems makes those items of bulk operations fail for which fails returns true,
// whatever is in them: they are error items, which name an ID and a collection and no
// reason, and have no effect. The single call for the same item is not touched: that is
// how its reason is learnt. fails is called once for each item, in order, and must not
// call the API. The returned function takes it back; Heal does not.
func (a *API) FailItems(fails func(item Ref) bool) (stop func()) {
	added := &itemFault{fails}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.bulk.fails.all = append(a.bulk.fails.all, added)
	return func() {
		a.mu.Lock()
		defer a.mu.Unlock()
		a.bulk.fails.all = slices.DeleteFunc(a.bulk.fails.all, func(f *itemFault) bool { return f == added })
	}
}

func (f *itemFaults) hit(item Ref) bool {
	return slices.ContainsFunc(f.all, func(f *itemFault) bool { return f.fails(item) })
}
