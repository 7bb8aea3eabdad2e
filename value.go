package clerkknock

import (
	"context"
	"errors"
	"fmt"

	"github.com/clerkknock/clerkknock/clerk"
	"github.com/clerkknock/clerkknock/internal/resolve"
	"github.com/clerkknock/clerkknock/internal/text"
)

// Value says where a parameter of a mapping comes from. It resolves, for each
// event, to something present, to null, or to nothing: what is present is sent,
// null is sent as null (Knock then clears the property), and what is missing is
// left out of the request. Values are immutable. A Value that was made wrongly
// is reported, with its mapping and parameter, by [Mapper.Err] and by [New].
type Value struct {
	node resolve.Node
	err  error
}

// Params are the parameters of a mapping, or the members of an Object, by name.
type Params map[string]Value

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
func Path(expr string) Value { return newValue(resolve.Path(expr)) }

// Literal is a constant: anything that encoding/json can encode.
func Literal(v any) Value { return newValue(resolve.Literal(v)) }

// First is the first of the values that is present and not an empty string. If
// there is none it is null if one of them is null, else missing.
func First(values ...Value) Value {
	nodes, err := nodesOf(values)
	if err != nil {
		return Value{err: err}
	}
	return newValue(resolve.First(nodes))
}

// Join is the values as text with sep in between. Values that are null, missing
// or blank are passed over, and so are objects and lists. If nothing is left it
// is null if one of them is null, else missing.
func Join(sep string, values ...Value) Value {
	nodes, err := nodesOf(values)
	if err != nil {
		return Value{err: err}
	}
	return newValue(resolve.Join(sep, nodes))
}

// Time is the time at a path in the RFC 3339 form that Knock takes. It is read as
// [clerk.ParseTime] reads all of Clerk's times, mostly from milliseconds since
// 1970. A value that is not a time is missing.
func Time(expr string) Value { return newValue(resolve.Time(expr)) }

// Object is a JSON object with the given members; those that are missing are
// left out. It is how a mapping picks single properties:
//
//	"properties": clerkknock.Object(clerkknock.Params{"plan": clerkknock.Path("data.public_metadata.plan")})
func Object(members Params) Value {
	named, err := members.named()
	if err != nil {
		return Value{err: fmt.Errorf("member %w", err)}
	}
	return Value{node: resolve.Object(named)}
}

// ErrMissing, returned by a function given to Func, leaves the value out.
var ErrMissing = resolve.ErrMissing

// Func is computed by host code. The result is encoded as JSON; nil is null, and
// the error ErrMissing leaves the value out. Any other error fails the step, for
// now or, marked with Permanent, for good.
//
// fn must give the same result whenever it gets the same event: no clock, no
// random number, no state that changes. A retry has to repeat the same request,
// since Knock refuses an idempotency key that comes with other parameters. name
// stands for the function in the mapping's hash: change it when fn changes.
func Func(name string, fn func(ctx context.Context, e clerk.Envelope) (any, error)) Value {
	return newValue(resolve.Func(name, fn))
}

// newValue makes a Value of a node, unless it reads a header that it must not.
func newValue(n resolve.Node, err error) Value {
	if err != nil {
		return Value{err: err}
	}
	for _, h := range resolve.Headers(n) {
		if changesWithAttempt(h.Name) {
			return Value{err: fmt.Errorf("path %q: header %s changes with every attempt, so that a retry would not repeat "+
				"the same request; use the event's own timestamp", h.Path, h.Name)}
		}
	}
	return Value{node: n}
}

// Paths returns the paths that the value follows, lookups included, each once in the
// order in which they stand. Of a Value that was made wrongly it returns none.
func (v Value) Paths() []string {
	if v.check() != nil {
		return nil
	}
	return resolve.Exprs(v.node)
}

// MarshalJSON writes where the value comes from, as a file of mappings has it: a path is
// text, and every other kind an object with one member, as ReadMappings says. That of a
// [Func] is {"func": "name"}, which no file can hold.
func (v Value) MarshalJSON() ([]byte, error) {
	if err := v.check(); err != nil {
		return nil, err
	}
	return text.Encode(v.node.Spec())
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

func nodesOf(values []Value) ([]resolve.Node, error) {
	nodes := make([]resolve.Node, len(values))
	for i, v := range values {
		if err := v.check(); err != nil {
			return nil, err
		}
		nodes[i] = v.node
	}
	return nodes, nil
}

// named returns the parameters by name, or the first that was made wrongly.
func (p Params) named() ([]resolve.Named, error) {
	all := make([]resolve.Named, 0, len(p))
	for name, v := range p {
		all = append(all, resolve.Named{Name: name, Node: v.node})
	}
	for _, n := range resolve.Sorted(all) {
		if err := p[n.Name].check(); err != nil {
			return nil, fmt.Errorf("%q: %w", n.Name, err)
		}
	}
	return all, nil
}
