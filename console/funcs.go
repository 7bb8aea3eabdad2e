package console

import (
	"html/template"
	"net/url"
	"strconv"
	"strings"
)

// funcs are what templates need beyond their data.
var funcs = template.FuncMap{
	"segment": url.PathEscape,
	"under":   func(root string, of any) under { return under{root, of} },
	"number":  number,
	"plural":  plural,
	"spaced":  func(word string) string { return strings.ReplaceAll(word, "_", " ") },
}

// under is what a shared template shows, with the way to the console's root.
type under struct {
	Root string
	Of   any
}

// number is a number with its digits in groups.
func number(n int) string {
	digits := strconv.Itoa(n)
	for i := len(digits) - 3; i > 0 && digits[i-1] != '-'; i -= 3 {
		digits = digits[:i] + "\u202f" + digits[i:]
	}
	return digits
}

// plural is a number of things.
func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return number(n) + " " + many
}
