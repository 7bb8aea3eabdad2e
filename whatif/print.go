package whatif

import (
	"fmt"
	"io"
	"log/slog"
)

// String returns what WriteText writes.
func (r Result) String() string { return fmt.Sprint(r) }

// Format prints the counts as WriteText does, whatever the verb.
func (r Result) Format(s fmt.State, _ rune) { _ = r.WriteText(s) }

// LogValue logs the counts.
func (r Result) LogValue() slog.Value {
	unreadable := 0
	for _, n := range r.Unreadable {
		unreadable += n
	}
	attrs := []slog.Attr{
		slog.Int("events", r.Events), slog.Int("unchanged", r.Unchanged), slog.Int("unreadable", unreadable),
	}
	for _, k := range kinds {
		if n := r.Count(k); n > 0 {
			attrs = append(attrs, slog.Int(string(k), n))
		}
	}
	return slog.GroupValue(attrs...)
}

// Format prints the Change without its examples, whatever the verb.
func (c Change) Format(s fmt.State, _ rune) {
	_, _ = fmt.Fprintf(s, "%s %s %s %d%s", c.Event, c.Mapping, c.Kind, c.Count, c.differs())
}

// LogValue logs the Change without its examples.
func (c Change) LogValue() slog.Value { return slog.StringValue(fmt.Sprint(c)) }

// Format prints the Example without its values, whatever the verb.
func (e Example) Format(s fmt.State, _ rune) {
	_, _ = fmt.Fprintf(s, "%s before: %s, after: %s", e.Delivery, e.Before.name(), e.After.name())
}

// LogValue logs the Example without its values.
func (e Example) LogValue() slog.Value { return slog.StringValue(fmt.Sprint(e)) }

// Format prints the Step without its values, whatever the verb.
func (s Step) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, s.name()) }

// LogValue logs the Step without its values.
func (s Step) LogValue() slog.Value { return slog.StringValue(s.name()) }

func (s *Step) name() string {
	if s == nil {
		return "nothing"
	}
	return s.ID + "(" + string(s.Action) + ")"
}

// Format prints the Request's method, whatever the verb: the path says who it is about.
func (r Request) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, r.Method) }

// LogValue logs the Request's method.
func (r Request) LogValue() slog.Value { return slog.StringValue(r.Method) }
