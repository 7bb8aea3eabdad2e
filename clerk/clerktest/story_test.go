package clerktest_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/tidwall/gjson"

	"github.com/clerkknock/clerkknock/clerk"
	"github.com/clerkknock/clerkknock/clerk/clerktest"
)

func TestTheIDsOfTheStoryAreThoseOfTheEvents(t *testing.T) {
	t.Parallel()
	places := map[string][]struct{ events, at string }{
		clerktest.InstanceID: {{"", "instance_id"}},
		clerktest.UserID: {{"user", "data.id"}, {"session", "data.user_id"},
			{"organizationMembership", "data.public_user_data.user_id"}},
		clerktest.UserExternalID: {{"user", "data.external_id"}},
		clerktest.EmailAddressID: {{"user.created", "data.email_addresses.1.id"},
			{"user.created", "data.primary_email_address_id"}},
		clerktest.EmailAddress: {{"user.created", "data.email_addresses.1.email_address"},
			{"waitlistEntry", "data.email_address"}},
		clerktest.PhoneNumberID:   {{"user.created", "data.primary_phone_number_id"}},
		clerktest.SessionID:       {{"session", "data.id"}},
		clerktest.WaitlistEntryID: {{"waitlistEntry", "data.id"}},
		clerktest.OrganizationID:  {{"organization", "data.id"}, {"organizationMembership", "data.organization.id"}},
		clerktest.MembershipID:    {{"organizationMembership", "data.id"}},
		clerktest.InvitationID:    {{"organizationInvitation", "data.id"}},
		clerktest.DomainID:        {{"organizationDomain", "data.id"}},
		clerktest.RoleID:          {{"role", "data.id"}},
		clerktest.PermissionID:    {{"permission", "data.id"}, {"role.created", "data.permissions.0.id"}},
		clerktest.SubscriptionID:  {{"subscription.active", "data.id"}, {"subscriptionItem", "data.subscription_id"}},
	}
	for id, all := range places {
		t.Run(id, func(t *testing.T) {
			t.Parallel()
			for _, place := range all {
				found := false
				for _, eventType := range clerktest.Types() {
					if place.events == "" || place.events == eventType || place.events == clerk.Subject(eventType) {
						found = true
						got := gjson.GetBytes(clerktest.Event(eventType), place.at).String()
						assert.Equal(t, id, got, "%s in %s", place.at, eventType)
					}
				}
				assert.True(t, found, place.events)
			}
		})
	}
}

func TestAnEventIsAskedForByItsConstant(t *testing.T) {
	t.Parallel()
	assert.Equal(t, clerktest.Event("user.created"), clerktest.Event(clerk.UserCreated))
	assert.Equal(t, clerktest.Event("user.deleted"), clerktest.Event(clerk.UserDeleted))
	const unknown clerk.EventType[clerk.User] = "user.locked"
	require.PanicsWithValue(t, `clerktest: there is no event of type "user.locked"`, func() { clerktest.Event(unknown) })
}
