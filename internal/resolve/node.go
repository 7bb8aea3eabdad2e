// Package resolve finds the values of a mapping in an event: compiled paths, a
// tree of them, one walk of the body, and the kinds of values that are made of
// what is found there.
//
// A kind is one file: how it resolves, binds its paths, is written as JSON and
// read from it, and which nodes are within it. It knows nothing of actions and
// mappings.
package resolve

import (
	"cmp"
	"context"
	"slices"
	"strings"
)

// Node is one kind of value.
type Node interface {
	// Resolve returns JSON text, perhaps a view of in, and "" for what is missing.
	Resolve(ctx context.Context, in *Input) (string, error)
	// Spec is what is encoded as JSON for a mapping's hash, and for Read to read.
	Spec() any
	// bind returns the node with its paths bound, as Resolve needs them.
	bind(ps *Paths) Node
	// children are the nodes that this one is made of.
	children() []Node
	// why says why it has resolved to nothing.
	why(in *Input) string
}

// Bind returns the node with its paths bound: a walk of the body finds them.
func Bind(n Node, ps *Paths) Node { return n.bind(ps) }

// InCode reports whether a node, or one within it, is host code, which no file
// can hold.
func InCode(n Node) bool {
	if _, ok := n.(function); ok {
		return true
	}
	return slices.ContainsFunc(n.children(), InCode)
}

// Exprs returns the paths that a node follows, lookups included, each once.
func Exprs(n Node) []string {
	var all []string
	if p, ok := n.(*path); ok {
		all = append(all, p.expr)
	}
	for _, child := range n.children() {
		for _, expr := range Exprs(child) {
			if !slices.Contains(all, expr) {
				all = append(all, expr)
			}
		}
	}
	return all
}

// Header is a request header that a path reads, itself or in a lookup.
type Header struct{ Path, Name string }

// Headers returns the request headers that a node reads.
func Headers(n Node) []Header { return headersOf(n, "") }

func headersOf(n Node, expr string) []Header {
	var all []Header
	if p, ok := n.(*path); ok {
		expr = cmp.Or(expr, p.expr)
		if p.root == rootHeaders {
			all = append(all, Header{expr, p.header})
		}
	}
	for _, child := range n.children() {
		all = append(all, headersOf(child, expr)...)
	}
	return all
}

// Named is a node with a name: a member of an object, or a parameter.
type Named struct {
	Name string
	Node Node
}

// Sorted sorts by name, which makes what is written from a map repeatable.
func Sorted(all []Named) []Named {
	slices.SortFunc(all, func(a, b Named) int { return strings.Compare(a.Name, b.Name) })
	return all
}

// null is the JSON text of nothing that is said to be nothing.
const null = "null"

func bindAll(nodes []Node, ps *Paths) []Node {
	bound := make([]Node, len(nodes))
	for i, n := range nodes {
		bound[i] = n.bind(ps)
	}
	return bound
}

func specs(nodes []Node) []any {
	all := make([]any, len(nodes))
	for i, n := range nodes {
		all[i] = n.Spec()
	}
	return all
}
