package clerk

import "slices"

// Users.
const (
	// UserCreated means that a user signed up, was created through the API or the
	// Dashboard, or was provisioned by a directory.
	UserCreated EventType[User] = "user.created"
	// UserUpdated means that a user changed. Bans, locks and removals by directory
	// sync arrive as this event too.
	UserUpdated EventType[User] = "user.updated"
	// UserDeleted means that a user was deleted. Only the ids are left.
	UserDeleted EventType[DeletedObject] = "user.deleted"
)

// Sessions.
const (
	// SessionCreated means that a user signed in.
	SessionCreated EventType[Session] = "session.created"
	// SessionPending means that a user signed in and has something left to do
	// before the session becomes active.
	SessionPending EventType[Session] = "session.pending"
	// SessionEnded means that a user signed out and the browser still knows the
	// session.
	SessionEnded EventType[Session] = "session.ended"
	// SessionRemoved means that a user signed out and the browser forgot the session.
	SessionRemoved EventType[Session] = "session.removed"
	// SessionRevoked means that the application ended a session.
	SessionRevoked EventType[Session] = "session.revoked"
)

// Organizations.
const (
	// OrganizationCreated means that an organization was created. The membership of
	// its creator comes as an event of its own, before or after this one.
	OrganizationCreated EventType[Organization] = "organization.created"
	// OrganizationUpdated means that an organization changed.
	OrganizationUpdated EventType[Organization] = "organization.updated"
	// OrganizationDeleted means that an organization was deleted. Only its id and
	// perhaps its slug are left.
	OrganizationDeleted EventType[DeletedObject] = "organization.deleted"

	// OrganizationMembershipCreated means that a user joined an organization.
	OrganizationMembershipCreated EventType[OrganizationMembership] = "organizationMembership.created"
	// OrganizationMembershipUpdated means that a membership changed, its role for
	// instance.
	OrganizationMembershipUpdated EventType[OrganizationMembership] = "organizationMembership.updated"
	// OrganizationMembershipDeleted means that a user left an organization. Unlike
	// other deletions it carries the whole membership.
	OrganizationMembershipDeleted EventType[OrganizationMembership] = "organizationMembership.deleted"

	// OrganizationInvitationCreated means that someone was invited to an
	// organization.
	OrganizationInvitationCreated EventType[OrganizationInvitation] = "organizationInvitation.created"
	// OrganizationInvitationAccepted means that an invitation was accepted, by the
	// user in its UserID.
	OrganizationInvitationAccepted EventType[OrganizationInvitation] = "organizationInvitation.accepted"
	// OrganizationInvitationRevoked means that an invitation was withdrawn.
	OrganizationInvitationRevoked EventType[OrganizationInvitation] = "organizationInvitation.revoked"

	// OrganizationDomainCreated means that a domain was added to an organization.
	OrganizationDomainCreated EventType[OrganizationDomain] = "organizationDomain.created"
	// OrganizationDomainUpdated means that a domain changed, for instance because it
	// was verified.
	OrganizationDomainUpdated EventType[OrganizationDomain] = "organizationDomain.updated"
	// OrganizationDomainDeleted means that a domain was removed. Only its id is left.
	OrganizationDomainDeleted EventType[DeletedObject] = "organizationDomain.deleted"
)

// Roles and permissions.
const (
	// RoleCreated means that an organization role was created.
	RoleCreated EventType[Role] = "role.created"
	// RoleUpdated means that an organization role changed.
	RoleUpdated EventType[Role] = "role.updated"
	// RoleDeleted means that an organization role was deleted. Its payload is the
	// whole role or a stub; see Role.
	RoleDeleted EventType[Role] = "role.deleted"

	// PermissionCreated means that a permission was created.
	PermissionCreated EventType[Permission] = "permission.created"
	// PermissionUpdated means that a permission changed.
	PermissionUpdated EventType[Permission] = "permission.updated"
	// PermissionDeleted means that a permission was deleted. Its payload is the
	// whole permission or a stub; see Permission.
	PermissionDeleted EventType[Permission] = "permission.deleted"
)

// The waitlist.
const (
	// WaitlistEntryCreated means that someone joined the waitlist.
	WaitlistEntryCreated EventType[WaitlistEntry] = "waitlistEntry.created"
	// WaitlistEntryUpdated means that a waitlist entry changed, for instance because
	// it was invited.
	WaitlistEntryUpdated EventType[WaitlistEntry] = "waitlistEntry.updated"
)

// Messages that Clerk sends, or leaves to you to send.
const (
	// EmailCreated means that Clerk wrote an email. Its payload carries one-time
	// codes and links.
	EmailCreated EventType[Email] = "email.created"
	// SMSCreated means that Clerk wrote a text message. Its payload carries one-time
	// codes.
	SMSCreated EventType[SMS] = "sms.created"
)

// Billing, which Clerk calls a beta. It describes these events on
// https://clerk.com/docs/guides/development/webhooks/billing.
const (
	// SubscriptionCreated means that a payer has a subscription, which normally comes
	// with the user or organization itself, or with billing being switched on.
	SubscriptionCreated EventType[Subscription] = "subscription.created"
	// SubscriptionUpdated means that a subscription changed in something other than
	// its status.
	SubscriptionUpdated EventType[Subscription] = "subscription.updated"
	// SubscriptionActive means that a subscription became active; on the free default
	// plan too.
	SubscriptionActive EventType[Subscription] = "subscription.active"
	// SubscriptionPastDue means that a subscription has a payment outstanding.
	SubscriptionPastDue EventType[Subscription] = "subscription.pastDue"

	// SubscriptionItemCreated means that an item was added to a subscription. Clerk's
	// OpenAPI document dropped this event in August 2026; its TypeScript types keep it.
	SubscriptionItemCreated EventType[SubscriptionItem] = "subscriptionItem.created"
	// SubscriptionItemUpdated means that an item changed in something other than its
	// status: it was renewed, or a discount was applied or revoked.
	SubscriptionItemUpdated EventType[SubscriptionItem] = "subscriptionItem.updated"
	// SubscriptionItemActive means that an item became active, perhaps as a free
	// trial.
	SubscriptionItemActive EventType[SubscriptionItem] = "subscriptionItem.active"
	// SubscriptionItemCanceled means that an item was canceled and lasts until the
	// end of its period.
	SubscriptionItemCanceled EventType[SubscriptionItem] = "subscriptionItem.canceled"
	// SubscriptionItemUpcoming means that an item will begin when the current period
	// ends.
	SubscriptionItemUpcoming EventType[SubscriptionItem] = "subscriptionItem.upcoming"
	// SubscriptionItemEnded means that an item ended.
	SubscriptionItemEnded EventType[SubscriptionItem] = "subscriptionItem.ended"
	// SubscriptionItemAbandoned means that an upcoming item was superseded before it
	// began.
	SubscriptionItemAbandoned EventType[SubscriptionItem] = "subscriptionItem.abandoned"
	// SubscriptionItemIncomplete means that a checkout began and its payment is not
	// made yet.
	SubscriptionItemIncomplete EventType[SubscriptionItem] = "subscriptionItem.incomplete"
	// SubscriptionItemPastDue means that a recurring charge failed.
	SubscriptionItemPastDue EventType[SubscriptionItem] = "subscriptionItem.pastDue"
	// SubscriptionItemFreeTrialEnding means that a free trial ends in three days, or
	// that it began and is shorter than that.
	SubscriptionItemFreeTrialEnding EventType[SubscriptionItem] = "subscriptionItem.freeTrialEnding"

	// PaymentAttemptCreated means that a payment is being attempted.
	PaymentAttemptCreated EventType[PaymentAttempt] = "paymentAttempt.created"
	// PaymentAttemptUpdated means that a payment was made or failed.
	PaymentAttemptUpdated EventType[PaymentAttempt] = "paymentAttempt.updated"
)

var types = []string{
	string(UserCreated), string(UserUpdated), string(UserDeleted),
	string(SessionCreated), string(SessionPending), string(SessionEnded), string(SessionRemoved), string(SessionRevoked),
	string(OrganizationCreated), string(OrganizationUpdated), string(OrganizationDeleted),
	string(OrganizationMembershipCreated), string(OrganizationMembershipUpdated), string(OrganizationMembershipDeleted),
	string(OrganizationInvitationCreated), string(OrganizationInvitationAccepted), string(OrganizationInvitationRevoked),
	string(OrganizationDomainCreated), string(OrganizationDomainUpdated), string(OrganizationDomainDeleted),
	string(RoleCreated), string(RoleUpdated), string(RoleDeleted),
	string(PermissionCreated), string(PermissionUpdated), string(PermissionDeleted),
	string(WaitlistEntryCreated), string(WaitlistEntryUpdated),
	string(EmailCreated), string(SMSCreated),
	string(SubscriptionCreated), string(SubscriptionUpdated), string(SubscriptionActive), string(SubscriptionPastDue),
	string(SubscriptionItemCreated), string(SubscriptionItemUpdated), string(SubscriptionItemActive),
	string(SubscriptionItemCanceled), string(SubscriptionItemUpcoming), string(SubscriptionItemEnded),
	string(SubscriptionItemAbandoned), string(SubscriptionItemIncomplete), string(SubscriptionItemPastDue),
	string(SubscriptionItemFreeTrialEnding),
	string(PaymentAttemptCreated), string(PaymentAttemptUpdated),
}

// Types returns every event type that this package has a constant for, in the
// order of the constants. Clerk adds types without notice, so the list serves
// tests and pages of settings and is no reason to refuse an event.
func Types() []string { return slices.Clone(types) }
