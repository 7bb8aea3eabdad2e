package clerk_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/clerkknock/clerkknock/clerk"
	"github.com/clerkknock/clerkknock/clerk/clerktest"
)

func TestDecodeGivesTheEnvelopeAndThePayload(t *testing.T) {
	t.Parallel()
	e, err := clerk.Parse(clerktest.Event("session.created"))
	require.NoError(t, err)
	e.ID = "msg_1"
	event, err := clerk.Decode(e, clerk.SessionCreated)
	require.NoError(t, err)
	assert.Equal(t, e, event.Envelope)
	assert.Equal(t, clerk.SessionStatusActive, event.Data.Status)
	assert.Equal(t, event.Data.UserID, event.Data.User.ID)
	assert.Equal(t, time.Date(2026, 3, 2, 8, 2, 0, 0, time.UTC), event.Data.CreatedAt.Time)
	assert.Equal(t, "session/"+event.Data.ID, event.Entity())
}

func TestDecodeRefusesAnotherType(t *testing.T) {
	t.Parallel()
	e, err := clerk.Parse(clerktest.Event("user.updated"))
	require.NoError(t, err)
	event, err := clerk.Decode(e, clerk.UserCreated)
	assert.ErrorIs(t, err, clerk.ErrWrongType)
	assert.Zero(t, event.Data)
}

func TestDecodeTakesMissingDataAsZero(t *testing.T) {
	t.Parallel()
	for _, body := range []string{`"data":null`, `"data":{}`, `"new":1`} {
		for _, eventType := range clerk.Types() {
			t.Run(eventType+" "+body, func(t *testing.T) {
				t.Parallel()
				e, err := clerk.Parse(fmt.Appendf(nil, `{"type":%q,%s}`, eventType, body))
				require.NoError(t, err)
				_, data, err := decoders[eventType](e)
				require.NoError(t, err)
				assert.Zero(t, data)
			})
		}
	}
}

func TestDecodeRefusesDataThatIsNoObject(t *testing.T) {
	t.Parallel()
	for _, data := range []string{`"jane@example.com"`, `1`, `true`, `[]`, `[{"id":"user_1"}]`} {
		for _, eventType := range payloadTypes {
			t.Run(eventType+" "+data, func(t *testing.T) {
				t.Parallel()
				e, err := clerk.Parse(fmt.Appendf(nil, `{"type":%q,"data":%s}`, eventType, data))
				require.NoError(t, err)
				_, _, err = decoders[eventType](e)
				assert.ErrorIs(t, err, clerk.ErrPayload)
				assert.Equal(t, clerk.ErrPayload.Error(), err.Error())
			})
		}
	}
}

// Every value of every payload in turn becomes another kind of thing, and all the
// others must stay what they were.
func TestDecodeSurvivesEveryFieldOfAnotherKind(t *testing.T) {
	t.Parallel()
	for _, eventType := range payloadTypes {
		t.Run(eventType, func(t *testing.T) {
			t.Parallel()
			edits := []clerktest.Edit{}
			if eventType == "session.created" {
				edits = append(edits, clerktest.Delete("data.user")) // That is user.created.
			}
			want := decodedLeaves(t, clerktest.Event(eventType, edits...))
			for path := range want {
				if eventType == "sms.created" && path == "data.created_at" {
					continue // It has another name on the wire.
				}
				for _, odd := range []any{true, -1.5, "odd", []any{1, "odd"}, map[string]any{"odd": 1}} {
					got := decodedLeaves(t, clerktest.Event(eventType, append(edits, clerktest.Set(path, odd))...))
					for other, value := range want {
						if other != path && got[other] != value {
							t.Errorf("%s as %v costs %s", path, odd, other)
						}
					}
				}
			}
		})
	}
}

func decodedLeaves(t *testing.T, body []byte) map[string]string {
	t.Helper()
	_, _, data := decode(t, body)
	found := map[string]string{}
	leaves("data", reflect.ValueOf(data), found)
	return found
}

func TestDecodeKeepsTheRestWhenOneFieldIsOfAnotherKind(t *testing.T) {
	t.Parallel()
	e, err := clerk.Parse(clerktest.Event("user.created",
		clerktest.Set("data.username", 7),
		clerktest.Set("data.email_addresses.1.verification.attempts", "many"),
		clerktest.Set("data.email_addresses.0", "ada@example.org"),
		clerktest.Set("data.phone_numbers", map[string]any{}),
		clerktest.Set("data.updated_at", "2026-03-02T08:00:00Z"),
	))
	require.NoError(t, err)
	event, err := clerk.Decode(e, clerk.UserCreated)
	require.NoError(t, err)
	user := event.Data
	assert.Empty(t, user.Username)
	assert.Equal(t, "Ada", user.FirstName)
	assert.Empty(t, user.PhoneNumbers)
	assert.Len(t, user.EmailAddresses, 2)
	email, ok := user.PrimaryEmail()
	require.True(t, ok)
	assert.Equal(t, "email_code", email.Verification.Strategy)
	assert.Equal(t, time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC), user.UpdatedAt.Time)
	assert.Equal(t, "customer-1815", user.ExternalID, "what follows is read too")
	assert.Contains(t, string(event.Envelope.Data), `"username":7`)
}

func TestNewEnumValuesArePassedOn(t *testing.T) {
	t.Parallel()
	e, err := clerk.Parse(clerktest.Event("session.created",
		clerktest.Set("data.status", "hibernating"),
		clerktest.Set("data.object", "sessions"),
	))
	require.NoError(t, err)
	event, err := clerk.Decode(e, clerk.SessionCreated)
	require.NoError(t, err)
	assert.Equal(t, clerk.SessionStatus("hibernating"), event.Data.Status)
}

func TestOneFactUnderTwoNamesIsOneField(t *testing.T) {
	t.Parallel()
	variants := clerktest.Variants()

	_, _, plain := decode(t, clerktest.Event("organizationInvitation.accepted"))
	_, _, nested := decode(t, variants["organizationInvitation.accepted.nested"])
	assert.Equal(t, plain, nested)

	_, _, openAPI := decode(t, clerktest.Event("organizationDomain.updated"))
	_, _, typeScript := decode(t, variants["organizationDomain.updated.typescript"])
	assert.Equal(t, openAPI, typeScript)

	_, _, schema := decode(t, clerktest.Event("sms.created"))
	_, _, example := decode(t, variants["sms.created.example"])
	assert.Equal(t, schema, example)

	_, _, item := decode(t, variants["subscriptionItem.updated.typescript"])
	assert.Equal(t, clerk.IntervalAnnual, item.(clerk.SubscriptionItem).Interval)
}

func TestMoneyIsANumberOrAnObject(t *testing.T) {
	t.Parallel()
	_, _, data := decode(t, clerktest.Event("subscriptionItem.active"))
	item := data.(clerk.SubscriptionItem)
	assert.Equal(t, clerk.Money{Amount: 2000}, item.Plan.Amount)
	assert.Nil(t, item.Amount, "no price is not a price of nothing")

	_, _, data = decode(t, clerktest.Event("subscriptionItem.active",
		clerktest.Set("data.plan.amount", map[string]any{
			"amount": 2000, "amount_formatted": "20.00", "currency": "USD", "currency_symbol": "$",
		}),
		clerktest.Set("data.amount", 0),
	))
	item = data.(clerk.SubscriptionItem)
	want := clerk.Money{Amount: 2000, AmountFormatted: "20.00", Currency: "USD", CurrencySymbol: "$"}
	assert.Equal(t, want, item.Plan.Amount)
	assert.Equal(t, &clerk.Money{}, item.Amount)
}

func TestNumbersTellZeroFromNull(t *testing.T) {
	t.Parallel()
	for wire, want := range map[string]string{`null`: "<nil>", `0`: "0", `3600`: "3600"} {
		t.Run(wire, func(t *testing.T) {
			t.Parallel()
			e, err := clerk.Parse([]byte(`{"type":"user.updated","data":{"lockout_expires_in_seconds":` + wire + `}}`))
			require.NoError(t, err)
			event, err := clerk.Decode(e, clerk.UserUpdated)
			require.NoError(t, err)
			got := "<nil>"
			if seconds := event.Data.LockoutExpiresInSeconds; seconds != nil {
				got = fmt.Sprint(*seconds)
			}
			assert.Equal(t, want, got)
		})
	}
}

type picky struct{}

var errPicky = errors.New("no ada@example.com here")

func (*picky) UnmarshalJSON([]byte) error { return errPicky }

func TestPayloadTypesOfYourOwn(t *testing.T) {
	t.Parallel()
	e, err := clerk.Parse([]byte(`{"type":"user.locked","data":{"id":"user_1","reason":"attempts"}}`))
	require.NoError(t, err)

	raw, err := clerk.Decode(e, clerk.EventType[json.RawMessage]("user.locked"))
	require.NoError(t, err)
	assert.Equal(t, string(e.Data), string(raw.Data))

	pointer, err := clerk.Decode(e, clerk.EventType[*clerk.DeletedObject]("user.locked"))
	require.NoError(t, err)
	assert.Equal(t, "user_1", pointer.Data.ID)

	_, err = clerk.Decode(e, clerk.EventType[picky]("user.locked"))
	require.ErrorIs(t, err, clerk.ErrPayload)
	require.ErrorIs(t, err, errPicky)
	assert.NotContains(t, err.Error(), "ada", "the cause may quote the payload")
}
