package clerk_test

import (
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/clerkknock/clerkknock/clerk"
)

func TestPrimaryContactIsWhatTheIDNames(t *testing.T) {
	t.Parallel()
	emails := []clerk.EmailAddress{
		{ID: "idn_1", EmailAddress: "first@example.com"},
		{ID: "idn_2", EmailAddress: "second@example.com"},
		{EmailAddress: "no id"},
	}
	phones := []clerk.PhoneNumber{
		{ID: "idn_3", PhoneNumber: "+15550100001"},
		{ID: "idn_4", PhoneNumber: "+15550100002"},
		{PhoneNumber: "no id"},
	}
	for id, want := range map[string][2]string{
		"idn_1": {"first@example.com", ""}, "idn_2": {"second@example.com", ""},
		"idn_3": {"", "+15550100001"}, "idn_4": {"", "+15550100002"},
		"idn_5": {}, "": {},
	} {
		t.Run("primary "+id, func(t *testing.T) {
			t.Parallel()
			u := clerk.User{
				EmailAddresses: emails, PhoneNumbers: phones,
				PrimaryEmailAddressID: id, PrimaryPhoneNumberID: id,
			}
			email, ok := u.PrimaryEmail()
			assert.Equal(t, want[0], email.EmailAddress)
			assert.Equal(t, want[0] != "", ok)
			phone, ok := u.PrimaryPhone()
			assert.Equal(t, want[1], phone.PhoneNumber)
			assert.Equal(t, want[1] != "", ok)
		})
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
		t.Run(strconv.Quote(test[0])+" and "+strconv.Quote(test[1]), func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, test[2], clerk.User{FirstName: test[0], LastName: test[1]}.FullName())
		})
	}
}

func TestVerifiedIsTheStatusAndNotTheStrategy(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		verification *clerk.Verification
		want         bool
	}{
		"no verification":   {nil, false},
		"no status":         {&clerk.Verification{}, false},
		"verified":          {&clerk.Verification{Status: clerk.VerificationVerified}, true},
		"verified by OAuth": {&clerk.Verification{Status: clerk.VerificationVerified, Strategy: "from_oauth_google"}, true},
		"unverified":        {&clerk.Verification{Status: clerk.VerificationUnverified, Strategy: "email_code"}, false},
		"expired":           {&clerk.Verification{Status: clerk.VerificationExpired}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, test.want, clerk.EmailAddress{Verification: test.verification}.Verified())
		})
	}
}

func TestPayerIsAnOrganizationByItsID(t *testing.T) {
	t.Parallel()
	assert.True(t, clerk.Payer{OrganizationID: "org_1"}.IsOrganization())
	assert.False(t, clerk.Payer{UserID: "user_1", OrganizationID: ""}.IsOrganization())
	assert.False(t, clerk.Payer{}.IsOrganization())
}
