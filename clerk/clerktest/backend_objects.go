package clerktest

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/clerkknock/clerkknock/clerk"
)

// User returns Ada as Clerk's Backend API lists her, after the edits: the data of
// user.created, whose paths begin at its own fields, such as "first_name".
func User(edits ...Edit) []byte { return data(clerk.UserCreated, edits) }

// Organization returns her organization like User.
func Organization(edits ...Edit) []byte { return data(clerk.OrganizationCreated, edits) }

// Membership returns her membership in it like User.
func Membership(edits ...Edit) []byte { return data(clerk.OrganizationMembershipCreated, edits) }

func data[S ~string](eventType S, edits []Edit) []byte {
	body := Event(eventType, func(event map[string]any) {
		for _, edit := range edits {
			edit(event["data"].(map[string]any))
		}
	})
	var envelope struct{ Data json.RawMessage }
	if err := json.Unmarshal(body, &envelope); err != nil {
		panic("clerktest: " + err.Error())
	}
	return bytes.Clone(envelope.Data)
}

// Population is how much there is in an instance that Populate makes.
type Population struct {
	// Users is how many users there are.
	Users int
	// Organizations is how many organizations there are.
	Organizations int
	// Memberships is how many memberships there are, spread evenly.
	Memberships int
	// Mixed lets everybody join everywhere at the same time: neighbours in the list of
	// memberships are in different organizations. Defaults to false: the members of an
	// organization have joined one after the other.
	Mixed bool
}

// populated is when the first of a Population was created.
const populated = 1767225600000 // 2026-01-01

// Populate adds people and organizations, created a second after each other:
// user_0000000 and so on, org_0000000, and their members. Every tenth member of an
// organization is an admin, the first one too. It panics if there are more
// memberships than pairs.
func (b *Backend) Populate(p Population) {
	if p.Memberships > p.Users*p.Organizations {
		panic("clerktest: Populate: there are not so many pairs of users and organizations")
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for i := range p.Users {
		b.tables["user"].put(newRow(userRow(i)))
	}
	for i := range p.Organizations {
		b.tables["organization"].put(newRow([]byte(organizationRow(i))))
	}
	for i := range p.Memberships {
		organization, member := i*p.Organizations/p.Memberships, 0
		if p.Mixed {
			organization, member = i%p.Organizations, i/p.Organizations
		} else {
			member = i - (organization*p.Memberships+p.Organizations-1)/p.Organizations
		}
		user := (organization*37 + member) % p.Users
		b.tables["organization_membership"].put(newRow(membershipRow(i, organization, user, member%10 == 0)))
	}
}

func userRow(i int) []byte {
	at := populated + i*1000
	return fmt.Appendf(nil, `{"id":"user_%07d","object":"user","external_id":null,"username":"user%d",`+
		`"first_name":"First%d","last_name":"Last","locale":"en","image_url":"https://img.clerk.com/%d",`+
		`"primary_email_address_id":"idn_%d","email_addresses":[{"id":"idn_%d","object":"email_address",`+
		`"email_address":"user%d@example.com","verification":{"status":"verified","strategy":"email_code"},`+
		`"created_at":%d,"updated_at":%d}],"primary_phone_number_id":null,"phone_numbers":[],`+
		`"public_metadata":{"n":%d},"private_metadata":{},"unsafe_metadata":{},"banned":false,"locked":false,`+
		`"last_sign_in_at":%d,"last_active_at":%d,"created_at":%d,"updated_at":%d}`,
		i, i, i, i, i, i, i, at, at, i, at, at, at, at)
}

func organizationRow(i int) string {
	at := populated + i*1000
	return fmt.Sprintf(`{"id":"org_%07d","object":"organization","name":"Organization %d","slug":"org-%d",`+
		`"image_url":"https://img.clerk.com/o%d","has_image":false,"members_count":1,`+
		`"public_metadata":{"n":%d},"private_metadata":{},"created_at":%d,"updated_at":%d}`, i, i, i, i, i, at, at)
}

func membershipRow(i, organization, user int, admin bool) []byte {
	role := "org:member"
	if admin {
		role = "org:admin"
	}
	at := populated + i*1000
	return fmt.Appendf(nil, `{"id":"orgmem_%08d","object":"organization_membership","role":%q,`+
		`"permissions":[],"public_metadata":{},"private_metadata":{},"organization":%s,`+
		`"public_user_data":{"user_id":"user_%07d","first_name":"First%d","last_name":"Last",`+
		`"identifier":"user%d@example.com"},"created_at":%d,"updated_at":%d}`,
		i, role, organizationRow(organization), user, user, user, at, at)
}
