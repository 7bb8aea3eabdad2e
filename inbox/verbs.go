package inbox

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
)

// verb is what can be done to a delivery that is not being worked on.
type verb struct {
	name string
	from []State
	set  string
	// all is a further condition for those that are selected by a filter.
	all string
}

var (
	// River's own JobRetry leaves what was tried too often with one attempt.
	replay = verb{name: "replay", from: []State{Dead},
		set: `state = 'available', attempt = 0, metadata = {without_snoozes},
			scheduled_at = {river_now}, finalized_at = NULL`}
	// What is due already keeps its place in the queue.
	hurry = verb{name: "hurry", from: []State{Waiting, Retrying}, all: ` AND scheduled_at > {river_now}`,
		set: `state = 'available', scheduled_at = {river_now}`}
	// River keeps what is completed, and so knows it if it comes again.
	discard = verb{name: "discard", from: []State{Waiting, Retrying, Dead},
		set: `state = 'completed', finalized_at = {river_now}, args = {without_content}`}
)

func (v verb) statement(where string) string {
	return `UPDATE {schema}river_job SET ` + v.set + ` WHERE ` + where
}

// Replay gives one dead delivery all its attempts again. Of its steps it does those
// that have not succeeded, and those whose mapping has changed since. The key is a
// Letter's, which is the delivery's ID if it has one. The error is a *StateError if
// the delivery is not dead.
func (in *Inbox) Replay(ctx context.Context, key string) error { return in.one(ctx, replay, key) }

// ReplayAll replays all the dead that the filter selects, and returns how many those
// are.
func (in *Inbox) ReplayAll(ctx context.Context, f Filter) (int, error) { return in.all(ctx, replay, f) }

// Hurry makes a delivery due now that waits for its next attempt, as when Knock is back
// and the next attempt hours away. It costs no attempt. The error is a *StateError if
// the delivery is running, dead or unknown.
func (in *Inbox) Hurry(ctx context.Context, key string) error { return in.one(ctx, hurry, key) }

// HurryAll hurries all that the filter selects and that are not due yet, and returns how
// many those are.
func (in *Inbox) HurryAll(ctx context.Context, f Filter) (int, error) { return in.all(ctx, hurry, f) }

// Discard throws a delivery away that is dead or waits: it never runs again. Its body and
// headers are removed at once. Its ID is remembered for Config.Retention, so that
// the same delivery is not taken in again. The error is a *StateError if it is
// running, which is left alone, or unknown. The event log keeps its own copy.
func (in *Inbox) Discard(ctx context.Context, key string) error {
	if err := in.one(ctx, discard, key); err != nil {
		return err
	}
	return in.scrub(ctx)
}

// DiscardAll throws all away that the filter selects, but for what is running, and
// returns how many those are.
func (in *Inbox) DiscardAll(ctx context.Context, f Filter) (int, error) {
	n, err := in.all(ctx, discard, f)
	if err == nil && n > 0 {
		err = in.scrub(ctx)
	}
	return n, err
}

// scrub leaves nothing of what has been removed in the database's files.
func (in *Inbox) scrub(ctx context.Context) error {
	if err := in.store.Scrub(ctx); err != nil {
		return fmt.Errorf("inbox: removed, but a copy may still be in the database's file: %w", err)
	}
	return nil
}

const hasKey = `args ->> 'key' = $1`

func (in *Inbox) one(ctx context.Context, v verb, key string) error {
	for {
		n, err := in.do(ctx, v, isOurs(v.from...)+` AND `+hasKey, encodeText(key))
		if err != nil || n > 0 {
			return err
		}
		state, err := in.state(ctx, key)
		if err != nil {
			return fmt.Errorf("inbox: cannot %s: %w", v.name, err)
		}
		// Otherwise it has come to a fitting state in between.
		if !slices.Contains(v.from, state) {
			return fmt.Errorf("inbox: cannot %s: %w", v.name, &StateError{Key: key, State: state})
		}
	}
}

// state returns the state of a delivery, "" if it has none.
func (in *Inbox) state(ctx context.Context, key string) (State, error) {
	var river string
	err := in.store.QueryRow(ctx, `
		SELECT CAST(state AS text) FROM {schema}river_job WHERE queue = '`+jobQueue+`' AND `+hasKey,
		encodeText(key)).Scan(&river)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return stateOf(river), err
}

func (in *Inbox) all(ctx context.Context, v verb, f Filter) (int, error) {
	where, args, err := f.where(v.from...)
	if err != nil {
		return 0, fmt.Errorf("inbox: cannot %s: %w", v.name, err)
	}
	return in.do(ctx, v, where+v.all, args...)
}

func (in *Inbox) do(ctx context.Context, v verb, where string, args ...any) (int, error) {
	n, err := in.store.Exec(ctx, v.statement(where), args...)
	if err != nil {
		return 0, fmt.Errorf("inbox: cannot %s: %w", v.name, err)
	}
	return int(n), nil
}
