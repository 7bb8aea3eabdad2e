// Package ledger remembers what has been done, so that a delivery that comes
// again does only what is still missing, and an event that comes late does not
// undo a newer one.
//
// A [Ledger] also lets only one delivery at a time act on one entity: a slow
// older call must not land after a newer one. [Memory] is the default of a
// clerkknock.Source and enough for one process. Processes that share the work
// need a Ledger that they share, such as the one of module inbox. Package
// ledgertest checks an implementation of your own.
package ledger

import (
	"context"
	"errors"
)

var (
	// ErrInFlight is returned by Claim while someone else processes the same
	// delivery. The sender is asked to come again; by then it is a duplicate, or
	// its turn to finish what the other could not.
	ErrInFlight = errors.New("the same delivery is being processed")
	// ErrBusy is returned by Claim when the patience that WithPatience gives has
	// ended and another delivery still has the entity.
	ErrBusy = errors.New("the entity is being worked on")
	// ErrLost is returned for a claim that is no longer held: its holder was
	// suspended for longer than the claim lasts, and somebody else may have gone on.
	ErrLost = errors.New("the claim has ended meanwhile")
)

// Ledger remembers steps and versions, and hands out claims. All methods must be
// safe for concurrent use. An error other than ErrInFlight and ErrBusy means
// that the ledger itself does not work at the moment: the event is then tried
// again later.
type Ledger interface {
	// Claim reserves a delivery and an entity for the caller until Release.
	//
	// It returns ErrInFlight at once if the delivery is claimed already. If the
	// entity is claimed for another delivery it waits for it, and gives up with
	// ctx's error when ctx is done, or with ErrBusy when the Patience of ctx has
	// ended. A claim whose holder has died must end by itself, in a ledger that
	// outlives the holder.
	//
	// An empty delivery ID is not deduplicated and an empty entity not reserved.
	Claim(ctx context.Context, deliveryID, entity string) (Claim, error)

	// Record notes that a step has succeeded and, if version is not zero and
	// newer than the one known, that the entity is now at version; both or
	// neither. An empty step notes the version alone. What it has noted must be
	// in every later Claim for at least the time that the sender may repeat a
	// delivery, in which 28 hours of retries and manual replays fall: 7 days by
	// default.
	Record(ctx context.Context, c Claim, step string, version Version) error

	// Release ends the claim. It is called once for each Claim, whatever
	// happened in between; to release what is no longer held does nothing.
	Release(ctx context.Context, c Claim) error
}

// Fence is what a Ledger has besides if its claims can end before they are released,
// because others take over from a holder that is gone or suspended.
type Fence interface {
	// Held returns nil while the claim is the caller's, by the clock of the ledger,
	// and ErrLost after that. It is asked right before something is sent.
	Held(ctx context.Context, c Claim) error
}

// Claim is what a Ledger knows about a delivery and its entity, and the right
// to act on them.
type Claim struct {
	DeliveryID string
	Entity     string
	// Done holds the IDs of the delivery's steps that were recorded.
	Done []string
	// Newest is the entity's recorded version, zero if there is none.
	Newest Version
	// NewestOf is the ID of the delivery that has recorded Newest, empty if it has none
	// or the ledger does not know.
	NewestOf string
	// Token is the ledger's own, to tell one claim from another.
	Token string
}
