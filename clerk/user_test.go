package clerk_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/clerkknock/clerkknock/clerk"
)

func TestPrimaryContactIsWhatTheIDNames(t *testing.T) {
	t.Parallel()
	emails := []clerk.EmailAddress{{ID: "idn_1", EmailAddress: "first@example.com"}, {ID: "idn_2", EmailAddress: "second@example.com"}, {EmailAddress: "no id"}}
	phones := []clerk.PhoneNumber{{ID: "idn_3", PhoneNumber: "+15550100001"}, {ID: "idn_4", PhoneNumber: "+15550100002"}, {PhoneNumber: "no id"}}
	for id, want := range map[string][2]string{
		"idn_1": {"first@example.com", ""}, "idn_2": {"second@example.com", ""},
		"idn_3": {"", "+15550100001"}, "idn_4": {"", "+15550100002"},
		"idn_5": {}, "": {},
	} {
		u := clerk.User{EmailAddresses: emails, PhoneNumbers: phones, PrimaryEmailAddressID: id, PrimaryPhoneNumberID: id}
		email, ok := u.PrimaryEmail()
		assert.Equal(t, want[0], email.EmailAddress, id)
		assert.Equal(t, want[0] != "", ok, id)
		phone, ok := u.PrimaryPhone()
		assert.Equal(t, want[1], phone.PhoneNumber, id)
		assert.Equal(t, want[1] != "", ok, id)
	}
	_, ok := clerk.User{PrimaryEmailAddressID: "idn_1"}.PrimaryEmail()
	assert.False(t, ok, "as in Clerk's own examples")
}

func TestFullNameJoinsWhatThereIs(t *testing.T) {
	t.Parallel()
	for _, test := range [][3]string{
		{"Ada", "Lovelace", "Ada Lovelace"},
		{"Ada", "", "Ada"},
		{"", "Lovelace", "Lovelace"},
		{"", "", ""},
		{" Ada ", "\tLovelace\n", "Ada Lovelace"},
		{" ", " ", ""},
		{"Augusta Ada", "King", "Augusta Ada King"},
	} {
		assert.Equal(t, test[2], clerk.User{FirstName: test[0], LastName: test[1]}.FullName())
	}
}

func TestVerifiedIsTheStatusAndNotTheStrategy(t *testing.T) {
	t.Parallel()
	for verification, want := range map[*clerk.Verification]bool{
		nil:                                  false,
		{}:                                   false,
		{Status: clerk.VerificationVerified}: true,
		{Status: clerk.VerificationVerified, Strategy: "from_oauth_google"}: true,
		{Status: clerk.VerificationUnverified, Strategy: "email_code"}:      false,
		{Status: clerk.VerificationExpired}:                                 false,
	} {
		assert.Equal(t, want, clerk.EmailAddress{Verification: verification}.Verified())
	}
}

func TestPayerIsAnOrganizationByItsID(t *testing.T) {
	t.Parallel()
	assert.True(t, clerk.Payer{OrganizationID: "org_1"}.IsOrganization())
	assert.False(t, clerk.Payer{UserID: "user_1", OrganizationID: ""}.IsOrganization())
	assert.False(t, clerk.Payer{}.IsOrganization())
}
