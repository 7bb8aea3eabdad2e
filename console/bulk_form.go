package console

import (
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// readBulk is how far it has come, as the form says.
func readBulk(v url.Values) (*bulk, error) {
	b := &bulk{filter: filterOf(v), tallies: map[string]int{}, Of: count(v.Get("of")), More: v.Get("more") == "yes",
		Seen: count(v.Get("seen")), Unlisted: count(v.Get("unlisted"))}
	if b.filter.To == "" {
		return nil, errUnusable // it would never come to an end
	}
	for _, t := range v["tally"] {
		if name, n, ok := strings.Cut(t, " "); ok && len(b.tallies) < 20 {
			b.tallies[short(name)] = count(n)
		}
	}
	for _, t := range v["trouble"] {
		at, rest, _ := strings.Cut(t, " ")
		id, why, _ := strings.Cut(rest, " ")
		if _, ok := parsePosition(at); ok {
			b.add(trouble{at, id, why})
		}
	}
	return b, nil
}

// fill writes down what the form hands on.
func (b *bulk) fill() {
	f := b.filter
	add := func(name, value string) {
		if value != "" {
			b.Fields = append(b.Fields, field{name, value})
		}
	}
	for _, name := range slices.Sorted(maps.Keys(b.tallies)) {
		b.Tallies = append(b.Tallies, outcomeTally{name, b.tallies[name]})
		add("tally", name+" "+strconv.Itoa(b.tallies[name]))
	}
	for _, t := range b.Troubles {
		add("trouble", t.At+" "+t.ID+" "+t.Why)
	}
	for _, own := range []field{
		{"type", f.Type}, {"outcome", f.Outcome}, {"entity", f.Entity}, {"search", f.Search}, {"from", f.From}, {"to", f.To},
		{"before", f.before}, {"of", strconv.Itoa(b.Of)}, {"seen", strconv.Itoa(b.Seen)},
		{"unlisted", strconv.Itoa(b.Unlisted)},
	} {
		add(own.Name, own.Value)
	}
	if b.More {
		add("more", "yes")
	}
}

// count is a number of a form, 0 if it is none.
func count(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil {
		return 0
	}
	return max(0, n)
}

// selection is the filter as the end of an address.
func (f filter) selection() string {
	_, selection, _ := strings.Cut(f.path(""), "?")
	return selection
}
