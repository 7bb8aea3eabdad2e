package clerk_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/clerkknock/clerkknock/clerk"
)

func TestIsComparesTypesOfAnyPayload(t *testing.T) {
	t.Parallel()
	e := clerk.Envelope{Type: "user.deleted"}
	assert.True(t, e.Is(clerk.UserDeleted))
	assert.True(t, e.Is(clerk.UserCreated, clerk.SessionCreated, clerk.UserDeleted))
	assert.False(t, e.Is(clerk.UserCreated, clerk.OrganizationDeleted))
	assert.False(t, e.Is())
	assert.True(t, clerk.Event[clerk.DeletedObject]{Envelope: e}.Is(clerk.UserDeleted), "a typed event has it too")
}

func TestWhatAnEventIsAboutIsAskedOfConstantsToo(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "user", clerk.Subject(clerk.UserCreated))
	assert.Equal(t, "organizationMembership", clerk.Subject("organizationMembership.created"))
	assert.True(t, clerk.HappensOnce(clerk.UserCreated))
	assert.False(t, clerk.HappensOnce(clerk.OrganizationMembershipCreated))
}
