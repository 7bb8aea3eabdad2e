package clerk

import "encoding/json"

// OrganizationMembership is the payload of all three organizationMembership
// events, the deletion included.
//
// The user of a membership is PublicUserData.UserID and the organization is
// Organization.ID; a user who leaves and comes back has a membership with another
// ID.
type OrganizationMembership struct {
	// ID is Clerk's id of the membership (orgmem_...).
	ID string `json:"id"`
	// Object is "organization_membership".
	Object string `json:"object"`
	// Role is the key of the member's role: "org:admin", "org:member", or one of your
	// own. Older events have "admin" and "basic_member".
	Role string `json:"role"`
	// RoleName is what the role is called, "" when not sent.
	RoleName string `json:"role_name"`
	// Permissions are the keys of what the role allows, like "org:sys_billing:read".
	Permissions []string `json:"permissions"`
	// PublicMetadata is a JSON object that your backend writes and members may read.
	PublicMetadata json.RawMessage `json:"public_metadata"`
	// PrivateMetadata is a JSON object for your backend alone, empty when absent.
	PrivateMetadata SecretJSON `json:"private_metadata"`
	// Organization is the organization, without PrivateMetadata and CreatedBy.
	Organization Organization `json:"organization"`
	// PublicUserData is the user; all zero when Clerk sends none, which its OpenAPI
	// document allows and its TypeScript types do not.
	PublicUserData PublicUserData `json:"public_user_data"`
	// CreatedAt is when the user joined.
	CreatedAt Time `json:"created_at"`
	// UpdatedAt is when the membership last changed.
	UpdatedAt Time `json:"updated_at"`
}

// PublicUserData is what memberships and invitations show of a user. ExternalID is
// not part of it.
type PublicUserData struct {
	// UserID is Clerk's id of the user (user_...).
	UserID string `json:"user_id"`
	// FirstName is "" when unknown.
	FirstName string `json:"first_name"`
	// LastName is "" when unknown.
	LastName string `json:"last_name"`
	// ImageURL is the user's picture; see HasImage.
	ImageURL string `json:"image_url"`
	// HasImage is false when the picture at ImageURL is one that Clerk drew.
	HasImage bool `json:"has_image"`
	// ProfileImageURL is deprecated, "" when null or absent. Use ImageURL.
	ProfileImageURL string `json:"profile_image_url"`
	// Identifier is an email address, phone number or username, and does not say which;
	// "" when null or absent.
	Identifier string `json:"identifier"`
	// Username is "" when the user has none.
	Username string `json:"username"`
	// Banned is true while you have banned the user; false when not sent.
	Banned bool `json:"banned"`
	// Deprovisioned is true when the user was removed from the directory that manages
	// them; false when not sent.
	Deprovisioned bool `json:"deprovisioned"`
}
