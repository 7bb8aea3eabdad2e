package clerk

import "encoding/json"

// Organization is the payload of organization.created and organization.updated, and
// part of every membership.
type Organization struct {
	// ID is Clerk's id of the organization (org_...).
	ID string `json:"id"`
	// Object is "organization".
	Object string `json:"object"`
	// Name is what the organization is called.
	Name string `json:"name"`
	// Slug is its name in URLs, "" where slugs are switched off.
	Slug string `json:"slug"`
	// ImageURL is its picture, which Clerk draws itself when there is none; see
	// HasImage.
	ImageURL string `json:"image_url"`
	// LogoURL is a legacy field, "" when null or absent. Use ImageURL.
	LogoURL string `json:"logo_url"`
	// HasImage is false when the picture at ImageURL is one that Clerk drew.
	HasImage bool `json:"has_image"`
	// MembersCount is how many members there are, nil when not sent.
	MembersCount *int64 `json:"members_count"`
	// PendingInvitationsCount is how many invitations are open, nil when not sent.
	PendingInvitationsCount *int64 `json:"pending_invitations_count"`
	// MissingMemberWithElevatedPermissions is true when no member could administer the
	// organization; false when not sent.
	MissingMemberWithElevatedPermissions bool `json:"missing_member_with_elevated_permissions"`
	// MaxAllowedMemberships is how many members there may be.
	MaxAllowedMemberships int64 `json:"max_allowed_memberships"`
	// AdminDeleteEnabled is true when its administrators may delete it.
	AdminDeleteEnabled bool `json:"admin_delete_enabled"`
	// PublicMetadata is a JSON object that your backend writes and members may read.
	PublicMetadata json.RawMessage `json:"public_metadata"`
	// PrivateMetadata is a JSON object for your backend alone, empty when absent, as it
	// is within memberships.
	PrivateMetadata SecretJSON `json:"private_metadata"`
	// CreatedBy is the id of the user who created it, "" when not sent, as within
	// memberships.
	CreatedBy string `json:"created_by"`
	// CreatedAt is when the organization was created.
	CreatedAt Time `json:"created_at"`
	// UpdatedAt is when the organization last changed.
	UpdatedAt Time `json:"updated_at"`
	// LastActiveAt is when the organization was last worked in, zero when not sent.
	LastActiveAt Time `json:"last_active_at"`
	// RoleSetKey names the set of roles that its members may have, "" when null or not
	// sent.
	RoleSetKey string `json:"role_set_key"`
}

// PublicOrganizationData is what invitations and domains show of their
// organization.
type PublicOrganizationData struct {
	// ID is Clerk's id of the organization (org_...).
	ID string `json:"id"`
	// Name is what the organization is called.
	Name string `json:"name"`
	// Slug is its name in URLs, "" where slugs are switched off.
	Slug string `json:"slug"`
	// ImageURL is its picture, "" when not sent.
	ImageURL string `json:"image_url"`
	// HasImage is false when the picture at ImageURL is one that Clerk drew.
	HasImage bool `json:"has_image"`
}
