package clerk

import "encoding/json"

// EnterpriseProtocol is how an enterprise connection works. Clerk may add values.
type EnterpriseProtocol string

const (
	// EnterpriseOAuth is OAuth or OpenID Connect.
	EnterpriseOAuth EnterpriseProtocol = "oauth"
	// EnterpriseSAML is SAML.
	EnterpriseSAML EnterpriseProtocol = "saml"
)

// EnterpriseAccount is a user's account with the identity provider of a company.
type EnterpriseAccount struct {
	// ID is Clerk's id of the account.
	ID string `json:"id"`
	// Object is "enterprise_account".
	Object string `json:"object"`
	// Protocol is "" when absent.
	Protocol EnterpriseProtocol `json:"protocol"`
	// Provider is the identity provider, like "saml_okta".
	Provider string `json:"provider"`
	// Active is false when the account cannot be used at present.
	Active bool `json:"active"`
	// EmailAddress is the user's email address there.
	EmailAddress string `json:"email_address"`
	// FirstName is "" when unknown.
	FirstName string `json:"first_name"`
	// LastName is "" when unknown.
	LastName string `json:"last_name"`
	// ProviderUserID is the identity provider's id of the user, "" when unknown.
	ProviderUserID string `json:"provider_user_id"`
	// EnterpriseConnectionID is the ID of EnterpriseConnection, "" when there is none.
	EnterpriseConnectionID string `json:"enterprise_connection_id"`
	// PublicMetadata is a JSON object, nil when absent.
	PublicMetadata json.RawMessage `json:"public_metadata"`
	// Verification is how the account was verified, nil when it never was.
	Verification *Verification `json:"verification"`
	// LastAuthenticatedAt is when the user last signed in with it, zero for never or
	// unknown.
	LastAuthenticatedAt Time `json:"last_authenticated_at"`
	// EnterpriseConnection is the connection that the account belongs to, nil when it
	// is gone or not sent.
	EnterpriseConnection *EnterpriseConnection `json:"enterprise_connection"`
}

// EnterpriseConnection connects Clerk to the identity provider of a company.
type EnterpriseConnection struct {
	// ID is Clerk's id of the connection.
	ID string `json:"id"`
	// Protocol is how the connection works.
	Protocol EnterpriseProtocol `json:"protocol"`
	// Provider is the identity provider.
	Provider string `json:"provider"`
	// Name is what the connection is called.
	Name string `json:"name"`
	// LogoPublicURL is a picture for it, "" when there is none.
	LogoPublicURL string `json:"logo_public_url"`
	// Domain is deprecated, "" when absent. Use Domains.
	Domain string `json:"domain"`
	// Domains are the email domains that sign in with it. Either these or Domain are
	// there.
	Domains []string `json:"domains"`
	// Active is false while the connection is switched off.
	Active bool `json:"active"`
	// SyncUserAttributes is true when each sign-in updates the user's names.
	SyncUserAttributes bool `json:"sync_user_attributes"`
	// AllowSubdomains is true when subdomains of the domains count too.
	AllowSubdomains bool `json:"allow_subdomains"`
	// AllowIDPInitiated is true when a sign-in may begin at the identity provider.
	AllowIDPInitiated bool `json:"allow_idp_initiated"`
	// DisableAdditionalIdentifications is true when the user may add no other way to
	// sign in.
	DisableAdditionalIdentifications bool `json:"disable_additional_identifications"`
	// CreatedAt is when the connection was created.
	CreatedAt Time `json:"created_at"`
	// UpdatedAt is when the connection last changed.
	UpdatedAt Time `json:"updated_at"`
}

// SAMLAccount is a user's account with a SAML identity provider. The same account
// is among the user's EnterpriseAccounts.
type SAMLAccount struct {
	// ID is Clerk's id of the account.
	ID string `json:"id"`
	// Object is "saml_account".
	Object string `json:"object"`
	// Provider is the identity provider, like "saml_okta".
	Provider string `json:"provider"`
	// Active is false when the account cannot be used at present.
	Active bool `json:"active"`
	// EmailAddress is the user's email address there.
	EmailAddress string `json:"email_address"`
	// FirstName is "" when unknown.
	FirstName string `json:"first_name"`
	// LastName is "" when unknown.
	LastName string `json:"last_name"`
	// ProviderUserID is the identity provider's id of the user, "" when unknown.
	ProviderUserID string `json:"provider_user_id"`
	// LastAuthenticatedAt is when the user last signed in with it, zero for never or
	// unknown.
	LastAuthenticatedAt Time `json:"last_authenticated_at"`
	// PublicMetadata is a JSON object, nil when absent.
	PublicMetadata json.RawMessage `json:"public_metadata"`
	// Verification is how the account was verified, nil when it never was.
	Verification *Verification `json:"verification"`
	// SAMLConnection is the connection that the account belongs to, nil when it is gone
	// or not sent.
	SAMLConnection *SAMLConnection `json:"saml_connection"`
}

// SAMLConnection connects Clerk to a SAML identity provider.
type SAMLConnection struct {
	// ID is Clerk's id of the connection.
	ID string `json:"id"`
	// Name is what the connection is called.
	Name string `json:"name"`
	// Domain is deprecated, "" when absent. Use Domains.
	Domain string `json:"domain"`
	// Domains are the email domains that sign in with it. Either these or Domain are
	// there.
	Domains []string `json:"domains"`
	// Active is false while the connection is switched off.
	Active bool `json:"active"`
	// Provider is the identity provider.
	Provider string `json:"provider"`
	// SyncUserAttributes is true when each sign-in updates the user's names.
	SyncUserAttributes bool `json:"sync_user_attributes"`
	// AllowSubdomains is true when subdomains of the domains count too.
	AllowSubdomains bool `json:"allow_subdomains"`
	// AllowIDPInitiated is true when a sign-in may begin at the identity provider.
	AllowIDPInitiated bool `json:"allow_idp_initiated"`
	// DisableAdditionalIdentifications is true when the user may add no other way to
	// sign in.
	DisableAdditionalIdentifications bool `json:"disable_additional_identifications"`
	// CreatedAt is when the connection was created.
	CreatedAt Time `json:"created_at"`
	// UpdatedAt is when the connection last changed.
	UpdatedAt Time `json:"updated_at"`
}
