package clerk_test

import (
	"testing"

	"github.com/clerkknock/clerkknock/clerk"
	"github.com/stretchr/testify/require"
)

func TestTheSameBytesMeanTheSameThingEverywhere(t *testing.T) {
	t.Parallel()
	for name, data := range map[string]string{
		"a key twice":            `{"id":"user_1","id":"user_2","first_name":"A","first_name":"B"}`,
		"in other letters":       `{"id":"user_1","ID":"user_2","first_name":"A","First_Name":"B"}`,
		"in other letters first": `{"ID":"user_2","First_Name":"B","id":"user_1","first_name":"A"}`,
		"with letters that fold": `{"fir\u017ft_name":"B","id":"user_1","first_name":"A"}`,
		"with an escape":         `{"id":"user_1","\u0069d":"user_2","first_name":"A"}`,
		"within a list": `{"id":"user_1","first_name":"A","email_addresses":[{"id":"idn_1","ID":"idn_2","id":"idn_3"}],
			"primary_email_address_id":"idn_1"}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e, err := clerk.Parse([]byte(`{"type":"user.created","data":` + data + `}`))
			require.NoError(t, err)
			event, err := clerk.Decode(e, clerk.UserCreated)
			require.NoError(t, err)
			require.Equal(t, "user/"+event.Data.ID, e.Entity())
			require.Equal(t, "user_1", event.Data.ID)
			require.Equal(t, "A", event.Data.FirstName)
			for _, address := range event.Data.EmailAddresses {
				require.Equal(t, "idn_1", address.ID)
			}
		})
	}
}

func TestWhatIsReadUnderTwoNamesIsReadExactly(t *testing.T) {
	t.Parallel()
	e, err := clerk.Parse([]byte(`{"type":"sms.created",
		"data":{"id":"sms_1","ID":"sms_2","created_at_ms":1790000000000}}`))
	require.NoError(t, err)
	event, err := clerk.Decode(e, clerk.SMSCreated)
	require.NoError(t, err)
	require.Equal(t, "sms_1", event.Data.ID)
	require.False(t, event.Data.CreatedAt.IsZero())
}

func TestMetadataIsNobodysToSort(t *testing.T) {
	t.Parallel()
	const metadata = `{"Plan":1,"plan":2,"PLAN":{"a":1,"A":2}}`
	e, err := clerk.Parse([]byte(`{"type":"user.created","data":{"id":"u","public_metadata":` + metadata + `}}`))
	require.NoError(t, err)
	event, err := clerk.Decode(e, clerk.UserCreated)
	require.NoError(t, err)
	require.JSONEq(t, metadata, string(event.Data.PublicMetadata))
}

// Types of the host's own are read as encoding/json reads them, but for doubled keys.
func TestTypesOfTheHostsOwnLoseNothing(t *testing.T) {
	t.Parallel()
	type inner struct {
		A string `json:"a"`
	}
	type Base struct {
		Other inner `json:"meta"`
	}
	type own struct {
		ClerkID string `json:"id"`
		ID      int64
		Name    string
		Meta    map[string]string `json:"meta"`
		Base
	}
	e, err := clerk.Parse([]byte(`{"type":"thing.made","data":{
		"id":"x","id":"y","Name":"n","meta":{"a":"1","b":"2"},"unknown":1}}`))
	require.NoError(t, err)
	event, err := clerk.Decode(e, clerk.EventType[own]("thing.made"))
	require.NoError(t, err)
	require.Equal(t, own{ClerkID: "x", Name: "n", Meta: map[string]string{"a": "1", "b": "2"}}, event.Data)
}
