package clerkknock_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/clerkknock/clerkknock"
	"github.com/stretchr/testify/require"
)

// The memory that one event is resolved in serves the next one. What has been
// planned must not change with it, nor one user's data appear in another's plan.
func TestPlansDoNotShareMemory(t *testing.T) {
	t.Parallel()
	m := clerkknock.DefaultMapper().Set("user.created:users_identify", clerkknock.Params{
		"timezone": clerkknock.Path("headers.x-zone"),
		"avatar": clerkknock.Join("/", clerkknock.Path("data.id"), clerkknock.Path("data.missing"),
			clerkknock.Path("data.username")),
	})
	const workers, events = 8, 200
	var done sync.WaitGroup
	for worker := range workers {
		done.Go(func() {
			var plans [events]clerkknock.Action
			for i := range events {
				n := worker*events + i
				// Long and short ones take turns, to leave remains behind.
				long := strings.Repeat(fmt.Sprint(n, " "), 1+n%7*1000)
				steps, err := m.Rehearse(t.Context(), clerkknock.Delivery{
					Header: http.Header{"X-Zone": {fmt.Sprintf("zone-%d", n)}},
					Body: fmt.Appendf(nil, `{"type":"user.created","data":{"id":"user_%[1]d","username":"name_%[1]d",
						"first_name":"First %[1]d","created_at":%[2]d,"public_metadata":{"text":%[3]q}}}`, n, 1_700_000_000_000+n, long),
				})
				if err != nil || len(steps) != 1 {
					t.Error(steps, err)
					return
				}
				plans[i] = steps[0].Action
			}
			for i, a := range plans {
				n := worker*events + i
				long := strings.Repeat(fmt.Sprint(n, " "), 1+n%7*1000)
				for param, want := range map[string]string{
					"id":         fmt.Sprintf(`"user_%d"`, n),
					"name":       fmt.Sprintf(`"First %d"`, n),
					"avatar":     fmt.Sprintf(`"user_%[1]d/name_%[1]d"`, n),
					"timezone":   fmt.Sprintf(`"zone-%d"`, n),
					"properties": fmt.Sprintf(`{"public_metadata":{"text":%q},"username":"name_%d"}`, long, n),
				} {
					if got := string(a.Params[param]); got != want {
						t.Errorf("event %d, %s: %.80s", n, param, got)
					}
				}
			}
		})
	}
	done.Wait()
	require.NoError(t, m.Err())
}
