package backfill

import "context"

// Checkpoint remembers how far a run has come. File is one; package checkpointtest checks
// an implementation of your own, such as one in a database.
type Checkpoint interface {
	// Load returns the State that was saved last, the zero State if there is none.
	Load(ctx context.Context) (State, error)
	// Save replaces what was saved before, whole: a crash leaves the one or the other. It
	// is durable when it returns. It is called by one goroutine at a time, at most once for
	// each position of the Reader's and at the end. The zero State means that nothing is
	// to be gone on with.
	Save(ctx context.Context, s State) error
}

// State is what a run needs to go on.
type State struct {
	// Position is the Reader's: everything up to it is done.
	Position string `json:"position"`
	// Report is the report up to Position.
	Report Report `json:"report"`
}

// none remembers nothing.
type none struct{}

func (none) Load(context.Context) (State, error) { return State{}, nil }
func (none) Save(context.Context, State) error   { return nil }
