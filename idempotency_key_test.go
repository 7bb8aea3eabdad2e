package clerkknock_test

import (
	"strings"
	"testing"

	"github.com/clerkknock/clerkknock"
	"github.com/stretchr/testify/require"
)

// The key must not come again with other parameters: Knock refuses that.
func TestIdempotencyKeysFollowTheMapping(t *testing.T) {
	t.Parallel()
	key := func(m clerkknock.Mapping, id string) string {
		steps, err := clerkknock.NewMapper(m).Rehearse(t.Context(), clerkknock.Delivery{
			ID: id, Body: []byte(`{"type":"user.created","data":{"id":"x"}}`),
		})
		require.NoError(t, err)
		return steps[0].IdempotencyKey
	}
	base := mappingFor("user.created", clerkknock.UsersDelete)
	require.Equal(t, key(base, "msg_1"), key(mappingFor("user.created", clerkknock.UsersDelete), "msg_1"))
	require.Contains(t, key(base, "msg_1"), "msg_1:user.created:users_delete:")

	changed := mappingFor("user.created", clerkknock.UsersDelete)
	changed.Params["id"] = clerkknock.Literal("y")
	seen := map[string]bool{}
	for _, k := range []string{key(base, "msg_1"), key(base, "msg_2"), key(changed, "msg_1")} {
		require.False(t, seen[k], k)
		seen[k] = true
	}
	long := key(base, strings.Repeat("m", 300))
	require.LessOrEqual(t, len(long), 200)
	require.NotEqual(t, long, key(base, strings.Repeat("m", 301)))
	require.Empty(t, key(base, ""), "without an id there is nothing to tell deliveries apart by")
}
