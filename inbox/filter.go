package inbox

import (
	"fmt"
	"math"
	"slices"
	"time"
)

// Filter selects deliveries that are unfinished or dead. The zero value selects all.
type Filter struct {
	// States are those in one of which a delivery is. Empty means any.
	States []State
	// Period is when a delivery died, or was put if it is not dead.
	Period Period
}

// Period is a time from From on and before To, by the database's clock, which is kept
// to the millisecond. A zero time is no limit.
type Period struct{ From, To time.Time }

// millis returns the period in whole Unix milliseconds: the first that is in it, and
// the first that is behind it.
func (p Period) millis() (from, to int64) {
	from, to = math.MinInt64, math.MaxInt64
	if !p.From.IsZero() {
		from = ceil(p.From)
	}
	if !p.To.IsZero() {
		to = ceil(p.To)
	}
	return from, to
}

func ceil(t time.Time) int64 { return t.Add(time.Millisecond - 1).UnixMilli() }

// since is the time by which a Period selects and a listing is ordered.
const since = `coalesce({finalized_ms}, {created_ms})`

// where returns the filter as a condition with two parameters, for those in one of
// the states that are allowed.
func (f Filter) where(allowed ...State) (condition string, args []any, err error) {
	for _, state := range f.States {
		if len(riverNames(state)) == 0 {
			return "", nil, fmt.Errorf("Filter.States holds %q; there are waiting, running, retrying and dead", state)
		}
	}
	if len(f.States) > 0 {
		// Not in place: the caller keeps its list.
		allowed = slices.DeleteFunc(slices.Clone(allowed), func(s State) bool { return !slices.Contains(f.States, s) })
	}
	from, to := f.Period.millis()
	return isOurs(allowed...) + ` AND ` + since + ` >= $1 AND ` + since + ` < $2`, []any{from, to}, nil
}
