package clerk

// EnrollmentMode is how people with an address in a domain join its organization.
// Clerk may add values.
type EnrollmentMode string

const (
	// EnrollmentManualInvitation means that they are invited one by one.
	EnrollmentManualInvitation EnrollmentMode = "manual_invitation"
	// EnrollmentAutomaticInvitation means that they are invited when they sign up.
	EnrollmentAutomaticInvitation EnrollmentMode = "automatic_invitation"
	// EnrollmentAutomaticSuggestion means that they may ask to join.
	EnrollmentAutomaticSuggestion EnrollmentMode = "automatic_suggestion"
	// EnrollmentEnterpriseSSO means that they join by signing in with the company's
	// identity provider.
	EnrollmentEnterpriseSSO EnrollmentMode = "enterprise_sso"
)

// OrganizationDomain is the payload of organizationDomain.created and
// organizationDomain.updated: an email domain that belongs to an organization.
type OrganizationDomain struct {
	// Object is "organization_domain".
	Object string `json:"object"`
	// ID is Clerk's id of the domain (orgdmn_...).
	ID string `json:"id"`
	// OrganizationID is the id of the organization (org_...).
	OrganizationID string `json:"organization_id"`
	// Name is the domain itself, like "example.com".
	Name string `json:"name"`
	// EnrollmentMode is how people with an address in the domain join.
	EnrollmentMode EnrollmentMode `json:"enrollment_mode"`
	// AffiliationEmailAddress is the address that proved the affiliation, "" for none.
	AffiliationEmailAddress string `json:"affiliation_email_address"`
	// AffiliationVerification is whether somebody in the domain was reached by email,
	// nil when that was not tried or when not sent.
	AffiliationVerification *DomainVerification `json:"affiliation_verification"`
	// OwnershipVerification is whether control over the domain was proven, nil when
	// that was not tried or when not sent.
	OwnershipVerification *DomainVerification `json:"ownership_verification"`
	// Verification is a deprecated name of AffiliationVerification.
	Verification *DomainVerification `json:"verification"`
	// TotalPendingInvitations is how many invitations the domain has open.
	TotalPendingInvitations int64 `json:"total_pending_invitations"`
	// TotalPendingSuggestions is how many suggestions the domain has open.
	TotalPendingSuggestions int64 `json:"total_pending_suggestions"`
	// PublicOrganizationData is the organization, nil when not sent.
	PublicOrganizationData *PublicOrganizationData `json:"public_organization_data"`
	// CreatedAt is when the domain was added.
	CreatedAt Time `json:"created_at"`
	// UpdatedAt is when the domain last changed.
	UpdatedAt Time `json:"updated_at"`
}

// DomainVerification is how a domain was verified.
type DomainVerification struct {
	// Status is how far the verification has come.
	Status VerificationStatus `json:"status"`
	// Strategy is how, like "affiliation_email_code" or "txt".
	Strategy string `json:"strategy"`
	// Attempts is how often it was tried, nil when that is not counted.
	Attempts *int64 `json:"attempts"`
	// ExpireAt is until when it can be completed, zero for always. Clerk's TypeScript
	// types call it expires_at. Both are read.
	ExpireAt Time `json:"expire_at"`
	// VerifiedAt is when it was completed, zero when it was not.
	VerifiedAt Time `json:"verified_at"`
}

// UnmarshalJSON reads ExpireAt under either name.
func (v *DomainVerification) UnmarshalJSON(data []byte) error {
	type plain DomainVerification
	wire := struct {
		*plain
		ExpiresAt Time `json:"expires_at"`
	}{plain: (*plain)(v)}
	err := unmarshal(data, &wire)
	if v.ExpireAt.IsZero() {
		v.ExpireAt = wire.ExpiresAt
	}
	return err
}
