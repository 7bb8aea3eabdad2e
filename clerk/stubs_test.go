package clerk_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/clerkknock/clerkknock/clerk"
	"github.com/clerkknock/clerkknock/clerk/clerktest"
)

func TestADeletedRoleOrPermissionKeepsItsExternalID(t *testing.T) {
	t.Parallel()
	set := clerktest.Set("data.external_id", "ours-1")

	e, err := clerk.Parse(clerktest.Event(clerk.RoleDeleted, set))
	require.NoError(t, err)
	role, err := clerk.Decode(e, clerk.RoleDeleted)
	require.NoError(t, err)
	assert.Equal(t, "ours-1", role.Data.ExternalID)

	e, err = clerk.Parse(clerktest.Event(clerk.PermissionDeleted, set))
	require.NoError(t, err)
	permission, err := clerk.Decode(e, clerk.PermissionDeleted)
	require.NoError(t, err)
	assert.Equal(t, "ours-1", permission.Data.ExternalID)
}

func TestAPlanSaysHowLongItsTrialIs(t *testing.T) {
	t.Parallel()
	plan := func(edits ...clerktest.Edit) *clerk.Plan {
		e, err := clerk.Parse(clerktest.Event(clerk.SubscriptionItemActive, edits...))
		require.NoError(t, err)
		item, err := clerk.Decode(e, clerk.SubscriptionItemActive)
		require.NoError(t, err)
		require.NotNil(t, item.Data.Plan)
		return item.Data.Plan
	}
	today := plan()
	assert.False(t, today.FreeTrialEnabled)
	assert.Nil(t, today.FreeTrialDays)

	older := plan(clerktest.Set("data.plan.free_trial_enabled", true), clerktest.Set("data.plan.free_trial_days", 14))
	assert.True(t, older.FreeTrialEnabled)
	require.NotNil(t, older.FreeTrialDays)
	assert.EqualValues(t, 14, *older.FreeTrialDays)

	none := plan(clerktest.Set("data.plan.free_trial_days", nil))
	assert.Nil(t, none.FreeTrialDays)
}
