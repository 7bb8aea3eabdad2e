package clerk

import "encoding/json"

// InvitationStatus is what became of an invitation. Clerk may add values.
type InvitationStatus string

const (
	// InvitationPending means that it was neither accepted nor withdrawn.
	InvitationPending InvitationStatus = "pending"
	// InvitationAccepted means that it was accepted.
	InvitationAccepted InvitationStatus = "accepted"
	// InvitationRevoked means that it was withdrawn.
	InvitationRevoked InvitationStatus = "revoked"
	// InvitationExpired means that it was not accepted in time. No event is sent for
	// that: compare ExpiresAt with the clock.
	InvitationExpired InvitationStatus = "expired"
)

// OrganizationInvitation is the payload of all three organizationInvitation events.
type OrganizationInvitation struct {
	// Object is "organization_invitation".
	Object string `json:"object"`
	// ID is Clerk's id of the invitation (orginv_...).
	ID string `json:"id"`
	// EmailAddress is whom the invitation went to.
	EmailAddress string `json:"email_address"`
	// Role is the key of the role that the member will have, like "org:member".
	Role string `json:"role"`
	// RoleName is what the role is called.
	RoleName string `json:"role_name"`
	// OrganizationID is the id of the organization, "" when not sent.
	OrganizationID string `json:"organization_id"`
	// UserID is who accepted, in organizationInvitation.accepted; "" otherwise.
	UserID string `json:"user_id"`
	// InviterID is the id of the user who invited, "" when it was your backend.
	InviterID string `json:"inviter_id"`
	// PublicInviterData is the user who invited, nil when it was your backend or when
	// not sent.
	PublicInviterData *PublicUserData `json:"public_inviter_data"`
	// PublicOrganizationData is the organization, nil when not sent. Clerk's OpenAPI
	// document nests it in an object of its own, data.data; its TypeScript types do not.
	// Both are read.
	PublicOrganizationData *PublicOrganizationData `json:"public_organization_data"`
	// Status is "" when absent.
	Status InvitationStatus `json:"status"`
	// PublicMetadata is a JSON object that becomes the membership's.
	PublicMetadata json.RawMessage `json:"public_metadata"`
	// PrivateMetadata is a JSON object for your backend alone, empty when absent.
	PrivateMetadata SecretJSON `json:"private_metadata"`
	// URL accepts the invitation for whoever opens it; empty when null.
	URL Secret `json:"url"`
	// ExpiresAt is until when it can be accepted, zero for always.
	ExpiresAt Time `json:"expires_at"`
	// CreatedAt is when the invitation was made.
	CreatedAt Time `json:"created_at"`
	// UpdatedAt is when the invitation last changed.
	UpdatedAt Time `json:"updated_at"`
}

// UnmarshalJSON reads the organization from either place.
func (i *OrganizationInvitation) UnmarshalJSON(data []byte) error {
	type plain OrganizationInvitation
	wire := struct {
		*plain
		Data struct {
			PublicOrganizationData *PublicOrganizationData `json:"public_organization_data"`
		} `json:"data"`
	}{plain: (*plain)(i)}
	err := unmarshal(data, &wire)
	if i.PublicOrganizationData == nil {
		i.PublicOrganizationData = wire.Data.PublicOrganizationData
	}
	return err
}

// Invitation is an invitation to the application, as part of a waitlist entry.
type Invitation struct {
	// Object is "invitation".
	Object string `json:"object"`
	// ID is Clerk's id of the invitation (inv_...).
	ID string `json:"id"`
	// EmailAddress is whom the invitation went to.
	EmailAddress string `json:"email_address"`
	// PublicMetadata is a JSON object that becomes the user's; nil when absent.
	PublicMetadata json.RawMessage `json:"public_metadata"`
	// Revoked is true when the invitation was withdrawn; false when not sent.
	Revoked bool `json:"revoked"`
	// Status is what became of the invitation.
	Status InvitationStatus `json:"status"`
	// URL accepts the invitation for whoever opens it; empty when absent.
	URL Secret `json:"url"`
	// ExpiresAt is until when it can be accepted, zero for always or when not sent.
	ExpiresAt Time `json:"expires_at"`
	// CreatedAt is when the invitation was made.
	CreatedAt Time `json:"created_at"`
	// UpdatedAt is when the invitation last changed.
	UpdatedAt Time `json:"updated_at"`
}
