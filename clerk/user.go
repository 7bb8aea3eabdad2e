package clerk

import (
	"encoding/json"
	"strings"
)

// User is the payload of user.created and user.updated, and part of every session
// event.
//
// Clerk describes it on https://clerk.com/docs/guides/development/webhooks/overview
// and, like all payloads, field by field in
// https://github.com/clerk/openapi-specs/blob/main/webhooks/2025-04-15.yml.
type User struct {
	// ID is Clerk's id of the user (user_...).
	ID string `json:"id"`
	// Object is "user".
	Object string `json:"object"`
	// ExternalID is your own id for the user, "" when none was set.
	ExternalID string `json:"external_id"`
	// Username is "" when the user has none.
	Username string `json:"username"`
	// FirstName is "" when unknown, as for most who sign up by email.
	FirstName string `json:"first_name"`
	// LastName is "" when unknown.
	LastName string `json:"last_name"`
	// Locale is a BCP 47 tag like "en-US", "" when unknown and in events of 2025.
	Locale string `json:"locale"`
	// ImageURL is the user's picture, which Clerk draws itself when there is none; see
	// HasImage.
	ImageURL string `json:"image_url"`
	// HasImage is false when the picture at ImageURL is one that Clerk drew.
	HasImage bool `json:"has_image"`
	// ProfileImageURL is deprecated and often a placeholder. Use ImageURL.
	ProfileImageURL string `json:"profile_image_url"`
	// Birthday is a legacy field, "" or absent today.
	Birthday string `json:"birthday"`
	// Gender is a legacy field, "" or absent today.
	Gender string `json:"gender"`

	// PrimaryEmailAddressID is the ID of one of EmailAddresses, "" when the user has
	// no primary address. It may point to none of them; see PrimaryEmail.
	PrimaryEmailAddressID string `json:"primary_email_address_id"`
	// PrimaryPhoneNumberID is the ID of one of PhoneNumbers, "" when the user has no
	// primary number; see PrimaryPhone.
	PrimaryPhoneNumberID string `json:"primary_phone_number_id"`
	// PrimaryWeb3WalletID is the ID of one of Web3Wallets, "" when the user has no
	// primary wallet.
	PrimaryWeb3WalletID string `json:"primary_web3_wallet_id"`
	// EmailAddresses are the user's email addresses in no order that means anything.
	EmailAddresses []EmailAddress `json:"email_addresses"`
	// PhoneNumbers are the user's phone numbers.
	PhoneNumbers []PhoneNumber `json:"phone_numbers"`
	// Web3Wallets are the user's wallets.
	Web3Wallets []Web3Wallet `json:"web3_wallets"`
	// Passkeys are the user's passkeys.
	Passkeys []Passkey `json:"passkeys"`
	// ExternalAccounts are the user's accounts with OAuth providers.
	ExternalAccounts []ExternalAccount `json:"external_accounts"`
	// SAMLAccounts are the user's accounts with SAML identity providers.
	SAMLAccounts []SAMLAccount `json:"saml_accounts"`
	// EnterpriseAccounts are the user's accounts with identity providers of any
	// protocol; SAML accounts are among them.
	EnterpriseAccounts []EnterpriseAccount `json:"enterprise_accounts"`
	// OrganizationMemberships are the user's memberships where Clerk sends them along,
	// which it mostly does not: none here does not mean none at all.
	OrganizationMemberships []OrganizationMembership `json:"organization_memberships"`

	// PublicMetadata is a JSON object that your backend writes and anyone may read.
	PublicMetadata json.RawMessage `json:"public_metadata"`
	// PrivateMetadata is a JSON object for your backend alone, empty when absent. It
	// does arrive in webhooks.
	PrivateMetadata SecretJSON `json:"private_metadata"`
	// UnsafeMetadata is a JSON object that the user may write, nil when absent. Never
	// take a role, a tenant or a recipient from it.
	UnsafeMetadata json.RawMessage `json:"unsafe_metadata"`

	// PasswordEnabled is true when the user has a password.
	PasswordEnabled bool `json:"password_enabled"`
	// PasswordLastUpdatedAt is zero when the user has no password, or absent.
	PasswordLastUpdatedAt Time `json:"password_last_updated_at"`
	// TwoFactorEnabled is true when the user has any second factor.
	TwoFactorEnabled bool `json:"two_factor_enabled"`
	// TOTPEnabled is true when the user has an authenticator app.
	TOTPEnabled bool `json:"totp_enabled"`
	// BackupCodeEnabled is true when the user has backup codes.
	BackupCodeEnabled bool `json:"backup_code_enabled"`
	// MFAEnabledAt is when multi-factor authentication was last switched on, zero for
	// never. Switching it off does not clear it.
	MFAEnabledAt Time `json:"mfa_enabled_at"`
	// MFADisabledAt is when multi-factor authentication was last switched off, zero for
	// never. Switching it on does not clear it.
	MFADisabledAt Time `json:"mfa_disabled_at"`

	// LastSignInAt is zero when the user has never signed in.
	LastSignInAt Time `json:"last_sign_in_at"`
	// LastActiveAt is zero when the user has never been active. Clerk promises the day
	// and no more.
	LastActiveAt Time `json:"last_active_at"`
	// LegalAcceptedAt is when the user accepted your terms, zero for never.
	LegalAcceptedAt Time `json:"legal_accepted_at"`
	// CreatedAt is when the user was created.
	CreatedAt Time `json:"created_at"`
	// UpdatedAt is when the user last changed.
	UpdatedAt Time `json:"updated_at"`

	// Banned is true while you have banned the user.
	Banned bool `json:"banned"`
	// Locked is true while the user is locked out after too many failed attempts.
	Locked bool `json:"locked"`
	// Deprovisioned is true when the user was removed from the directory that manages
	// them. Clerk sends user.updated for that and not user.deleted.
	Deprovisioned bool `json:"deprovisioned"`
	// LockoutExpiresInSeconds is how long Locked still lasts, in seconds. Nil means
	// for good if Locked, and nothing otherwise.
	LockoutExpiresInSeconds *int64 `json:"lockout_expires_in_seconds"`
	// VerificationAttemptsRemaining is how many failed attempts are left before the
	// user is locked out, nil when there is no limit.
	VerificationAttemptsRemaining *int64 `json:"verification_attempts_remaining"`
	// DeleteSelfEnabled is true when the user may delete their account.
	DeleteSelfEnabled bool `json:"delete_self_enabled"`
	// CreateOrganizationEnabled is true when the user may create organizations.
	CreateOrganizationEnabled bool `json:"create_organization_enabled"`
	// CreateOrganizationsLimit is how many organizations the user may create: 0 for any
	// number, nil when nothing was set for this user.
	CreateOrganizationsLimit *int64 `json:"create_organizations_limit"`
	// BypassClientTrust is true when the user is let in from new devices without
	// another check.
	BypassClientTrust bool `json:"bypass_client_trust"`
	// SCIM is set for users whom a directory provisioned, in user.created and
	// user.updated only: nil proves nothing.
	SCIM *SCIM `json:"scim"`
}

// SCIM says which directory provisioned a user.
type SCIM struct {
	// DirectoryID is Clerk's id of the directory.
	DirectoryID string `json:"directory_id"`
	// DirectoryEnabled is left out by Clerk when false.
	DirectoryEnabled bool `json:"directory_enabled"`
	// ExternalID is the user's id in the directory, "" when null.
	ExternalID string `json:"external_id"`
}

// PrimaryEmail returns the address that PrimaryEmailAddressID names, verified or not.
// It is false for users without one and for an id that names none of EmailAddresses,
// as in Clerk's own examples. No other address takes its place, not even the only one
// and verified: Clerk has not said that it may be written to. The default mapping of
// package clerkknock leaves the email out in the same cases.
func (u User) PrimaryEmail() (EmailAddress, bool) {
	for _, email := range u.EmailAddresses {
		if email.ID != "" && email.ID == u.PrimaryEmailAddressID {
			return email, true
		}
	}
	return EmailAddress{}, false
}

// PrimaryPhone returns the number that PrimaryPhoneNumberID names, in the same way
// as PrimaryEmail.
func (u User) PrimaryPhone() (PhoneNumber, bool) {
	for _, phone := range u.PhoneNumbers {
		if phone.ID != "" && phone.ID == u.PrimaryPhoneNumberID {
			return phone, true
		}
	}
	return PhoneNumber{}, false
}

// FullName joins the first and the last name; "" when the user has neither.
func (u User) FullName() string {
	return strings.TrimSpace(strings.TrimSpace(u.FirstName) + " " + strings.TrimSpace(u.LastName))
}
