package ledger

import "time"

// Version orders the events of one entity.
type Version struct {
	// Time is when the state that the event tells of came to be. The zero time
	// means that the event does not say.
	Time time.Time
	// Event is when the event itself happened, which decides where Time is equal or
	// missing. The zero time means that the event does not say.
	Event time.Time
	// Deleted marks the end of the entity, a tombstone.
	Deleted bool
}

// IsZero reports whether there is no version.
func (v Version) IsZero() bool { return v.Time.IsZero() && v.Event.IsZero() }

// NewerThan reports whether an event of version v makes one of version w out of
// date. Time decides if both have one. Nothing that happened at the time of a
// deletion outlives it. Otherwise Event decides. Versions that are equal in all of
// that are equally new.
func (v Version) NewerThan(w Version) bool {
	if v.IsZero() || w.IsZero() {
		return !v.IsZero()
	}
	timed := !v.Time.IsZero() && !w.Time.IsZero()
	if timed && !v.Time.Equal(w.Time) {
		return v.Time.After(w.Time)
	}
	if timed && v.Deleted != w.Deleted {
		return v.Deleted
	}
	a, b := v.moment(), w.moment()
	if a.Equal(b) || timed && (v.Event.IsZero() || w.Event.IsZero()) {
		return v.Deleted && !w.Deleted
	}
	return a.After(b)
}

// moment is the last thing that is known to have happened: a deletion counts to the
// end of its second, which its Event does not.
func (v Version) moment() time.Time {
	if v.Time.After(v.Event) {
		return v.Time
	}
	return v.Event
}
