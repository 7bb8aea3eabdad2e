package console

import (
	"fmt"
	"time"
)

// when is a time as a page shows it: how long ago in words, and exactly on demand.
type when struct {
	Ago, UTC, Machine string
}

// IsZero reports whether the time is unknown.
func (w when) IsZero() bool { return w.Machine == "" }

func (c *console) when(t time.Time) when {
	if t.IsZero() {
		return when{}
	}
	t = t.UTC()
	return when{ago(c.config.Now().Sub(t)), t.Format("2006-01-02 15:04:05.000 UTC"), t.Format(time.RFC3339Nano)}
}

// ago says how long ago something was, or how long it still takes.
func ago(d time.Duration) string {
	switch {
	case d < -time.Second:
		return "in " + span(-d)
	case d < time.Second:
		return "just now"
	}
	return span(d) + " ago"
}

// span is a duration in one unit.
func span(d time.Duration) string {
	switch {
	case d < time.Second:
		return took(d)
	case d < 2*time.Minute:
		return fmt.Sprintf("%d s", d/time.Second)
	case d < 2*time.Hour:
		return fmt.Sprintf("%d min", d/time.Minute)
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h", d/time.Hour)
	}
	return fmt.Sprintf("%d days", d/(24*time.Hour))
}

// took is how long something took, to the millisecond.
func took(d time.Duration) string {
	switch {
	case d < time.Millisecond:
		return "under 1 ms"
	case d < time.Second:
		return fmt.Sprintf("%d ms", d/time.Millisecond)
	case d < 10*time.Second:
		return fmt.Sprintf("%.1f s", d.Seconds())
	}
	return span(d)
}
