package clerk

import "encoding/json"

// ExternalAccount is a user's account with an OAuth provider. The names and the
// addresses in it are what the provider says.
type ExternalAccount struct {
	// Object is "external_account", and "google_account" or "facebook_account" for
	// older accounts with those two.
	Object string `json:"object"`
	// ID is Clerk's id of the account (eac_..., idn_... for the two older kinds).
	ID string `json:"id"`
	// ExternalAccountID is the eac_... id of the two older kinds, "" otherwise.
	ExternalAccountID string `json:"external_account_id"`
	// Provider is the provider, like "oauth_google".
	Provider string `json:"provider"`
	// IdentificationID is Clerk's id of the account as a way to sign in (idn_...).
	IdentificationID string `json:"identification_id"`
	// ProviderUserID is the provider's id of the user.
	ProviderUserID string `json:"provider_user_id"`
	// ApprovedScopes are the OAuth scopes that were granted, separated by spaces.
	ApprovedScopes string `json:"approved_scopes"`
	// EmailAddress is the user's email address, "" when the provider gives none.
	EmailAddress string `json:"email_address"`
	// EmailAddressVerified is whether the provider has verified the address, false when
	// unknown.
	EmailAddressVerified bool `json:"email_address_verified"`
	// FirstName is "" when unknown.
	FirstName string `json:"first_name"`
	// LastName is "" when unknown.
	LastName string `json:"last_name"`
	// AvatarURL is deprecated. Use ImageURL.
	AvatarURL string `json:"avatar_url"`
	// ImageURL is the picture, "" when there is none.
	ImageURL string `json:"image_url"`
	// Username is "" when the provider has none.
	Username string `json:"username"`
	// PhoneNumber is "" when unknown.
	PhoneNumber string `json:"phone_number"`
	// PublicMetadata is a JSON object, nil when absent.
	PublicMetadata json.RawMessage `json:"public_metadata"`
	// Label tells accounts with one provider apart, "" when there is none.
	Label string `json:"label"`
	// Verification is how the account was verified, nil when it never was.
	Verification *Verification `json:"verification"`
	// CreatedAt is when the account was connected; absent in older events.
	CreatedAt Time `json:"created_at"`
	// UpdatedAt is when the account last changed; absent in older events.
	UpdatedAt Time `json:"updated_at"`
}
