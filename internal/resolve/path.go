package resolve

import (
	"context"
	"net/http"

	"github.com/tidwall/gjson"
)

// path is a root and the way from there. Bound, the way begins at the slot of what
// a walk of the body has found.
type path struct {
	expr     string
	root     root
	rooted   bool // begins with "body"
	header   string
	slot     int
	segments []segment
}

type root uint8

const (
	rootBody root = iota
	rootHeaders
	rootPreprocess
)

// segment is one step of the way: a member by key, an element by index, or the
// element whose member key equals the value at another path.
type segment struct {
	kind   segmentKind
	key    string
	index  int
	equals *path
}

func (s segment) isMember(key string) bool { return s.kind == memberSegment && s.key == key }

type segmentKind uint8

const (
	memberSegment segmentKind = iota
	indexSegment
	lookupSegment
)

func (p *path) Resolve(_ context.Context, in *Input) (string, error) { return p.find(in), nil }
func (p *path) Spec() any                                            { return p.expr }
func (p *path) bind(ps *Paths) Node                                  { return ps.bind(p) }

// children are the paths that lookups compare with.
func (p *path) children() []Node {
	var all []Node
	for _, s := range p.segments {
		if s.equals != nil {
			all = append(all, s.equals)
		}
	}
	return all
}

func (p *path) why(in *Input) string {
	for _, s := range p.segments {
		if s.kind == lookupSegment && s.equals.find(in) == "" {
			return s.equals.expr + " is missing"
		}
	}
	return p.expr + " is missing"
}

// find follows the path and returns the JSON text there, "" if there is none.
func (p *path) find(in *Input) string {
	var at string
	switch p.root {
	case rootHeaders:
		values := in.Event.Header[http.CanonicalHeaderKey(p.header)]
		if len(values) == 0 {
			return ""
		}
		return quoted(values[0])
	case rootPreprocess:
		at = in.Preprocess
	default:
		at = in.found[p.slot]
	}
	for i := range p.segments {
		s := &p.segments[i]
		var want gjson.Result
		if s.kind == lookupSegment {
			// Parsed here once, and not for each element that it is compared with.
			if want = gjson.Parse(s.equals.find(in)); want.Type == gjson.Null {
				// Missing, or null for "none", and so is all that it would have led to.
				return want.Raw
			}
		}
		if at != "" {
			at = s.step(gjson.Parse(at), want)
		}
	}
	return at
}

// step goes on from a value; want is what a lookup compares with.
func (s *segment) step(at, want gjson.Result) (found string) {
	if s.kind == memberSegment {
		return member(at, s.key)
	}
	if !at.IsArray() {
		return ""
	}
	i := 0
	at.ForEach(func(_, element gjson.Result) bool {
		is := i == s.index
		if s.kind == lookupSegment {
			is = sameScalar(gjson.Parse(member(element, s.key)), want)
		}
		if is {
			found = element.Raw
		}
		i++
		return found == ""
	})
	return found
}

// member returns an object's value by its literal key, "" if there is none.
func member(object gjson.Result, key string) (found string) {
	if !object.IsObject() {
		return ""
	}
	object.ForEach(func(k, v gjson.Result) bool {
		if k.Str == key {
			found = v.Raw
		}
		return found == ""
	})
	return found
}

// sameScalar reports whether two values are the same string, number, truth value
// or null; lists and objects never are.
func sameScalar(a, b gjson.Result) bool {
	switch {
	case a.Type != b.Type || a.Type == gjson.JSON:
		return false
	case a.Type == gjson.String:
		return a.Str == b.Str
	}
	return a.Raw == b.Raw
}
