package console

import (
	"encoding/json"
	"log/slog"
	"maps"
	"net/http"
	"slices"

	"github.com/clerkknock/clerkknock/whatif"
)

// tried is what a changed table would do otherwise.
type tried struct {
	whatif.Result
	// Looked is how many events there were to look at, Oldest when the oldest of them came,
	// and More that there are older ones.
	Looked int
	Oldest when
	More   bool
	// TookTooLong says that it was given up before the end.
	TookTooLong bool
	Unread      []unread
	// Totals are the numbers by kind, and Differing what they are made of.
	Totals    []total
	Differing []triedEvent
}

type total struct {
	Kind  whatif.Kind
	Steps int
}

type unread struct {
	Reason string
	Events int
}

// triedEvent is what differs in the events of one type.
type triedEvent struct {
	Type    string
	Changes []triedChange
}

type triedChange struct {
	Mapping string
	Kind    whatif.Kind
	// Says is what the kind means.
	Says     string
	Steps    int
	Differs  []string
	Examples []triedExample
}

type triedExample struct {
	Delivery      string
	Before, After []line
}

// kinds are those of a difference, in the order in which they are told.
var kinds = []whatif.Kind{
	whatif.Added, whatif.Changed, whatif.Moved, whatif.Dropped, whatif.Fails, whatif.Recovers, whatif.Reason,
}

// kindWords say what a kind of difference means.
var kindWords = map[whatif.Kind]string{
	whatif.Added:    "would be made, and is not now",
	whatif.Changed:  "would send something else",
	whatif.Moved:    "would come earlier within its event",
	whatif.Dropped:  "would not be made any more",
	whatif.Fails:    "would fail, and does not now",
	whatif.Recovers: "would not fail any more",
	whatif.Reason:   "would be skipped for another reason",
}

func (c *console) tried(result whatif.Result, past pastEvents, seen exposure) *tried {
	t := &tried{Result: result, Looked: past.looked, More: past.more, Oldest: c.when(past.oldest.Delivery.ReceivedAt)}
	for _, reason := range slices.Sorted(maps.Keys(result.Unreadable)) {
		t.Unread = append(t.Unread, unread{reason, result.Unreadable[reason]})
	}
	for _, kind := range kinds {
		if n := result.Count(kind); n > 0 {
			t.Totals = append(t.Totals, total{kind, n})
		}
	}
	for _, change := range result.Changes {
		if n := len(t.Differing); n == 0 || t.Differing[n-1].Type != change.Event {
			t.Differing = append(t.Differing, triedEvent{Type: change.Event})
		}
		last := &t.Differing[len(t.Differing)-1]
		shown := triedChange{Mapping: change.Mapping, Kind: change.Kind, Says: kindWords[change.Kind], Steps: change.Count,
			Differs: slices.Sorted(maps.Keys(change.Differs))}
		for _, e := range change.Examples {
			shown.Examples = append(shown.Examples, triedExampleOf(e, seen))
		}
		last.Changes = append(last.Changes, shown)
	}
	return t
}

func triedExampleOf(e whatif.Example, seen exposure) triedExample {
	shown := triedExample{Delivery: e.Delivery, Before: linesOf(e.Before, seen), After: linesOf(e.After, seen)}
	compare(shown.Before, shown.After)
	return shown
}

// linesOf is what a step would send, or why nothing.
func linesOf(s *whatif.Step, seen exposure) []line {
	switch {
	case s == nil:
		return []line{plainLine("nothing")}
	case s.Error != "":
		return []line{plainLine("fails: " + s.Error)}
	case s.Skip != "":
		return []line{plainLine("skipped: " + s.Skip)}
	case s.Action == "":
		return []line{plainLine("a function of the program")}
	}
	lines := []line{plainLine(string(s.Action))}
	if raw, err := json.Marshal(s.Params); err == nil && s.Params != nil {
		lines = append(lines, lined(string(raw), seen)...)
	}
	return lines
}

func plainLine(text string) line { return line{Shown: text, raw: text} }

// noteTrial writes down who has asked to see the values of the examples.
func (c *console) noteTrial(r *http.Request) {
	c.config.Logger.LogAttrs(r.Context(), slog.LevelInfo, "console: payload shown",
		slog.String("who", visitorOf(r).name), slog.String("shown", "personal data, in what a table would change"))
}
