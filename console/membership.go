package console

import (
	"context"

	"github.com/clerkknock/clerkknock/clerk"
	"github.com/clerkknock/clerkknock/eventlog"
	"github.com/tidwall/gjson"
)

// maxMemberships bounds how many events of each type are looked at for a membership.
const maxMemberships = 200

// findMembership returns the Entity of the membership with an ID of its own, "" if none of
// the latest has it. The log knows memberships by organization and user, so that the
// payloads have to be asked; nothing of them is shown.
func (c *console) findMembership(ctx context.Context, id string) (string, error) {
	for _, t := range []string{
		clerk.OrganizationMembershipCreated.String(), clerk.OrganizationMembershipUpdated.String(),
		clerk.OrganizationMembershipDeleted.String(),
	} {
		entries, err := c.config.Log.Entries(ctx, eventlog.Query{Type: t, Limit: maxMemberships})
		if err != nil {
			return "", unreadable("The event log", err)
		}
		for _, e := range entries {
			if gjson.GetBytes(e.Delivery.Body, "data.id").String() == id && len(e.Entities) > 0 {
				return e.Entities[0], nil
			}
		}
	}
	return "", nil
}
