package clerk_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/clerkknock/clerkknock/clerk"
	"github.com/clerkknock/clerkknock/clerk/clerktest"
)

// Nothing else is taken for the primary address, as in the default mapping, which
// leaves the email out then.
func TestOnlyThePrimaryIDMakesAnAddressPrimary(t *testing.T) {
	t.Parallel()
	only := clerktest.Delete("data.email_addresses.0") // what is left is verified
	for name, row := range map[string]struct {
		edit clerktest.Edit
		want bool
	}{
		"an id that names it":    {clerktest.Set("data.primary_email_address_id", clerktest.EmailAddressID), true},
		"no id":                  {clerktest.Delete("data.primary_email_address_id"), false},
		"an id that is null":     {clerktest.Set("data.primary_email_address_id", nil), false},
		"an id of another thing": {clerktest.Set("data.primary_email_address_id", clerktest.PhoneNumberID), false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e, err := clerk.Parse(clerktest.Event(clerk.UserCreated, only, row.edit))
			require.NoError(t, err)
			event, err := clerk.Decode(e, clerk.UserCreated)
			require.NoError(t, err)
			require.Len(t, event.Data.EmailAddresses, 1)
			require.True(t, event.Data.EmailAddresses[0].Verified())
			_, ok := event.Data.PrimaryEmail()
			assert.Equal(t, row.want, ok)
		})
	}
}
