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
		{Event: string(clerk.UserCreated), Action: UsersIdentify, Params: identifyUser("data")},
		{Event: string(clerk.UserUpdated), Action: UsersIdentify, Params: identifyUser("data")},
		// Who is told that a user is gone is the host's to say:
		// Set(id, Params{"recipients": …}) before Enable(id).
		{Event: string(clerk.UserDeleted), Action: WorkflowsTrigger, Inactive: true, Params: Params{
			"key": Literal("user-deleted"),
			"data": Object(Params{
				"id":          Path("data.id"),
				"external_id": Path("data.external_id"),
			}),
		}},
		// The workflow must exist in Knock first, and Knock runs it only for users that
		// it knows: the session mostly carries the user.
		{Event: string(clerk.SessionCreated), Action: UsersIdentify, About: "data.user", Inactive: true,
			Params: identifyUser("data.user")},
		{Event: string(clerk.SessionCreated), Action: WorkflowsTrigger, Inactive: true, Params: Params{
			"key":        Literal("session-created"),
			"recipients": Path("data.user_id"),
			"data": Object(Params{
				// Who signs in as the user, from support say: null for the user alone.
				"actor":           Path("data.actor"),
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
		{Event: string(clerk.OrganizationCreated), Action: TenantsSet, Params: setTenant("data")},
		{Event: string(clerk.OrganizationUpdated), Action: TenantsSet, Params: setTenant("data")},
		// The organization may have been there before the endpoint was.
		{Event: string(clerk.OrganizationMembershipCreated), Action: TenantsSet, About: "data.organization",
			Params: setTenant("data.organization")},
		{Event: string(clerk.OrganizationMembershipCreated), Action: ObjectsSubscribe, Params: subscribeMember()},
		{Event: string(clerk.OrganizationMembershipDeleted), Action: ObjectsUnsubscribe, Params: subscribeMember()},

		// Role changes: Knock updates the properties of an existing subscription.
		{Event: string(clerk.OrganizationMembershipUpdated), Action: TenantsSet, About: "data.organization", Inactive: true,
			Params: setTenant("data.organization")},
		{Event: string(clerk.OrganizationMembershipUpdated), Action: ObjectsSubscribe, Inactive: true,
			Params: subscribeMember()},
		// These destroy data in Knock that nothing brings back.
		{Event: string(clerk.UserDeleted), Action: UsersDelete, Inactive: true, Params: Params{"id": Path("data.id")}},
		{Event: string(clerk.OrganizationDeleted), Action: TenantsDelete, Inactive: true,
			Params: Params{"id": Path("data.id")}},
	}
}

// identifyUser has the parameters of the user at a path.
func identifyUser(at string) Params {
	return Params{
		"id":           Path(at + ".id"),
		"name":         First(Join(" ", Path(at+".first_name"), Path(at+".last_name")), Path(at+".username")),
		"email":        Path(at + ".email_addresses[id=" + at + ".primary_email_address_id].email_address"),
		"phone_number": Path(at + ".phone_numbers[id=" + at + ".primary_phone_number_id].phone_number"),
		"avatar":       Path(at + ".image_url"),
		"locale":       Path(at + ".locale"),
		"created_at":   Time(at + ".created_at"),
		"properties": Object(Params{
			"external_id":     Path(at + ".external_id"),
			"username":        Path(at + ".username"),
			"public_metadata": Path(at + ".public_metadata"),
		}),
	}
}

// setTenant has the parameters of the organization at a path.
func setTenant(at string) Params {
	return Params{
		"id":   Path(at + ".id"),
		"name": Path(at + ".name"),
		"properties": Object(Params{
			"slug":            Path(at + ".slug"),
			"image_url":       Path(at + ".image_url"),
			"public_metadata": Path(at + ".public_metadata"),
		}),
	}
}

// tenants is the system collection in which a tenant is an object, as which members
// subscribe to it: https://docs.knock.app/concepts/tenants.
const tenants = "$tenants"

func subscribeMember() Params {
	return Params{
		"collection": Literal(tenants),
		"id":         Path("data.organization.id"),
		"recipients": Path("data.public_user_data.user_id"),
		"properties": Object(Params{"role": Path("data.role")}),
	}
}
