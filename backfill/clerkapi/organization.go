package clerkapi

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	"github.com/clerkknock/clerkknock/backfill"
)

// byOrganization reads the memberships of each organization, in the order in which those
// were created. The position is that of the organization.
func (l *list) byOrganization(ctx context.Context) error {
	organizations := &list{api: l.api.unfiltered(), path: paths[backfill.Organization], at: l.at}
	organizations.at.kind = backfill.Organization
	var failure error
	organizations.yield = func(r backfill.Record, _ error) bool {
		page, err := objects([]byte("[" + string(r.Data) + "]"))
		if err == nil {
			err = l.members(ctx, page[0])
		}
		failure = err
		return err == nil
	}
	err := organizations.byOffset(ctx)
	if failure != nil {
		return failure
	}
	return err
}

// members reads the memberships of one organization. The last of them has the position
// behind it.
func (l *list) members(ctx context.Context, organization object) error {
	var last *backfill.Record
	of := &list{
		api: l.api, path: paths[backfill.Organization] + "/" + url.PathEscape(organization.id) + "/memberships",
		at: position{kind: backfill.Membership},
	}
	of.yield = func(r backfill.Record, _ error) bool {
		before := last
		r.Position = ""
		last = &r
		return before == nil || l.yield(*before, nil)
	}
	err := of.byOffset(ctx)
	if last != nil && !errors.Is(err, errStopped) {
		l.at.last, l.at.created = organization.id, organization.created
		if err == nil {
			last.Position = l.at.String()
		}
		if !l.yield(*last, nil) {
			return errStopped
		}
	}
	var r *refusal
	if errors.As(err, &r) && r.status == http.StatusNotFound {
		return nil // it was deleted meanwhile, and its memberships with it
	}
	return err
}

// unfiltered is the API without the times, which are those of the memberships.
func (a *API) unfiltered() *API {
	all := *a
	all.config = Config{}
	return &all
}
