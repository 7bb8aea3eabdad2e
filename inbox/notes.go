package inbox

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/ledger"
	"github.com/riverqueue/river"
)

// notes are what a job's metadata tells of its past.
type notes struct {
	// Snoozes is how often River has put it off since it was put or replayed.
	Snoozes int `json:"snoozes"`
	// Output is ours. River keeps it whatever becomes of the attempt.
	Output struct {
		// Tries is how often the delivery was tried and has failed since it was put:
		// River's own count begins anew with a replay, and leaves pauses out.
		Tries int `json:"tries"`
		// Error is the text of the last failure, which River does not keep when it
		// leads to a pause.
		Error string `json:"error"`
	} `json:"output"`
}

func notesOf(j *river.Job[job]) (n notes) {
	// What cannot be read counts as nothing noted: River itself writes it.
	_ = json.Unmarshal(j.Metadata, &n)
	return n
}

// failed notes another try, and why it has failed.
func (n *notes) failed(ctx context.Context, err error) {
	n.Output.Tries++
	n.Output.Error = err.Error()
	// It fails only outside of a worker.
	_ = river.RecordOutput(ctx, n.Output)
}

// isBusy reports whether a delivery was not tried, because somebody else works on it or
// on its entity.
func isBusy(err error) bool {
	return !clerkknock.IsPermanent(err) && (errors.Is(err, ledger.ErrBusy) || errors.Is(err, ledger.ErrInFlight))
}

// storable is an error whose text any database takes.
type storable struct{ error }

// Error implements error.
func (e storable) Error() string { return encodeText(e.error.Error()) }

// Unwrap returns the error itself.
func (e storable) Unwrap() error { return e.error }
