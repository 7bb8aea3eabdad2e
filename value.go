package clerkknock

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/clerkknock/clerkknock/clerk"
	"github.com/clerkknock/clerkknock/internal/text"
	"github.com/tidwall/gjson"
)

// Value says where a parameter of a mapping comes from. It resolves, for each
// event, to something present, to null, or to nothing: what is present is sent,
// null is sent as null (Knock then clears the property), and what is missing is
// left out of the request. Values are immutable. A Value that was made wrongly
// is reported, with its mapping and parameter, by Mapper.Err and by New.
type Value struct {
	node node
	err  error
}

// Params are the parameters of a mapping, or the members of an Object, by name.
type Params map[string]Value

// ErrMissing, returned by a function given to Func, leaves the value out.
var ErrMissing = errors.New("value is missing")

// Path looks a value up in what was delivered, in Knock's dot notation:
//
//	data.first_name                     a member of the body
//	body.data.first_name                the same
//	headers.svix-id                     a request header, by its lower-case name
//	preprocess.plan                     a result of the Preprocess hook
//	data.email_addresses[0].id          an element by index, from 0
//	data.public_metadata["a.b"]         a key that holds special characters
//	data.email_addresses[id=data.primary_email_address_id].email_address
//
// The last form is a lookup: the first element whose member id equals the value
// at the path after the equals sign. The whole path is null when that value is
// null, and missing when no element matches. Keys are case-sensitive and literal: no
// character but . [ ] = and the quote has a meaning. A path that leads nowhere
// is missing.
//
// The headers svix-timestamp and svix-signature are refused, because they change
// from one attempt to the next. No header but svix-id is covered by the signature,
// and others may change too, such as those of tracing: map what is stable.
func Path(expr string) Value {
	p, err := compilePath(expr)
	return Value{node: p, err: err}
}

// Literal is a constant: anything that encoding/json can encode.
func Literal(v any) Value {
	raw, err := encodeJSON(v)
	if err != nil {
		return Value{err: fmt.Errorf("literal: %w", err)}
	}
	return Value{node: literal(raw)}
}

// First is the first of the values that is present and not an empty string. If
// there is none it is null if one of them is null, else missing.
func First(values ...Value) Value { return combine(first(slices.Clone(values)), values) }

// Join is the values as text with sep in between. Values that are null, missing
// or blank are passed over, and so are objects and lists. If nothing is left it
// is null if one of them is null, else missing.
func Join(sep string, values ...Value) Value {
	return combine(join{sep, slices.Clone(values)}, values)
}

// Time is the time at a path, given there in milliseconds (or seconds) since
// 1970 as Clerk does, in the RFC 3339 form that Knock takes. A value that is
// not a time is missing.
func Time(expr string) Value {
	p, err := compilePath(expr)
	return Value{node: timestamp{p}, err: err}
}

// Object is a JSON object with the given members; those that are missing are
// left out. It is how a mapping picks single properties:
//
//	"properties": clerkknock.Object(clerkknock.Params{"plan": clerkknock.Path("data.public_metadata.plan")})
func Object(members Params) Value {
	o := object(sorted(members))
	for _, m := range o {
		if err := m.value.check(); err != nil {
			return Value{node: o, err: fmt.Errorf("member %q: %w", m.name, err)}
		}
	}
	return Value{node: o}
}

// Func is computed by host code. The result is encoded as JSON; nil is null, and
// the error ErrMissing leaves the value out. Any other error fails the step, for
// now or, marked with Permanent, for good.
//
// fn must give the same result whenever it gets the same event: no clock, no
// random number, no state that changes. A retry has to repeat the same request,
// since Knock refuses an idempotency key that comes with other parameters. name
// stands for the function in the mapping's hash: change it when fn changes.
func Func(name string, fn func(e clerk.Envelope) (any, error)) Value {
	if name == "" || fn == nil {
		return Value{err: errors.New("func: needs a name and a function")}
	}
	return Value{node: function{name, fn}}
}

// node is one kind of Value.
type node interface {
	// bind returns the node with its paths bound, as resolve needs them.
	bind(ps *paths) node
	// resolve returns JSON text, perhaps a view of in, and "" for what is missing.
	resolve(in *input) (string, error)
	// spec is what the mapping's hash, and its JSON form, are made of.
	spec() any
}

func (v Value) check() error {
	if v.err != nil {
		return v.err
	}
	if v.node == nil {
		return errors.New("is an empty Value; make one with Path, Literal or another constructor")
	}
	return nil
}

func (v Value) spec() any {
	if v.node == nil {
		return nil
	}
	return v.node.spec()
}

func combine(n node, values []Value) Value {
	for _, v := range values {
		if err := v.check(); err != nil {
			return Value{err: err}
		}
	}
	if len(values) == 0 {
		return Value{err: errors.New("needs at least one value")}
	}
	return Value{node: n}
}

const null = "null"

func (p *path) bind(ps *paths) node               { return ps.bind(p) }
func (p *path) resolve(in *input) (string, error) { return p.find(in), nil }
func (p *path) spec() any                         { return p.expr }

type literal string

func (l literal) bind(*paths) node               { return l }
func (l literal) resolve(*input) (string, error) { return string(l), nil }
func (l literal) spec() any                      { return map[string]any{"literal": json.RawMessage(l)} }

type first []Value

func (f first) bind(ps *paths) node { return first(bindAll(f, ps)) }

func (f first) resolve(in *input) (string, error) {
	none := ""
	for _, v := range f {
		raw, err := v.node.resolve(in)
		if err != nil {
			return "", err
		}
		switch raw {
		case "", `""`:
		case null:
			none = null
		default:
			return raw, nil
		}
	}
	return none, nil
}

func (f first) spec() any { return map[string]any{"first": specs(f)} }

type join struct {
	sep    string
	values []Value
}

func (j join) bind(ps *paths) node { return join{j.sep, bindAll(j.values, ps)} }

func (j join) resolve(in *input) (string, error) {
	none := ""
	words := make([]string, 0, 4) // enough for a name, and then on the stack
	for _, v := range j.values {
		raw, err := v.node.resolve(in)
		if err != nil {
			return "", err
		}
		r := gjson.Parse(raw)
		word := raw // of a number or a truth value
		switch r.Type {
		case gjson.JSON:
			continue
		case gjson.Null:
			if raw == null {
				none = null
			}
			continue
		case gjson.String:
			word = strings.TrimSpace(r.Str)
		}
		if word != "" {
			words = append(words, word)
		}
	}
	if len(words) == 0 {
		return none, nil
	}
	return in.joined(j.sep, words), nil
}

func (j join) spec() any {
	return map[string]any{"join": append([]any{j.sep}, specs(j.values)...)}
}

type timestamp struct{ path *path }

func (t timestamp) bind(ps *paths) node { return timestamp{ps.bind(t.path)} }

func (t timestamp) resolve(in *input) (string, error) {
	raw := t.path.find(in)
	if raw == null {
		return null, nil
	}
	switch r := gjson.Parse(raw); r.Type {
	case gjson.Number:
		millis := r.Num
		if millis < 1e11 { // the year 5138 in seconds, the year 1973 in milliseconds
			millis *= 1000
		}
		if millis >= 0 && millis <= 253402300799999 { // RFC 3339 ends with the year 9999
			return in.formatted(time.UnixMilli(int64(millis)).UTC()), nil
		}
	case gjson.String:
		if _, err := time.Parse(time.RFC3339, r.Str); err == nil {
			return raw, nil
		}
	}
	return "", nil
}

func (t timestamp) spec() any { return map[string]any{"time": t.path.expr} }

type object []namedValue // by name

func (o object) bind(ps *paths) node { return object(bindNamed(o, ps)) }

func (o object) resolve(in *input) (string, error) {
	members := make([]string, 0, 16) // mostly enough, and then on the stack
	size := len("{}")
	for _, m := range o {
		raw, err := m.value.node.resolve(in)
		if err != nil {
			return "", fmt.Errorf("member %q: %w", m.name, err)
		}
		members = append(members, raw)
		size += len(m.name) + len(raw) + len(`"":,`)
	}
	start := len(in.composed)
	b := append(slices.Grow(in.composed, size), '{')
	for i, raw := range members {
		if raw == "" {
			continue
		}
		if len(b) > start+1 {
			b = append(b, ',')
		}
		b = append(append(text.AppendQuoted(b, o[i].name), ':'), raw...)
	}
	in.composed = append(b, '}')
	return text.View(in.composed[start:]), nil
}

func (o object) spec() any {
	members := make(map[string]any, len(o))
	for _, m := range o {
		members[m.name] = m.value.spec()
	}
	return map[string]any{"object": members}
}

type function struct {
	name string
	fn   func(clerk.Envelope) (any, error)
}

func (f function) bind(*paths) node { return f }

func (f function) resolve(in *input) (string, error) {
	v, err := f.fn(in.envelope)
	if errors.Is(err, ErrMissing) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("func %q: %w", f.name, err)
	}
	raw, err := encodeJSON(v)
	if err != nil {
		return "", Permanent(fmt.Errorf("func %q: its result cannot be encoded as JSON: %w", f.name, err))
	}
	return text.View(raw), nil
}

func (f function) spec() any { return map[string]any{"func": f.name} }

// namedValue is an entry of Params.
type namedValue struct {
	name  string
	value Value
}

func sorted(p Params) []namedValue {
	all := make([]namedValue, 0, len(p))
	for name, v := range p {
		all = append(all, namedValue{name, v})
	}
	slices.SortFunc(all, func(a, b namedValue) int { return strings.Compare(a.name, b.name) })
	return all
}

func bindAll(values []Value, ps *paths) []Value {
	bound := make([]Value, len(values))
	for i, v := range values {
		bound[i] = Value{node: v.node.bind(ps)}
	}
	return bound
}

func bindNamed(values []namedValue, ps *paths) []namedValue {
	bound := make([]namedValue, len(values))
	for i, v := range values {
		bound[i] = namedValue{v.name, Value{node: v.value.node.bind(ps)}}
	}
	return bound
}

func specs(values []Value) []any {
	all := make([]any, len(values))
	for i, v := range values {
		all[i] = v.spec()
	}
	return all
}
