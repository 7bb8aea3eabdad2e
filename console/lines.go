package console

import (
	"strings"
	"unicode/utf8"

	"github.com/tidwall/gjson"
)

// line is a line of JSON, as it is and as it may be seen.
type line struct {
	// Before and After surround what may be masked: the name, and the comma.
	Before, Shown, After string
	// Mask says why the value is not shown: "personal" or "secret". Empty if it is.
	Mask string
	// Change is "gone" or "new" where two texts are compared.
	Change string

	raw string
}

// How much of a payload a page shows. The rest can be downloaded.
const (
	maxLines = 2000
	maxDepth = 24
	maxValue = 600
)

// lined writes JSON a value a line, in the order in which it came, and masks what was not
// asked for.
func lined(raw string, seen exposure) []line {
	if !gjson.Valid(raw) {
		return nil
	}
	w := lineWriter{seen: seen}
	w.value("", "", gjson.Parse(raw), 0, false, "")
	return w.lines
}

type lineWriter struct {
	seen  exposure
	lines []line
}

func (w *lineWriter) add(l line) {
	switch {
	case len(w.lines) < maxLines:
		w.lines = append(w.lines, l)
	case len(w.lines) == maxLines:
		w.lines = append(w.lines, line{Shown: "… the rest is not shown here"})
	}
}

// value writes one value. label is what stands before it, name the member that it is, or
// is in.
func (w *lineWriter) value(label, name string, v gjson.Result, depth int, free bool, comma string) {
	before := strings.Repeat("  ", depth) + label
	compact := strings.TrimSpace(v.Raw)
	leaf := line{Before: before, After: comma, raw: before + compact + comma}
	switch {
	case w.seen < everything && isSecret(name) && !isPlain("", compact, false):
		leaf.Shown, leaf.Mask = "[secret]", "secret"
	case v.IsObject() || v.IsArray():
		if depth < maxDepth && len(w.lines) < maxLines && compact != "{}" && compact != "[]" {
			w.members(label, name, v, depth, free || isFree(name), comma)
			return
		}
		leaf.Shown = clip(compact)
		if w.seen < personal && !isPlain("", compact, free) {
			leaf.Shown, leaf.Mask = "[personal]", "personal"
		}
	case w.seen < personal && !isPlain(name, compact, free):
		leaf.Shown, leaf.Mask = "[personal]", "personal"
	default:
		leaf.Shown = clip(compact)
	}
	w.add(leaf)
}

// members writes an object, or a list, with what is in it.
func (w *lineWriter) members(label, name string, v gjson.Result, depth int, free bool, comma string) {
	begin, end := "{", "}"
	if v.IsArray() {
		begin, end = "[", "]"
	}
	indent := strings.Repeat("  ", depth)
	w.add(line{Shown: indent + label + begin, raw: indent + label + begin})
	type member struct {
		label, name string
		value       gjson.Result
	}
	var all []member
	v.ForEach(func(key, value gjson.Result) bool {
		m := member{"", name, value}
		if v.IsObject() {
			m.label, m.name = clip(key.Raw)+": ", key.String()
		}
		all = append(all, m)
		return len(all) <= maxLines
	})
	for i, m := range all {
		after := ","
		if i == len(all)-1 {
			after = ""
		}
		w.value(m.label, m.name, m.value, depth+1, free, after)
	}
	w.add(line{Shown: indent + end + comma, raw: indent + end + comma})
}

// clip shows the beginning of a long text.
func clip(text string) string {
	if len(text) <= maxValue {
		return text
	}
	cut := maxValue
	for !utf8.RuneStart(text[cut]) {
		cut--
	}
	return text[:cut] + "… (" + number(len(text)) + " bytes)"
}
