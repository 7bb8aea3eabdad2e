package whatif

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
)

// WriteText writes the counts as a table for people. It shows nothing of the examples,
// and so no personal data.
func (r Result) WriteText(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%d events: %d differ, %d unchanged, %d of them not mapped\n",
		r.Events, r.Events-r.Unchanged, r.Unchanged, r.Unmapped)
	for _, reason := range slices.Sorted(maps.Keys(r.Unreadable)) {
		fmt.Fprintf(&b, "%d unreadable: %s\n", r.Unreadable[reason], reason)
	}
	if len(r.Changes) > 0 {
		table := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
		fmt.Fprint(table, "\nevent\tmapping\twhat\tsteps\n")
		for _, c := range r.Changes {
			mapping := c.Mapping
			if mapping == "" {
				mapping = "-"
			}
			fmt.Fprintf(table, "%s\t%s\t%s\t%d%s\n", c.Event, mapping, c.Kind, c.Count, c.differs())
		}
		_ = table.Flush() // a Builder takes everything
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// differs lists the parameters that differ, each with a number unless it is that of all.
func (c Change) differs() string {
	var names []string
	for _, name := range slices.Sorted(maps.Keys(c.Differs)) {
		if n := c.Differs[name]; n < c.Count {
			name = fmt.Sprintf("%s %d", name, n)
		}
		names = append(names, name)
	}
	if len(names) == 0 {
		return ""
	}
	return ": " + strings.Join(names, ", ")
}
