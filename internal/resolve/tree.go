package resolve

import (
	"github.com/clerkknock/clerkknock/clerk"
	"github.com/clerkknock/clerkknock/internal/text"
	"github.com/tidwall/gjson"
)

// Paths are all the paths that the mappings of one event follow, arranged so
// that a single walk of the body finds what each of them leads to, instead of
// one search from the start for each. Nearly all lead into the payload, which
// clerk.Parse has found before, so it has a tree of its own.
type Paths struct {
	body, data tree
	slots      int
}

// tree is a value in the body that a path leads to or through.
type tree struct {
	key      string
	slot     int
	children []*tree
}

// NewPaths returns an empty set, to which Bind adds.
func NewPaths() *Paths { return &Paths{body: tree{slot: 0}, data: tree{slot: 1}, slots: 2} }

// bind returns the path with the members it begins with replaced by the slot
// that walk puts the value there into.
func (ps *Paths) bind(p *path) *path {
	bound := *p
	if p.root == rootBody {
		at := &ps.body
		if len(p.segments) > 0 && p.segments[0].isMember("data") {
			at, bound.segments = &ps.data, p.segments[1:]
		}
		for len(bound.segments) > 0 && bound.segments[0].kind == memberSegment {
			at = ps.child(at, bound.segments[0].key)
			bound.segments = bound.segments[1:]
		}
		bound.slot = at.slot
	}
	segments := make([]segment, len(bound.segments))
	for i, s := range bound.segments {
		if s.kind == lookupSegment {
			s.equals = ps.bind(s.equals)
		}
		segments[i] = s
	}
	bound.segments = segments
	return &bound
}

func (ps *Paths) child(t *tree, key string) *tree {
	if c := t.child(key); c != nil {
		return c
	}
	c := &tree{key: key, slot: ps.slots}
	ps.slots++
	t.children = append(t.children, c)
	return c
}

func (t *tree) child(key string) *tree {
	for _, c := range t.children {
		if c.key == key {
			return c
		}
	}
	return nil
}

// walk returns the JSON text at each slot, "" where there is none. The texts are
// views of the event's bytes.
func (ps *Paths) walk(e clerk.Envelope) []string {
	found := make([]string, ps.slots)
	ps.body.walk(gjson.Parse(text.View(e.Body)), found)
	ps.data.walk(gjson.Parse(text.View(e.Data)), found)
	return found
}

// walk compares keys as they are and does not use gjson's own path language, in
// which they may hold wildcards, queries and modifiers. Of a key that occurs
// twice the first one counts.
func (t *tree) walk(value gjson.Result, found []string) {
	found[t.slot] = value.Raw
	left := len(t.children)
	if left == 0 || !value.IsObject() {
		return
	}
	value.ForEach(func(k, v gjson.Result) bool {
		if c := t.child(k.Str); c != nil && found[c.slot] == "" {
			c.walk(v, found)
			left--
		}
		return left > 0
	})
}
