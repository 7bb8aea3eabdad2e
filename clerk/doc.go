// Package clerk has the events that Clerk's webhooks deliver, as Go types.
//
// Parse reads the envelope of a body, and Decode the payload as the type that the
// event's constant carries:
//
//	e, err := clerk.Parse(body)
//	if err != nil {
//		return err
//	}
//	switch {
//	case e.Is(clerk.UserCreated):
//		event, err := clerk.Decode(e, clerk.UserCreated) // a clerk.Event[clerk.User]
//		…
//	case e.Is(clerk.SessionEnded, clerk.SessionRemoved, clerk.SessionRevoked):
//		…
//	}
//
// Parse does not verify. Check the signature of a body before anything reads it.
//
// # Events
//
// These are the 46 types that Clerk documents and their payloads. Clerk adds types
// without notice; Parse passes on what it does not know, and a constant of your own
// gives it a payload (see EventType).
//
//   - [UserCreated], [UserUpdated]: [User]
//   - [UserDeleted], [OrganizationDeleted], [OrganizationDomainDeleted]: [DeletedObject]
//   - [SessionCreated], [SessionPending], [SessionEnded], [SessionRemoved], [SessionRevoked]: [Session]
//   - [OrganizationCreated], [OrganizationUpdated]: [Organization]
//   - [OrganizationMembershipCreated], [OrganizationMembershipUpdated], [OrganizationMembershipDeleted]:
//     [OrganizationMembership]
//   - [OrganizationInvitationCreated], [OrganizationInvitationAccepted], [OrganizationInvitationRevoked]:
//     [OrganizationInvitation]
//   - [OrganizationDomainCreated], [OrganizationDomainUpdated]: [OrganizationDomain]
//   - [RoleCreated], [RoleUpdated], [RoleDeleted]: [Role]
//   - [PermissionCreated], [PermissionUpdated], [PermissionDeleted]: [Permission]
//   - [WaitlistEntryCreated], [WaitlistEntryUpdated]: [WaitlistEntry]
//   - [EmailCreated]: [Email]
//   - [SMSCreated]: [SMS]
//   - [SubscriptionCreated], [SubscriptionUpdated], [SubscriptionActive], [SubscriptionPastDue]: [Subscription]
//   - [SubscriptionItemCreated], [SubscriptionItemUpdated], [SubscriptionItemActive], [SubscriptionItemCanceled],
//     [SubscriptionItemUpcoming], [SubscriptionItemEnded], [SubscriptionItemAbandoned], [SubscriptionItemIncomplete],
//     [SubscriptionItemPastDue], [SubscriptionItemFreeTrialEnding]: [SubscriptionItem]
//   - [PaymentAttemptCreated], [PaymentAttemptUpdated]: [PaymentAttempt]
//
// # Payloads
//
// Absent and null are one thing here, the zero value, unless null has a meaning of
// its own: then the field is a pointer. Times are [Time], which is a time.Time that
// reads Clerk's milliseconds. What is one fact under two names in Clerk's sources is
// one field that reads both. Metadata stays JSON, to be decoded into a type of yours.
// When that is not enough, Envelope.Data is the payload as it came.
//
// # Secrets
//
// Clerk's payloads carry private metadata, one-time codes, backup codes and links
// that let their holder in. Their fields are [Secret] and [SecretJSON], which print,
// log and encode as "[redacted]"; an [Envelope] and an [Event] print and log without
// their payload. The rest of a payload is still personal data.
//
// # Order
//
// Clerk's webhooks arrive more than once and in any order. [Envelope.Entity] says what
// an event is about, [Envelope.Version] how new it is, and [Envelope.Deleted] whether
// it is the last word.
package clerk
