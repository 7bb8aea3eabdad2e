package resolve

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// maxPathDepth bounds how deep lookups may nest within lookups.
const maxPathDepth = 8

// Path parses an expression in Knock's dot notation, which the vocabulary of the
// root package describes.
func Path(expr string) (Node, error) {
	p, err := parsePath(expr)
	if err != nil {
		return nil, err
	}
	return p, nil
}

func parsePath(expr string) (*path, error) {
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
	}
	return compiled, nil
}

// pathParser reads   key.key[0]["quoted.key"][key=path.to.value].key
type pathParser struct{ rest string }

func (p *pathParser) parse(depth int) (*path, error) {
	if depth > maxPathDepth {
		return nil, errors.New("lookups are nested too deeply")
	}
	start := p.rest
	segments, err := p.segments(depth)
	if err != nil {
		return nil, err
	}
	compiled := &path{segments: segments, expr: start[:len(start)-len(p.rest)]}
	if segments[0].kind != memberSegment {
		return nil, errors.New("begins with a bracket; the event is an object, whose payload is data")
	}
	switch root := segments[0].key; root {
	case "data", "type", "object", "timestamp", "instance_id", "event_attributes":
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
	default:
		return nil, fmt.Errorf("an event has no %q; what it carries is in data, as in data.id, and any other member "+
			"of the body is written body.NAME", root)
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
