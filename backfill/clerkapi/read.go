package clerkapi

import (
	"context"
	"errors"
	"iter"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/clerkknock/clerkknock/backfill"
)

// pageSize is the most that Clerk takes. One more, and it answers with ten.
const pageSize = 500

// paths are where each kind is listed.
var paths = map[backfill.Kind]string{
	backfill.User:         "/users",
	backfill.Organization: "/organizations",
	backfill.Membership:   "/organization_memberships",
}

// Read is a backfill.Reader. Each page is asked for when the one before has been taken,
// again while Clerk fails for now, and after the pause that it asks for when its rate limit
// is exceeded. An error means that a page was not to be had: Clerk refuses the key, say, or
// is down for minutes.
func (a *API) Read(ctx context.Context, after string) iter.Seq2[backfill.Record, error] {
	return func(yield func(backfill.Record, error) bool) {
		from, err := parsePosition(after)
		if err != nil {
			yield(backfill.Record{}, err)
			return
		}
		all := backfill.Kinds()
		for _, kind := range all {
			if !a.config.reads(kind) || slices.Index(all, kind) < slices.Index(all, from.kind) {
				continue
			}
			at := position{kind: kind}
			if kind == from.kind {
				at = from
			}
			l := &list{api: a, path: paths[kind], yield: yield, at: at}
			switch {
			case kind == backfill.User && !a.config.ChangedSince.IsZero():
				err = l.changed(ctx)
			case kind == backfill.User:
				err = l.byCursor(ctx)
			case kind == backfill.Membership && a.config.ByOrganization:
				err = l.byOrganization(ctx)
			default:
				err = l.byOffset(ctx)
			}
			if errors.Is(err, errStopped) {
				return
			}
			if err != nil {
				yield(backfill.Record{}, err)
				return
			}
		}
	}
}

// errStopped says that nobody wants more.
var errStopped = errors.New("the reading was stopped")

// list is one list that is being read.
type list struct {
	api   *API
	path  string
	yield func(backfill.Record, error) bool
	at    position
}

// page asks for one page.
func (l *list) page(ctx context.Context, query url.Values) ([]object, error) {
	query.Set("limit", strconv.Itoa(pageSize))
	body, err := l.api.page(ctx, l.path, query)
	if err != nil {
		return nil, err
	}
	return objects(body)
}

// take yields what of a page is new. The last record of it has the position.
func (l *list) take(page []object, end int) error {
	var fresh []object
	for _, o := range page {
		if l.at.isNew(o) {
			l.at.pass(o)
			if l.api.config.wants(o) {
				fresh = append(fresh, o)
			}
		}
	}
	l.at.offset = end
	for i, o := range fresh {
		r := backfill.Record{Kind: l.at.kind, Data: o.data}
		if i == len(fresh)-1 {
			r.Position = l.at.String()
		}
		if !l.yield(r, nil) {
			return errStopped
		}
	}
	return nil
}

// byCursor reads the users in the order of their creation, each page after the last user
// of the one before: https://clerk.com/docs/reference/backend-api/tag/users/get/users. If
// that user is gone by then, the page is asked for by time.
func (l *list) byCursor(ctx context.Context) error {
	for {
		query := url.Values{"order_by": {"created_at"}}
		switch since := l.api.config.CreatedSince; {
		case l.at.last != "":
			query.Set("starting_after", l.at.last)
		case !since.IsZero():
			query.Set("created_at_after", strconv.FormatInt(since.UnixMilli()-1, 10))
		}
		page, err := l.page(ctx, query)
		if isUnknown(err) && l.at.last != "" {
			query.Del("starting_after")
			query.Set("created_at_after", strconv.FormatInt(l.at.created.UnixMilli()-1, 10))
			page, err = l.page(ctx, query)
		}
		if err != nil {
			return err
		}
		if err := l.take(page, 0); err != nil {
			return err
		}
		if len(page) < pageSize {
			return nil
		}
	}
}

// isUnknown reports whether Clerk does not know the user to go on after.
func isUnknown(err error) bool {
	var r *refusal
	return errors.As(err, &r) && (r.status == http.StatusUnprocessableEntity || r.status == http.StatusNotFound)
}

// byOffset reads a list in the order of creation that Clerk has no cursor for. What is
// added comes at the end; what is deleted moves the rest forward. So each page begins with
// the last object of the one before: if that is not what it begins with, something before
// it is gone, and the page is asked for from further in front.
func (l *list) byOffset(ctx context.Context) error {
	for offset := max(0, l.at.offset-1); ; {
		page, err := l.page(ctx, url.Values{"order_by": {"created_at"}, "offset": {strconv.Itoa(offset)}})
		if err != nil {
			return err
		}
		if offset > 0 && (len(page) == 0 || l.at.isNew(page[0])) {
			offset = max(0, offset-pageSize/2)
			continue
		}
		end := offset + len(page)
		if err := l.take(page, end); err != nil {
			return err
		}
		if len(page) < pageSize {
			return nil
		}
		offset = end - 1
	}
}
