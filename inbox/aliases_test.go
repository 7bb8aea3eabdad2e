package inbox_test

import (
	"testing"
	"time"

	"github.com/clerkknock/clerkknock/inbox"
	"github.com/clerkknock/clerkknock/ledger"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAnAliasLivesAsLongAsItsEntity(t *testing.T) {
	onBoth(t, func(t *testing.T, at site) {
		b := at.open(t, inbox.Config{})
		l := b.Ledger().(ledger.Aliases)
		for entity, deleted := range map[string]bool{"user/lives": false, "user/deleted": true} {
			require.NoError(t, l.SetAlias(t.Context(), entity, "customer"))
			v := ledger.Version{Time: time.Now(), Deleted: deleted}
			require.NoError(t, b.Ledger().Record(t.Context(), ledger.Claim{Entity: entity}, "", v))
		}
		known := func(entity string) bool {
			_, known, err := l.Alias(t.Context(), entity)
			require.NoError(t, err)
			return known
		}
		const day = 24 * time.Hour
		at.age(t, 29*day)
		require.NoError(t, b.Sweep(t.Context()))
		assert.True(t, known("user/deleted"), "its tombstone is still there")
		at.age(t, 2*day)
		require.NoError(t, b.Sweep(t.Context()))
		assert.False(t, known("user/deleted"))
		assert.True(t, newest(t, b.Ledger(), "user/deleted").IsZero())
		at.age(t, 1000*day)
		require.NoError(t, b.Sweep(t.Context()))
		assert.True(t, known("user/lives"))
	})
}
