package clerk

import "encoding/json"

// VerificationStatus is how far a verification has come. Clerk may add values.
type VerificationStatus string

const (
	// VerificationUnverified means not yet.
	VerificationUnverified VerificationStatus = "unverified"
	// VerificationVerified means that it succeeded.
	VerificationVerified VerificationStatus = "verified"
	// VerificationFailed means that it failed.
	VerificationFailed VerificationStatus = "failed"
	// VerificationExpired means that it was not completed in time.
	VerificationExpired VerificationStatus = "expired"
	// VerificationTransferable means that what was verified belongs to another
	// sign-in or sign-up, to which it can be moved.
	VerificationTransferable VerificationStatus = "transferable"
)

// Verification is how something was verified. Clerk has a shape for each strategy;
// this is all of them in one, with the fields of the other strategies left zero.
// Older events have Status and Strategy only.
type Verification struct {
	// ID is Clerk's id of the verification, mostly absent.
	ID string `json:"id"`
	// Object names the shape, like "verification_otp" or "verification_oauth"; often
	// absent.
	Object string `json:"object"`
	// Status is how far the verification has come, "" when unknown.
	Status VerificationStatus `json:"status"`
	// Strategy is how: email_code, phone_code, reset_password_email_code, email_link,
	// admin, ticket, saml, scim, google_one_tap, passkey, web3_..._signature, oauth_...,
	// from_oauth_..., and what Clerk adds.
	Strategy string `json:"strategy"`
	// Attempts is how often it was tried, nil when that is not counted.
	Attempts *int64 `json:"attempts"`
	// ExpireAt is until when it can be completed, zero for always.
	ExpireAt Time `json:"expire_at"`
	// VerifiedAtClient is the id of the client that completed it, "" when unknown.
	VerifiedAtClient string `json:"verified_at_client"`
	// Channel is how a one-time code was sent, like "sms"; "" when unknown.
	Channel string `json:"channel"`
	// Error is why it failed, nil when it did not. For OAuth, SAML and One Tap.
	Error *Error `json:"error"`
	// ExternalVerificationRedirectURL is where the user was sent to verify, for OAuth
	// and SAML; "" otherwise.
	ExternalVerificationRedirectURL string `json:"external_verification_redirect_url"`
	// Nonce is the challenge, for wallets and passkeys; "" otherwise.
	Nonce string `json:"nonce"`
	// Message is the text to sign, for wallets and passkeys; "" otherwise.
	Message string `json:"message"`
}

// Error is an error of Clerk's, as part of a payload. It is not a Go error.
type Error struct {
	// Code is the error by name, like "oauth_access_denied".
	Code string `json:"code"`
	// Message is the error in a few words.
	Message string `json:"message"`
	// LongMessage is the error in a sentence.
	LongMessage string `json:"long_message"`
	// Meta is a JSON object with more, nil when absent.
	Meta json.RawMessage `json:"meta"`
}
