package clerktest

// The ids and the address that the events of Event share. Ada's are the same in all of
// them, and so are those of her organization.
const (
	// InstanceID is the Clerk instance that all events are from.
	InstanceID = "ins_3AGvXbJpW5mKcQz7RdYtE2hNsLo"

	// UserID is Clerk's id of Ada.
	UserID = "user_3AHk2VqPz8TnWm4cYxRb6LsDgEj"
	// UserExternalID is the id that the application itself has for Ada, her external_id.
	UserExternalID = "customer-1815"
	// EmailAddressID is the id of her primary email address, the second in the list.
	EmailAddressID = "idn_3AHkC8tWx3YvRz5MnPb7LdQgKsE"
	// EmailAddress is that address.
	EmailAddress = "ada@example.com"
	// PhoneNumberID is the id of her primary phone number, which user.updated removes.
	PhoneNumberID = "idn_3AHkD4rVx7ZwTy2KnMb9LcPgQsF"
	// SessionID is the id of her session.
	SessionID = "sess_3AHkB7nQw2XvTy5LmRc9ZdPgKfH"
	// WaitlistEntryID is the id of the entry with which she waited before she signed up.
	WaitlistEntryID = "wle_3AHhA3jPe8CdSw2YnGk5FmTxMzN"

	// OrganizationID is the id of the organization that Ada founds.
	OrganizationID = "org_3AHmT4bGx9VwKp2RnZc6YdLqEsF"
	// MembershipID is the id of Ada's membership in it.
	MembershipID = "orgmem_3AHmU5cHy2WxLq4SnAd7ZeMrFtG"
	// InvitationID is the id of the invitation into it.
	InvitationID = "orginv_3AHnV6dJz3XyMr5TnBe8AfNsGuH"
	// DomainID is the id of its domain.
	DomainID = "orgdmn_3AHpW7eKa4YzNs6UnCf9BgPtHvJ"
	// RoleID is the id of the role that is made for its members.
	RoleID = "role_3AHrY9gMc6AbQu8WnEh3DjRvKxL"
	// PermissionID is the id of the permission that the role gives.
	PermissionID = "perm_3AHqX8fLb5ZaPt7VnDg2ChQuJwK"
	// SubscriptionID is the id of its subscription, which all events of billing are
	// about except subscription.created: there Ada has one of her own.
	SubscriptionID = "csub_3AHkS4uYq9NpBf3HnTw6QxCgWjX"
)
