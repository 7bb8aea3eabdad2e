package clerk

// Role is the payload of all three role events: a role that members of
// organizations can have.
//
// For role.deleted Clerk's sources disagree. Its OpenAPI document describes a stub
// with Object, ID, Slug, ExternalID and Deleted, its TypeScript types describe the whole role.
// Role has the fields of both, so that either is read and only ID can be relied on.
type Role struct {
	// Object is "role".
	Object string `json:"object"`
	// ID is Clerk's id of the role (role_...).
	ID string `json:"id"`
	// Name is what the role is called.
	Name string `json:"name"`
	// Key is what memberships name it by, like "org:admin".
	Key string `json:"key"`
	// Description is "" when there is none.
	Description string `json:"description"`
	// IsCreatorEligible is true when whoever creates an organization may get this role;
	// false when not sent.
	IsCreatorEligible bool `json:"is_creator_eligible"`
	// Permissions are what the role allows.
	Permissions []Permission `json:"permissions"`
	// CreatedAt is when the role was created.
	CreatedAt Time `json:"created_at"`
	// UpdatedAt is when the role last changed.
	UpdatedAt Time `json:"updated_at"`
	// Slug is part of the stub in role.deleted, where Clerk's example has it null.
	Slug string `json:"slug"`
	// ExternalID may be part of the stub in role.deleted, which Clerk describes as the
	// one of a deleted user; "" when not sent.
	ExternalID string `json:"external_id"`
	// Deleted is true in the stub in role.deleted. The event's type says it more
	// reliably.
	Deleted bool `json:"deleted"`
}

// PermissionType is who made a permission. Clerk may add values.
type PermissionType string

const (
	// PermissionCustom is a permission of your own.
	PermissionCustom PermissionType = "custom"
	// PermissionSystem is one of Clerk's permissions.
	PermissionSystem PermissionType = "system"
)

// Permission is the payload of all three permission events, and part of a Role.
//
// For permission.deleted Clerk's sources disagree in the same way as for
// role.deleted; see Role.
type Permission struct {
	// Object is "permission".
	Object string `json:"object"`
	// ID is Clerk's id of the permission (perm_...).
	ID string `json:"id"`
	// Name is what the permission is called.
	Name string `json:"name"`
	// Key is what roles name it by, like "org:invoices:create".
	Key string `json:"key"`
	// Description is "" when there is none.
	Description string `json:"description"`
	// Type is who made the permission, "" when not sent.
	Type PermissionType `json:"type"`
	// CreatedAt is when the permission was created.
	CreatedAt Time `json:"created_at"`
	// UpdatedAt is when the permission last changed.
	UpdatedAt Time `json:"updated_at"`
	// Slug is part of the stub in permission.deleted.
	Slug string `json:"slug"`
	// ExternalID may be part of the stub in permission.deleted, as in Role; "" when not
	// sent.
	ExternalID string `json:"external_id"`
	// Deleted is true in the stub in permission.deleted. The event's type says it more
	// reliably.
	Deleted bool `json:"deleted"`
}
