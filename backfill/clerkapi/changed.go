package clerkapi

import (
	"context"
	"net/url"
	"strconv"
	"time"

	"github.com/clerkknock/clerkknock/backfill"
)

// changed reads the users who were changed since a time. Clerk has no filter for that: the
// list is read from the last changed user on, until older ones come. Who is changed while
// it is read moves to its front, and so it is read from the front again until that brings
// nobody new. What was yielded is remembered by id and time, so that nobody comes twice:
// some 100 bytes for each.
func (l *list) changed(ctx context.Context) error {
	seen := map[string]time.Time{}
	for {
		found, err := l.changedOnce(ctx, seen)
		if err != nil || found == 0 {
			return err
		}
	}
}

// changedOnce reads from the front until what is left is older than asked for or, in the
// order of changes, has been seen as it is; it returns how many were new.
func (l *list) changedOnce(ctx context.Context, seen map[string]time.Time) (found int, err error) {
	known := len(seen) > 0
	for offset := 0; ; {
		page, err := l.page(ctx, url.Values{"order_by": {"-updated_at"}, "offset": {strconv.Itoa(offset)}})
		if err != nil {
			return found, err
		}
		if _, read := seen[first(page)]; offset > 0 && !read {
			offset = max(0, offset-pageSize/2)
			continue
		}
		fresh, older := 0, false
		for _, o := range page {
			if older = o.updated.Before(l.api.config.ChangedSince); older {
				break
			}
			if seen[o.id].Equal(o.updated) {
				continue
			}
			seen[o.id] = o.updated
			fresh++
			if o.created.Before(l.api.config.CreatedSince) {
				continue
			}
			if !l.yield(backfill.Record{Kind: l.at.kind, Data: o.data}, nil) {
				return found, errStopped
			}
		}
		found += fresh
		if older || len(page) < pageSize || known && fresh == 0 {
			return found, nil
		}
		// Who was deleted has moved the others forward: each page begins with somebody whom
		// the one before had, or it is asked for from further in front.
		offset += len(page) - 1
	}
}

// first is the id of the first object, "" if there is none.
func first(page []object) string {
	if len(page) == 0 {
		return ""
	}
	return page[0].id
}
