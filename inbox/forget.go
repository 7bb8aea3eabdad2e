package inbox

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/clerk"
	"github.com/riverqueue/river"
)

// forget erases the user of whose deletion a delivery has told, now that it is done. Of a
// user who was deleted before it erases the delivery itself, which comes late.
func (in *Inbox) forget(ctx context.Context, id int64, d clerkknock.Delivery, eventType string) error {
	a := aboutOf(d.Body)
	user := cmp.Or(a.Person, a.Entity)
	if eventType == string(clerk.UserDeleted) {
		_, err := in.erase(ctx, a.Entity)
		return wrapErase(err)
	}
	if !strings.HasPrefix(user, "user/") {
		return nil
	}
	version, err := scanVersion(in.store.QueryRow(ctx, selectVersion, user))
	if err != nil || !version.Deleted {
		return wrapErase(err)
	}
	if _, err := in.store.Exec(ctx, `UPDATE {schema}river_job SET args = {erased} WHERE id = $1`, id); err != nil {
		return wrapErase(err)
	}
	if d.ID == "" {
		return nil // the log does not know it by anything
	}
	return wrapErase(in.eraseLog(ctx, `key = $1`, indexKey(d.ID)))
}

func wrapErase(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("delivery is done, but a deleted user's data has not been erased: %w", err)
}

// unreadable ends a delivery whose content cannot be decrypted.
func (w *worker) unreadable(ctx context.Context, j *river.Job[job], err error) error {
	n := notesOf(j)
	n.failed(ctx, err)
	w.logDead(ctx, j, n.Output.Tries, err)
	return river.JobCancel(err)
}
