package knocktest

import (
	"maps"
	"time"
)

// maxUpdated is when the times of old updates are cleared out.
const maxUpdated = 10_000

// limits counts what happens in each second of the clock.
type limits struct {
	windows map[*route]window
	updated map[Ref]time.Time
}

type window struct {
	second int64
	count  int
}

func newLimits() limits {
	return limits{windows: map[*route]window{}, updated: map[Ref]time.Time{}}
}

// allow counts a request against its endpoint's tier: so many in one second of
// the clock. Which algorithm Knock uses is not documented; this is the literal
// reading of its "requests per second".
func (l limits) allow(rt *route, now time.Time) bool {
	w := l.windows[rt]
	if second := now.Unix(); w.second != second {
		w = window{second: second}
	}
	w.count++
	l.windows[rt] = w
	return w.count <= rt.tier
}

// allowUpdate tells whether a bulk call may update an entity: once in a second.
// https://docs.knock.app/api-reference/overview/rate-limits
func (l limits) allowUpdate(ref Ref, now time.Time) bool {
	if last, ok := l.updated[ref]; ok && now.Sub(last) < time.Second {
		return false
	}
	if len(l.updated) >= maxUpdated {
		maps.DeleteFunc(l.updated, func(_ Ref, last time.Time) bool { return now.Sub(last) >= time.Second })
	}
	l.updated[ref] = now
	return true
}
