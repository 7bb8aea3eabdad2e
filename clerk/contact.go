package clerk

// EmailAddress is one of a user's email addresses.
type EmailAddress struct {
	// ID is Clerk's id of the address (idn_...), what User.PrimaryEmailAddressID names.
	ID string `json:"id"`
	// Object is "email_address".
	Object string `json:"object"`
	// EmailAddress is the address itself.
	EmailAddress string `json:"email_address"`
	// Reserved is a mark that Clerk sets and does not explain; false in older events.
	Reserved bool `json:"reserved"`
	// Verification is how the address was verified, nil when it never was, as for users
	// created through the API or the Dashboard; see Verified.
	Verification *Verification `json:"verification"`
	// LinkedTo are the accounts that the address came with.
	LinkedTo []IdentificationLink `json:"linked_to"`
	// MatchesSSOConnection is true when the address belongs to the domain of an
	// enterprise connection.
	MatchesSSOConnection bool `json:"matches_sso_connection"`
	// CreatedAt is when the address was added; absent in older events.
	CreatedAt Time `json:"created_at"`
	// UpdatedAt is when the address last changed; absent in older events.
	UpdatedAt Time `json:"updated_at"`
}

// Verified reports whether Clerk has verified the address by whatever means.
func (e EmailAddress) Verified() bool {
	return e.Verification != nil && e.Verification.Status == VerificationVerified
}

// PhoneNumber is one of a user's phone numbers.
type PhoneNumber struct {
	// ID is Clerk's id of the number (idn_...), what User.PrimaryPhoneNumberID names.
	ID string `json:"id"`
	// Object is "phone_number".
	Object string `json:"object"`
	// PhoneNumber is the number itself in E.164, like "+15550100001".
	PhoneNumber string `json:"phone_number"`
	// ReservedForSecondFactor is true for a number that serves for multi-factor
	// authentication, and perhaps for nothing else.
	ReservedForSecondFactor bool `json:"reserved_for_second_factor"`
	// DefaultSecondFactor is true for the second factor that is asked for first.
	DefaultSecondFactor bool `json:"default_second_factor"`
	// Reserved is a mark that Clerk sets and does not explain; false in older events.
	Reserved bool `json:"reserved"`
	// Verification is how the number was verified, nil when it never was.
	Verification *Verification `json:"verification"`
	// LinkedTo are the accounts that the number came with.
	LinkedTo []IdentificationLink `json:"linked_to"`
	// BackupCodes each let their holder in; empty when absent or null.
	BackupCodes []Secret `json:"backup_codes"`
	// CreatedAt is when the number was added; absent in older events.
	CreatedAt Time `json:"created_at"`
	// UpdatedAt is when the number last changed; absent in older events.
	UpdatedAt Time `json:"updated_at"`
}

// IdentificationLink names an account that an email address or phone number came
// with.
type IdentificationLink struct {
	// Type is the kind of account, like "oauth_google".
	Type string `json:"type"`
	// ID is Clerk's id of the account's identification (idn_...).
	ID string `json:"id"`
}

// Web3Wallet is one of a user's wallets.
type Web3Wallet struct {
	// ID is Clerk's id of the wallet (idn_...), what User.PrimaryWeb3WalletID names.
	ID string `json:"id"`
	// Object is "web3_wallet".
	Object string `json:"object"`
	// Web3Wallet is the wallet's address.
	Web3Wallet string `json:"web3_wallet"`
	// Verification is how the wallet was verified, nil when it never was.
	Verification *Verification `json:"verification"`
	// CreatedAt is when the wallet was added.
	CreatedAt Time `json:"created_at"`
	// UpdatedAt is when the wallet last changed.
	UpdatedAt Time `json:"updated_at"`
}

// Passkey is one of a user's passkeys.
type Passkey struct {
	// ID is Clerk's id of the passkey (idn_...).
	ID string `json:"id"`
	// Object is "passkey".
	Object string `json:"object"`
	// Name is what the passkey is called, usually after the device.
	Name string `json:"name"`
	// LastUsedAt is zero when the passkey was never used.
	LastUsedAt Time `json:"last_used_at"`
	// Verification is how the passkey was verified, nil when it never was.
	Verification *Verification `json:"verification"`
}
