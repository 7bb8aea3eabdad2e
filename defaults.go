package clerkknock

import "github.com/clerkknock/clerkknock/clerk"

// defaultMappings is the default table. It follows Knock's hosted Clerk source,
// https://docs.knock.app/integrations/sources/clerk, and goes on from there:
// the primary email address and phone number instead of the first, names and
// properties, memberships as subscriptions to the tenant.
//
// Private metadata, addresses of the network and one-time codes are in Clerk's
// payloads; nothing here reads them.
func defaultMappings() []Mapping {
	return []Mapping{
		{Event: string(clerk.UserCreated), Action: UsersIdentify, Params: identifyUser()},
		{Event: string(clerk.UserUpdated), Action: UsersIdentify, Params: identifyUser()},
		// Who is told that a user is gone is the host's to say:
		// Set(id, Params{"recipients": …}) before Enable(id).
		{Event: string(clerk.UserDeleted), Action: WorkflowsTrigger, Inactive: true, Params: Params{
			"key": Literal("user-deleted"),
			"data": Object(Params{
				"id":          Path("data.id"),
				"external_id": Path("data.external_id"),
			}),
		}},
		// The workflow must exist in Knock first.
		{Event: string(clerk.SessionCreated), Action: WorkflowsTrigger, Inactive: true, Params: Params{
			"key":        Literal("session-created"),
			"recipients": Path("data.user_id"),
			"data": Object(Params{
				"session_id":      Path("data.id"),
				"status":          Path("data.status"),
				"client_id":       Path("data.client_id"),
				"device_type":     Path("data.latest_activity.device_type"),
				"is_mobile":       Path("data.latest_activity.is_mobile"),
				"browser_name":    Path("data.latest_activity.browser_name"),
				"browser_version": Path("data.latest_activity.browser_version"),
				"city":            Path("data.latest_activity.city"),
				"country":         Path("data.latest_activity.country"),
			}),
		}},
		{Event: string(clerk.OrganizationCreated), Action: TenantsSet, Params: setTenant()},
		{Event: string(clerk.OrganizationUpdated), Action: TenantsSet, Params: setTenant()},
		{Event: string(clerk.OrganizationMembershipCreated), Action: ObjectsSubscribe, Params: subscribeMember()},
		{Event: string(clerk.OrganizationMembershipDeleted), Action: ObjectsUnsubscribe, Params: subscribeMember()},

		// Role changes: Knock updates the properties of an existing subscription.
		{Event: string(clerk.OrganizationMembershipUpdated), Action: ObjectsSubscribe, Inactive: true,
			Params: subscribeMember()},
		// These destroy data in Knock that nothing brings back.
		{Event: string(clerk.UserDeleted), Action: UsersDelete, Inactive: true, Params: Params{"id": Path("data.id")}},
		{Event: string(clerk.OrganizationDeleted), Action: TenantsDelete, Inactive: true,
			Params: Params{"id": Path("data.id")}},
	}
}

func identifyUser() Params {
	return Params{
		"id":           Path("data.id"),
		"name":         First(Join(" ", Path("data.first_name"), Path("data.last_name")), Path("data.username")),
		"email":        Path("data.email_addresses[id=data.primary_email_address_id].email_address"),
		"phone_number": Path("data.phone_numbers[id=data.primary_phone_number_id].phone_number"),
		"avatar":       Path("data.image_url"),
		"locale":       Path("data.locale"),
		"created_at":   Time("data.created_at"),
		"properties": Object(Params{
			"external_id":     Path("data.external_id"),
			"username":        Path("data.username"),
			"public_metadata": Path("data.public_metadata"),
		}),
	}
}

func setTenant() Params {
	return Params{
		"id":   Path("data.id"),
		"name": Path("data.name"),
		"properties": Object(Params{
			"slug":            Path("data.slug"),
			"image_url":       Path("data.image_url"),
			"public_metadata": Path("data.public_metadata"),
		}),
	}
}

// subscribeMember addresses the tenant as the object that it is in Knock, in
// the system collection $tenants: https://docs.knock.app/concepts/tenants.
func subscribeMember() Params {
	return Params{
		"collection": Literal("$tenants"),
		"id":         Path("data.organization.id"),
		"recipients": Path("data.public_user_data.user_id"),
		"properties": Object(Params{"role": Path("data.role")}),
	}
}
