package clerkknock

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"
)

// path is a compiled Path: a root and the way from there. In a Mapper it is bound:
// the way begins at the slot of what a walk of the body has found.
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

// maxPathDepth bounds how deep lookups may nest within lookups.
const maxPathDepth = 8

// attemptHeaders differ between two attempts to deliver one event. A request to
// Knock made from them would differ too, and Knock refuses an idempotency key
// that comes again with other parameters.
var attemptHeaders = []string{
	"svix-timestamp", "svix-signature", "webhook-timestamp", "webhook-signature",
}

func compilePath(expr string) (*path, error) {
	p := &pathParser{rest: expr}
	compiled, err := p.parse(0)
	if err == nil && p.rest != "" {
		err = fmt.Errorf("unexpected %q", p.rest[:1])
	}
	if err != nil {
		return nil, fmt.Errorf("path %q: %w", expr, err)
	}
	compiled.expr = expr
	if compiled.root == rootBody && !compiled.rooted {
		// One spelling for what is the same, and the one that Knock itself shows.
		compiled.expr = "body." + expr
		if expr[0] == '[' {
			compiled.expr = "body" + expr
		}
	}
	return compiled, nil
}

// pathParser reads   key.key[0]["quoted.key"][key=path.to.value].key
type pathParser struct{ rest string }

func (p *pathParser) parse(depth int) (*path, error) {
	if depth > maxPathDepth {
		return nil, errors.New("lookups are nested too deeply")
	}
	segments, err := p.segments(depth)
	if err != nil {
		return nil, err
	}
	compiled := &path{segments: segments}
	if segments[0].kind != memberSegment {
		return compiled, nil
	}
	switch segments[0].key {
	case "body":
		compiled.rooted, compiled.segments = true, segments[1:]
	case "preprocess":
		compiled.root, compiled.segments = rootPreprocess, segments[1:]
	case "headers":
		compiled.root, compiled.segments = rootHeaders, nil
		if len(segments) != 2 || segments[1].kind != memberSegment {
			return nil, errors.New("headers takes exactly one header name, as in headers.svix-id")
		}
		compiled.header = segments[1].key
		if compiled.header != strings.ToLower(compiled.header) {
			return nil, errors.New("header names are lower case")
		}
		for _, name := range attemptHeaders {
			if compiled.header == name {
				return nil, fmt.Errorf("header %s changes with every attempt, so that a retry would not repeat the same request; use the event's own timestamp", name)
			}
		}
	}
	return compiled, nil
}

func (p *pathParser) segments(depth int) ([]segment, error) {
	var segments []segment
	for first := true; ; first = false {
		switch {
		case strings.HasPrefix(p.rest, "["):
			s, err := p.bracket(depth)
			if err != nil {
				return nil, err
			}
			segments = append(segments, s)
		case first || strings.HasPrefix(p.rest, "."):
			if !first {
				p.rest = p.rest[1:]
			}
			key := p.until(".[]=")
			if key == "" {
				return nil, errors.New("a key is empty; write such a key as [\"\"]")
			}
			segments = append(segments, segment{key: key})
		default:
			return segments, nil
		}
	}
}

// bracket reads what follows "[": an index, a quoted key, or a lookup.
func (p *pathParser) bracket(depth int) (segment, error) {
	p.rest = p.rest[1:]
	var s segment
	if strings.HasPrefix(p.rest, `"`) {
		quoted, err := strconv.QuotedPrefix(p.rest)
		if err != nil {
			return s, errors.New("a quoted key is not closed")
		}
		p.rest = p.rest[len(quoted):]
		if s.key, err = strconv.Unquote(quoted); err != nil {
			return s, errors.New("a quoted key is malformed")
		}
		return s, p.close()
	}
	word := p.until(".[]=")
	if strings.HasPrefix(p.rest, "=") {
		p.rest = p.rest[1:]
		if word == "" {
			return s, errors.New("a lookup needs a key before its =")
		}
		equals, err := p.parse(depth + 1)
		if err != nil {
			return s, err
		}
		s = segment{kind: lookupSegment, key: word, equals: equals}
		return s, p.close()
	}
	index, err := strconv.ParseUint(word, 10, 31)
	if err != nil {
		return s, fmt.Errorf("[%s] is neither an index, a quoted key nor a lookup such as [id=data.primary_id]", word)
	}
	s = segment{kind: indexSegment, index: int(index)}
	return s, p.close()
}

func (p *pathParser) close() error {
	if !strings.HasPrefix(p.rest, "]") {
		return errors.New("a bracket is not closed")
	}
	p.rest = p.rest[1:]
	return nil
}

// until takes everything up to the first of the stop characters.
func (p *pathParser) until(stop string) string {
	i := strings.IndexAny(p.rest, stop)
	if i < 0 {
		i = len(p.rest)
	}
	word := p.rest[:i]
	p.rest = p.rest[i:]
	return word
}

// find follows the path and returns the JSON text there, "" if there is none.
func (p *path) find(in *input) string {
	var at string
	switch p.root {
	case rootHeaders:
		values := in.header[http.CanonicalHeaderKey(p.header)]
		if len(values) == 0 {
			return ""
		}
		return in.quoted(values[0])
	case rootPreprocess:
		at = in.preprocess
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
