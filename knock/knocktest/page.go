package knocktest

import (
	"encoding/base64"
	"slices"
	"strconv"
	"strings"
)

// maxTotal is where Knock stops counting.
const (
	maxPageSize = 50
	maxTotal    = 10_000
)

// entry is one line of a list. Its key orders the list and is the cursor, so
// that nothing is skipped or repeated when the list changes between two pages.
type entry struct {
	key  string
	view func() map[string]any
}

// page cuts the page that the cursors ask for out of entries in order of their
// keys: https://docs.knock.app/api-reference/overview/pagination.
func page(c *call, entries []entry) answer {
	var p problems
	size := maxPageSize
	if s := c.query.Get("page_size"); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil || n < 1 || n > maxPageSize {
			p.add("page_size", "is not between 1 and 50")
		}
		size = n
	}
	after, before := cursor(&p, c, "after"), cursor(&p, c, "before")
	if refused := p.refused(); refused != nil {
		return *refused
	}
	start, end := 0, len(entries)
	switch {
	case after != "":
		start, _ = slices.BinarySearchFunc(entries, after+"\x00", compareKey)
		end = min(start+size, end)
	case before != "":
		end, _ = slices.BinarySearchFunc(entries, before, compareKey)
		start = max(0, end-size)
	default:
		end = min(size, end)
	}
	views := make([]map[string]any, 0, end-start)
	for _, e := range entries[start:end] {
		views = append(views, e.view())
	}
	info := map[string]any{
		"__typename": "PageInfo", "after": nil, "before": nil,
		"page_size": size, "total_count": min(len(entries), maxTotal),
	}
	if end < len(entries) && end > start {
		info["after"] = encodeCursor(entries[end-1].key)
	}
	if start > 0 && end > start {
		info["before"] = encodeCursor(entries[start].key)
	}
	return ok(map[string]any{"entries": views, "page_info": info})
}

func compareKey(e entry, key string) int { return strings.Compare(e.key, key) }

func encodeCursor(key string) string { return base64.RawURLEncoding.EncodeToString([]byte(key)) }

func cursor(p *problems, c *call, name string) string {
	key, err := base64.RawURLEncoding.DecodeString(c.query.Get(name))
	if err != nil {
		p.add(name, "is not a cursor")
	}
	return string(key)
}

// includes tells whether the caller asks for more than the usual.
func includes(c *call, what string) bool {
	return slices.Contains(c.query["include[]"], what) || slices.Contains(c.query["include"], what)
}
