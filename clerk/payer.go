package clerk

// Payer is who pays: a user or an organization. Only the fields of the one that it
// is are filled, the others are "" or absent; see IsOrganization.
type Payer struct {
	// Object is "commerce_payer", "" when absent.
	Object string `json:"object"`
	// ID is Clerk's id of the payer (cpayer_...).
	ID string `json:"id"`
	// InstanceID is the Clerk instance (ins_...), "" when absent.
	InstanceID string `json:"instance_id"`
	// UserID is the id of the user, "" for an organization.
	UserID string `json:"user_id"`
	// FirstName is that of the user.
	FirstName string `json:"first_name"`
	// LastName is that of the user.
	LastName string `json:"last_name"`
	// Email is that of the user.
	Email string `json:"email"`
	// OrganizationID is the id of the organization, "" for a user.
	OrganizationID string `json:"organization_id"`
	// OrganizationName is that of the organization.
	OrganizationName string `json:"organization_name"`
	// ImageURL is the picture of either.
	ImageURL string `json:"image_url"`
	// CreatedAt is when the payer was created, zero when absent.
	CreatedAt Time `json:"created_at"`
	// UpdatedAt is when the payer last changed, zero when absent.
	UpdatedAt Time `json:"updated_at"`
}

// IsOrganization reports whether an organization pays and not a user.
func (p Payer) IsOrganization() bool { return p.OrganizationID != "" }
