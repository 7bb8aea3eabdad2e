package inbox

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/clerkknock/clerkknock/inbox/internal/engine"
)

// Erase removes what is stored of one entity, as clerk.Envelope's Entity names it: for
// "user/user_1" the bodies and headers of all deliveries about that user, and about the
// user's sessions, memberships and messages, done or not, and those in the event log. What
// is unfinished or dead is thrown away. IDs stay, so that the same deliveries are not taken in
// again, and so do the ledger's records, which keep an older event from undoing a deletion.
//
// What is running comes to its end and may still be noted in the event log: the error is a
// *StateError then, and all else is done. Call Erase again when it is not running any more.
// What was stored by a version before this one, without its entity, is not found; it goes
// with its retention.
func (in *Inbox) Erase(ctx context.Context, entity string) error {
	if entity == "" {
		return errors.New("inbox: cannot erase: the entity is empty; give one such as user/ID")
	}
	running, err := in.erase(ctx, indexKey(entity))
	if err != nil {
		return fmt.Errorf("inbox: cannot erase: %w", err)
	}
	if err := in.scrub(ctx); err != nil || running == 0 {
		return err
	}
	var key string
	err = in.store.QueryRow(ctx, `SELECT args ->> 'key' FROM {schema}river_job
		WHERE `+isOurs(Running)+` AND `+isAbout+` LIMIT 1`, indexKey(entity)).Scan(&key)
	if err != nil {
		// It has come to its end just now.
		return in.Erase(ctx, entity)
	}
	return fmt.Errorf("inbox: cannot erase: %w", &StateError{Key: decodeText(key), State: Running})
}

const isAbout = `(args ->> 'entity' = $1 OR args ->> 'person' = $1)`

// erase is Erase, for an entity as it is stored. It returns how many are running, of which only the stored content is
// removed.
func (in *Inbox) erase(ctx context.Context, entity string) (running int, err error) {
	// Deliveries change their state meanwhile: it looks again until there is none.
	for {
		n, err := in.store.Exec(ctx, `UPDATE {schema}river_job SET args = {erased}
			WHERE `+isOurs(Running)+` AND `+isAbout, entity)
		if err != nil {
			return 0, err
		}
		// Found first and changed in pieces: to look takes long, and SQLite has one writer.
		ids, err := engine.Query(ctx, in.store, scanID, `SELECT id FROM {schema}river_job
			WHERE queue = '`+jobQueue+`' AND state <> 'running' AND `+isAbout, entity)
		if err != nil {
			return 0, err
		}
		if len(ids) == 0 {
			return int(n), in.eraseLog(ctx, `entity = $1 OR person = $1`, entity)
		}
		for page := range slices.Chunk(ids, sweepBatch) {
			if err := in.eraseJobs(ctx, page); err != nil {
				return 0, err
			}
		}
	}
}

func (in *Inbox) eraseJobs(ctx context.Context, ids []int64) error {
	within := ` AND id IN (` + join(ids) + `)`
	for _, statement := range []string{
		`UPDATE {schema}river_job SET ` + discard.set + ` WHERE ` + isOurs(discard.from...) + within,
		`UPDATE {schema}river_job SET args = {without_content} WHERE state = 'completed'` + within,
	} {
		if _, err := in.store.Exec(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}

// eraseLog removes the contents of the entries for which a condition on a text holds.
func (in *Inbox) eraseLog(ctx context.Context, where, text string) error {
	_, err := in.store.Exec(ctx, `UPDATE {schema}clerk_events
		SET body = $2, delivery = {without_header}, key_id = '', entity = '', person = '', organization = '',
			planned = '', planned_history = ''
		WHERE `+where, text, []byte{})
	return err
}
