package clerktest_test

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"net/netip"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/clerkknock/clerkknock/clerk"
	"github.com/clerkknock/clerkknock/clerk/clerktest"
)

func TestThereIsAnEventOfEveryType(t *testing.T) {
	t.Parallel()
	assert.Equal(t, clerk.Types(), clerktest.Types())
	for _, eventType := range clerktest.Types() {
		t.Run(eventType, func(t *testing.T) {
			t.Parallel()
			body := clerktest.Event(eventType)
			e, err := clerk.Parse(body)
			require.NoError(t, err)
			assert.Equal(t, eventType, e.Type)
			assert.Equal(t, "event", e.Object)
			assert.NotEmpty(t, e.Attributes.HTTPRequest.ClientIP)

			var compact bytes.Buffer
			require.NoError(t, json.Compact(&compact, body))
			assert.Equal(t, compact.String(), string(body))
			assert.Equal(t, body, clerktest.Event(eventType))
		})
	}
	assert.Len(t, clerktest.Captured(), 4)
	assert.NotEmpty(t, clerktest.Variants())
	for _, name := range []string{"", "user.locked", "captured/user.created", "../fixtures/user.created"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Panics(t, func() { clerktest.Event(name) })
		})
	}
}

// Ada signs up, signs in, founds an organization and is in the end removed from it
// and deleted.
func TestTheEventsTellOneStory(t *testing.T) {
	t.Parallel()
	var last time.Time
	for _, eventType := range []string{
		"waitlistEntry.created", "waitlistEntry.updated", "email.created", "sms.created",
		"user.created", "subscription.created", "session.created", "organization.created",
		"organizationMembership.created", "organizationInvitation.created", "organizationInvitation.accepted",
		"organizationDomain.created", "organizationDomain.updated", "permission.created", "role.created",
		"organization.updated", "paymentAttempt.created", "paymentAttempt.updated", "user.updated",
		"organizationMembership.updated", "organizationMembership.deleted", "organization.deleted", "user.deleted",
	} {
		e, err := clerk.Parse(clerktest.Event(eventType))
		require.NoError(t, err)
		assert.True(t, e.Timestamp.After(last), eventType)
		latest := e.Timestamp
		if e.Deleted() { // counts to the end of its second
			latest = latest.Add(time.Second - time.Millisecond)
		}
		assert.False(t, e.ChangedAt().After(latest), eventType)
		last = e.Timestamp
	}

	created, updated := user(t, clerk.UserCreated), user(t, clerk.UserUpdated)
	assert.Equal(t, created.ID, updated.ID)
	email, ok := created.PrimaryEmail()
	require.True(t, ok)
	assert.NotEqual(t, created.EmailAddresses[0].EmailAddress, email.EmailAddress, "the first is not the primary one")
	_, ok = created.PrimaryPhone()
	assert.True(t, ok)
	_, ok = updated.PrimaryPhone()
	assert.False(t, ok, "the update removes the phone")
	assert.Contains(t, string(clerktest.Event("user.updated")), `"phone_numbers":[]`)
	assert.Contains(t, string(clerktest.Event("user.updated")), `"primary_phone_number_id":null`)

	e, err := clerk.Parse(clerktest.Event("organizationMembership.created"))
	require.NoError(t, err)
	membership, err := clerk.Decode(e, clerk.OrganizationMembershipCreated)
	require.NoError(t, err)
	assert.Equal(t, created.ID, membership.Data.PublicUserData.UserID)
	assert.Contains(t, string(clerktest.Event("organization.created")), `"id":"`+membership.Data.Organization.ID+`"`)
	assert.Contains(t, string(clerktest.Event("session.created")), `"user_id":"`+created.ID+`"`)
	assert.Contains(t, string(clerktest.Event("user.deleted")), `"id":"`+created.ID+`"`)
}

func user(t *testing.T, eventType clerk.EventType[clerk.User]) clerk.User {
	t.Helper()
	e, err := clerk.Parse(clerktest.Event(eventType.String()))
	require.NoError(t, err)
	event, err := clerk.Decode(e, eventType)
	require.NoError(t, err)
	return event.Data
}

func TestAddressesAndNumbersAreReservedForExamples(t *testing.T) {
	t.Parallel()
	var (
		emails  = regexp.MustCompile(`[\w.+-]+@[\w-]+\.[\w.-]+`)
		phones  = regexp.MustCompile(`"\+\d+"`)
		ips     = regexp.MustCompile(`"(?:\d+\.){3}\d+"|"[0-9a-f]*:[0-9a-f:]*:[0-9a-f]*"`)
		example = regexp.MustCompile(`[@.]example\.(com|org|net)$`)
	)
	found := map[string]int{}
	require.NoError(t, fs.WalkDir(os.DirFS("fixtures"), ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		file, err := os.ReadFile("fixtures/" + path)
		require.NoError(t, err)
		for _, line := range strings.Split(string(file), "\n") {
			if strings.Contains(line, `"user_agent"`) || strings.Contains(line, "browser_version") {
				continue // Versions look like addresses.
			}
			for _, email := range emails.FindAllString(line, -1) {
				found["email"]++
				assert.Regexp(t, example, email, path)
			}
			for _, phone := range phones.FindAllString(line, -1) {
				found["phone"]++
				assert.True(t, strings.HasPrefix(phone, `"+1555010`), "%s: %s", path, phone)
			}
			for _, ip := range ips.FindAllString(line, -1) {
				found["ip"]++
				address, err := netip.ParseAddr(strings.Trim(ip, `"`))
				require.NoError(t, err, path)
				reserved := netip.MustParsePrefix("192.0.2.0/24").Contains(address) ||
					netip.MustParsePrefix("2001:db8::/32").Contains(address)
				assert.True(t, reserved, "%s: %s", path, ip)
			}
		}
		return nil
	}))
	assert.Len(t, found, 3)
}

func TestEditsChangeTheEvent(t *testing.T) {
	t.Parallel()
	object := func(edits ...clerktest.Edit) string {
		base := clerktest.Set("data", map[string]any{"list": []any{1, map[string]any{"a": "b"}}, "name": "Ada"})
		trim := func(event map[string]any) {
			for key := range event {
				if key != "data" {
					delete(event, key)
				}
			}
		}
		return string(clerktest.Event("user.created", append([]clerktest.Edit{base, trim}, edits...)...))
	}
	for name, test := range map[string]struct {
		edit clerktest.Edit
		want string
	}{
		"a value becomes null": {clerktest.Set("data.name", nil), `{"data":{"list":[1,{"a":"b"}],"name":null}}`},
		"a new field": {
			clerktest.Set("data.new", "<b>"),
			`{"data":{"list":[1,{"a":"b"}],"name":"Ada","new":"<b>"}}`,
		},
		"an element":       {clerktest.Set("data.list.0", true), `{"data":{"list":[true,{"a":"b"}],"name":"Ada"}}`},
		"one more element": {clerktest.Set("data.list.2", 3), `{"data":{"list":[1,{"a":"b"},3],"name":"Ada"}}`},
		"a field of an element": {
			clerktest.Set("data.list.1.a", 1772438400000),
			`{"data":{"list":[1,{"a":1772438400000}],"name":"Ada"}}`,
		},
		"a field of the event":       {clerktest.Set("extra", 1), `{"data":{"list":[1,{"a":"b"}],"name":"Ada"},"extra":1}`},
		"a field goes":               {clerktest.Delete("data.name"), `{"data":{"list":[1,{"a":"b"}]}}`},
		"an element goes":            {clerktest.Delete("data.list.0"), `{"data":{"list":[{"a":"b"}],"name":"Ada"}}`},
		"a field of an element goes": {clerktest.Delete("data.list.1.a"), `{"data":{"list":[1,{}],"name":"Ada"}}`},
		"a field of the event goes":  {clerktest.Delete("data"), `{}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, test.want, object(test.edit))
		})
	}
	for name, edit := range map[string]clerktest.Edit{
		"below nothing":               clerktest.Set("nowhere.name", 1),
		"below a string":              clerktest.Set("data.name.first", 1),
		"past the end of a list":      clerktest.Set("data.list.3", 1),
		"before the start":            clerktest.Set("data.list.-1", 1),
		"a name in a list":            clerktest.Set("data.list.first", 1),
		"below no element":            clerktest.Set("data.list.2.a", 1),
		"deletes no field":            clerktest.Delete("data.nothing"),
		"deletes no element":          clerktest.Delete("data.list.2"),
		"deletes under an empty path": clerktest.Delete(""),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Panics(t, func() { object(edit) })
		})
	}
	assert.PanicsWithError(t, `clerktest: path "data.naem.first": there is no "naem"`, func() {
		object(clerktest.Set("data.naem.first", 1))
	})
}

func TestEditsLeaveOtherEventsAlone(t *testing.T) {
	t.Parallel()
	before := clerktest.Event("user.created")
	clerktest.Event("user.created", clerktest.Delete("data.email_addresses.0"), clerktest.Set("type", "x"))
	assert.Equal(t, before, clerktest.Event("user.created"))
}
