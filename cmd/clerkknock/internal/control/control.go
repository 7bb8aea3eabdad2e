// Package control lets the commands reach the inbox of a server that runs: one process
// at a time can have an inbox on SQLite open, and that is the server. It speaks HTTP over
// a socket beside the file, in a folder that only its owner may enter.
package control

import (
	"context"
	"iter"

	"github.com/clerkknock/clerkknock/eventlog"
	"github.com/clerkknock/clerkknock/inbox"
	"github.com/clerkknock/clerkknock/whatif"
)

// Box is what the commands need of an inbox: one that is Local, or a Client of a server
// that has one.
type Box interface {
	Entries(ctx context.Context, q eventlog.Query) ([]Entry, error)
	Letters(ctx context.Context, f inbox.Filter) iter.Seq2[inbox.Letter, error]
	Replay(ctx context.Context, key string) error
	Hurry(ctx context.Context, key string) error
	Discard(ctx context.Context, key string) error
	ReplayAll(ctx context.Context, f inbox.Filter) (int, error)
	HurryAll(ctx context.Context, f inbox.Filter) (int, error)
	DiscardAll(ctx context.Context, f inbox.Filter) (int, error)
	Erase(ctx context.Context, entity string) error
	Body(ctx context.Context, id string) ([]byte, error)
	Plan(ctx context.Context, c Comparison) (whatif.Result, error)
}

// Socket is where the server of a SQLite file listens.
func Socket(file string) string { return Folder(file) + "/socket" }

// Folder is the one that the socket is in.
func Folder(file string) string { return file + ".control" }

// order is what a client asks for.
type order struct {
	Key    string       `json:"key,omitempty"`
	Filter inbox.Filter `json:"filter"`
	Entity string       `json:"entity,omitempty"`

	Query eventlog.Query `json:"query"`
	Plan  *Comparison    `json:"plan,omitempty"`
}

// result is what came of an order, or a line of a listing.
type result struct {
	Letter  *inbox.Letter  `json:"letter,omitempty"`
	Entries []Entry        `json:"entries,omitempty"`
	Changed int            `json:"changed,omitempty"`
	Error   string         `json:"error,omitempty"`
	Plan    *whatif.Result `json:"plan,omitempty"`
	Body    []byte         `json:"body,omitempty"`
	Done    bool           `json:"done,omitempty"`
}
