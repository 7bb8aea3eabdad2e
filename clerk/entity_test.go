package clerk_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/clerkknock/clerkknock/clerk"
)

func TestEntityNamesWhatTheEventIsAbout(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ eventType, data, want string }{
		{"user.created", `{"id":"user_1"}`, "user/user_1"},
		{"user.deleted", `{"deleted":true,"id":"user_1"}`, "user/user_1"},
		{"organization.updated", `{"id":"org_1"}`, "organization/org_1"},
		{
			"organizationMembership.deleted",
			`{"id":"orgmem_1","organization":{"id":"org_1"},"public_user_data":{"user_id":"user_1"}}`,
			"membership/org_1/user_1",
		},
		{"session.created", `{"id":"sess_1","user_id":"user_1"}`, "session/sess_1"},
		{"subscriptionItem.pastDue", `{"id":"csub_item_1"}`, "subscriptionItem/csub_item_1"},
		{"something", `{"id":"x"}`, "something/x"},
		{"some.thing.new", `{"id":"x"}`, "some/x"},

		{"user.created", `{"id":"a/b"}`, "user/a%2Fb"},
		{"user.created", `{"id":"a%2Fb"}`, "user/a%252Fb"},
		{"user/a.created", `{"id":"b"}`, "user%2Fa/b"},
		{"membership.created", `{"id":"org_1/user_1"}`, "membership/org_1%2Fuser_1"},
		{"user.created", `{"id":"\u0061\n"}`, "user/a%0A"},
		{"user.created", `{"id":"first","id":"second"}`, "user/first"},

		{"user.created", `{}`, ""},
		{"user.created", `{"id":""}`, ""},
		{"user.created", `{"id":null}`, ""},
		{"user.created", `{"id":1}`, ""},
		{"user.created", `{"id":["user_1"]}`, ""},
		{"user.created", `[{"id":"user_1"}]`, ""},
		{"user.created", `"id"`, ""},
		{"user.created", `null`, ""},
		{"user.created", ``, ""},
		{"organizationMembership.created", `{"id":"orgmem_1","organization":{"id":"org_1"}}`, ""},
		{"organizationMembership.created", `{"organization":"org_1","public_user_data":{"user_id":"user_1"}}`, ""},
		{"organizationMembership.created", `{"organization":[{"id":"org_1"}],"public_user_data":{"user_id":"user_1"}}`, ""},
	} {
		t.Run(test.eventType+" "+test.data, func(t *testing.T) {
			t.Parallel()
			e := clerk.Envelope{Type: test.eventType, Data: json.RawMessage(test.data)}
			assert.Equal(t, test.want, e.Entity())
		})
	}
}

func TestVersionIsTheTimeOfTheState(t *testing.T) {
	t.Parallel()
	early, late := time.UnixMilli(1748751899130).UTC(), time.UnixMilli(1748751899131).UTC()
	for _, test := range []struct {
		eventType string
		timestamp time.Time
		data      string
		want      time.Time
	}{
		{"user.updated", late, `{"updated_at":1748751899130}`, early},
		{"user.updated", late, `{"updated_at":1748751899}`, time.Unix(1748751899, 0).UTC()},
		{"user.updated", late, `{"updated_at":"1748751899130"}`, early},
		{"user.updated", late, `{"updated_at":null}`, time.Time{}},
		{"user.updated", late, `{"updated_at":{}}`, time.Time{}},
		{"user.updated", late, `{"user":{"updated_at":1}}`, time.Time{}},
		{"user.updated", late, `null`, time.Time{}},
		{"user.updated", late, ``, time.Time{}},
		{"user.deleted", late, `{"id":"user_1"}`, late},
		{"user.deleted", time.Time{}, `{"id":"user_1"}`, time.Time{}},
		{"organizationMembership.deleted", late, `{"updated_at":1748751899130}`, late},
		{"organizationMembership.deleted", early, `{"updated_at":1748751899131}`, late},
		{"organizationMembership.deleted", time.Time{}, `{"updated_at":1748751899131}`, late},
	} {
		t.Run(test.eventType+" "+test.data, func(t *testing.T) {
			t.Parallel()
			e := clerk.Envelope{Type: test.eventType, Timestamp: test.timestamp, Data: json.RawMessage(test.data)}
			assert.Equal(t, test.want, e.ChangedAt())
		})
	}
}

func TestDeletedIsAboutTheType(t *testing.T) {
	t.Parallel()
	for eventType, want := range map[string]bool{
		"user.deleted": true, "organizationMembership.deleted": true, "new.deleted": true,
		"user.created": false, "deleted": false, "user.deletedSoon": false,
	} {
		t.Run(eventType, func(t *testing.T) {
			t.Parallel()
			e := clerk.Envelope{Type: eventType, Data: json.RawMessage(`{"deleted":true}`)}
			assert.Equal(t, want, e.Deleted())
		})
	}
}

// What is deleted is newer than everything that was said about it before.
func TestVersionsOfOneEntityRise(t *testing.T) {
	t.Parallel()
	newest := map[string]time.Time{}
	for _, name := range []string{
		"user.created", "user.updated", "user.deleted",
		"organization.created", "organization.updated", "organization.deleted",
		"organizationMembership.created", "organizationMembership.updated", "organizationMembership.deleted",
	} {
		e, err := clerk.Parse(fixtures()[name])
		require.NoError(t, err)
		assert.True(t, e.ChangedAt().After(newest[e.Entity()]), name)
		newest[e.Entity()] = e.ChangedAt()
	}
	assert.Len(t, newest, 3)
}
