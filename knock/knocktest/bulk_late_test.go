package knocktest_test

import (
	"testing"
	"time"

	"github.com/clerkknock/clerkknock/knock/knocktest"
	"github.com/stretchr/testify/require"
)

func TestASlowBulkOperationLandsBehindWhatIsCalledLater(t *testing.T) {
	t.Parallel()
	e := start(t, knocktest.Config{BulkTakes: func(rows int) time.Duration { return time.Duration(rows) * time.Second }})
	slow := e.must("POST", "/v1/users/bulk/identify", `{"users":[{"id":"u1","v":1},{"id":"u2"},{"id":"u3"}]}`)
	fast := e.must("POST", "/v1/users/bulk/identify", `{"users":[{"id":"u4"}]}`)
	status := func(op reply) any { return e.must("GET", op.at("progress_path").(string), "").at("status") }

	e.must("PUT", "/v1/users/u1", `{"v":2}`)
	e.clock.Advance(2 * time.Second)
	for range 3 {
		require.Equal(t, "processing", status(slow), "polling does not hurry it")
	}
	require.Equal(t, "completed", status(fast))
	require.Equal(t, 2.0, e.must("GET", "/v1/users/u1", "").at("v"))

	e.clock.Advance(time.Second)
	require.Equal(t, 1.0, e.must("GET", "/v1/users/u1", "").at("v"), "what was called first has landed last")
	op := e.must("GET", slow.at("progress_path").(string), "")
	require.Equal(t, "2026-03-01T12:00:03.000000Z", op.at("completed_at"))
	require.Equal(t, 3.0, op.at("processed_rows"))
}

func TestItemsFailWithoutAReason(t *testing.T) {
	t.Parallel()
	e := start(t, knocktest.Config{})
	stop := e.FailItems(func(item knocktest.Ref) bool { return item.ID == "u1" || item.Collection == "c" })
	finish := func(op reply) reply {
		e.must("GET", op.at("progress_path").(string), "")
		return e.must("GET", op.at("progress_path").(string), "")
	}
	op := finish(e.must("POST", "/v1/users/bulk/identify", `{"users":[{"id":"u1"},{"id":"u2"}]}`))
	require.Equal(t, "completed", op.at("status"))
	require.Equal(t, 1.0, op.at("error_count"))
	require.Equal(t, map[string]any{"id": "u1", "collection": nil}, op.at("error_items", 0))
	op = finish(e.must("POST", "/v1/objects/c/bulk/set", `{"objects":[{"id":"o1"}]}`))
	require.Equal(t, map[string]any{"id": "o1", "collection": "c"}, op.at("error_items", 0))
	require.Empty(t, e.Objects("c"))

	e.must("PUT", "/v1/users/u1", `{}`)
	stop()
	e.must("POST", "/v1/objects/c/bulk/set", `{"objects":[{"id":"o1"}]}`)
	require.Len(t, e.Users(), 2)
	require.Len(t, e.Objects("c"), 1)
}
