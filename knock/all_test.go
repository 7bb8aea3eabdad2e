package knock_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/internal/memnet"
	"github.com/clerkknock/clerkknock/knock"
	"github.com/clerkknock/clerkknock/knock/knocktest"
	"github.com/stretchr/testify/require"
)

// inMemory runs f with an executor on an emulator behind HTTP, all on a fake clock.
func inMemory(t *testing.T, c knocktest.Config, f func(t *testing.T, api *knocktest.API, e *knock.Executor)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		c.Now = time.Now
		api := knocktest.New(c)
		client, stop := memnet.Serve(t, api)
		defer stop()
		e, err := knock.New(knock.Config{APIKey: "sk_test_1", BaseURL: "http://knock", Client: client})
		require.NoError(t, err)
		f(t, api, e)
	})
}

func invocations(n int, make func(i int) clerkknock.Action) []clerkknock.Invocation {
	all := []clerkknock.Invocation{}
	for i := range n {
		all = append(all, clerkknock.Invocation{Action: make(i)})
	}
	return all
}

func user(i int) clerkknock.Action {
	return clerkknock.NewAction(clerkknock.UsersIdentify, map[string]any{
		"id": fmt.Sprintf("user_%04d", i), "name": fmt.Sprint("n", i), "properties": map[string]any{"n": i, "id": "x"},
	})
}

func tenant(i int) clerkknock.Action {
	return clerkknock.NewAction(clerkknock.TenantsSet, map[string]any{"id": fmt.Sprintf("org_%04d", i), "name": "o"})
}

func subscribed(org, user int, role string) clerkknock.Action {
	return clerkknock.NewAction(clerkknock.ObjectsSubscribe, map[string]any{
		"collection": "$tenants", "id": fmt.Sprintf("org_%04d", org), "recipients": fmt.Sprintf("user_%04d", user),
		"properties": map[string]any{"role": role},
	})
}

// calls counts the requests that have arrived, by method and path with the IDs cut off.
func calls(api *knocktest.API) map[string]int {
	n := map[string]int{}
	for _, r := range api.Requests() {
		parts := strings.Split(r.Path, "/")
		switch {
		case r.Method == http.MethodGet:
			continue
		case len(parts) == 4:
			parts[3] = "*"
		case parts[3] != "bulk" && parts[4] != "bulk":
			parts[4] = "*"
		}
		n[r.Method+" "+strings.Join(parts, "/")]++
	}
	return n
}

func TestManyGoInBulkAndFewByThemselves(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name   string
		before int // tenants that there are
		invs   []clerkknock.Invocation
		calls  map[string]int
		within time.Duration
		check  func(t *testing.T, api *knocktest.API)
	}{
		{"few users", 0, invocations(100, user), map[string]int{"PUT /v1/users/*": 100}, time.Second,
			func(t *testing.T, api *knocktest.API) { require.Len(t, api.Users(), 100) }},
		{"many users", 0, invocations(2500, user), map[string]int{"POST /v1/users/bulk/identify": 3}, 4 * time.Second,
			func(t *testing.T, api *knocktest.API) {
				require.Len(t, api.Users(), 2500)
				u, _ := api.User("user_2499")
				require.Equal(t, "n2499", u.Properties["name"])
				require.Equal(t, "2499", fmt.Sprint(u.Properties["n"]))
			}},
		{"many tenants", 0, invocations(1000, tenant), map[string]int{"POST /v1/tenants/bulk/set": 1}, 2 * time.Second,
			func(t *testing.T, api *knocktest.API) { require.Len(t, api.Tenants(), 1000) }},
		{"objects", 0, invocations(300, func(i int) clerkknock.Action {
			return clerkknock.NewAction(clerkknock.ObjectsSet, map[string]any{
				"collection": "a b", "id": fmt.Sprint(i), "properties": map[string]any{"n": i},
			})
		}), map[string]int{"POST /v1/objects/a%20b/bulk/set": 1}, 2 * time.Second,
			func(t *testing.T, api *knocktest.API) { require.Len(t, api.Objects("a b"), 300) }},
		{"members of few organizations", 2, invocations(500, func(i int) clerkknock.Action {
			return subscribed(i%2, i, "member")
		}), map[string]int{"POST /v1/objects/$tenants/*/subscriptions": 6}, time.Second,
			func(t *testing.T, api *knocktest.API) { require.Len(t, api.Snapshot().Subscriptions, 500) }},
		{"members of many organizations", 300, invocations(600, func(i int) clerkknock.Action {
			return subscribed(i%300, i, []string{"member", "admin"}[i/300])
		}), map[string]int{ // both at the same time
			"POST /v1/objects/$tenants/bulk/subscriptions/add": 3, "POST /v1/objects/$tenants/*/subscriptions": 300,
		}, 6 * time.Second,
			func(t *testing.T, api *knocktest.API) {
				all := api.Snapshot().Subscriptions
				require.Len(t, all, 600)
				require.Equal(t, map[string]any{"role": "member"}, all[0].Properties)
				require.Equal(t, map[string]any{"role": "admin"}, all[1].Properties)
			}},
		{"members of an audience", 0, invocations(1500, func(i int) clerkknock.Action {
			return clerkknock.NewAction(clerkknock.AudiencesAddMember, map[string]any{
				"key": "vip", "members": fmt.Sprint("u", i), "create_audience": true,
			})
		}), map[string]int{"POST /v1/audiences/vip/*": 2}, time.Second,
			func(t *testing.T, api *knocktest.API) { require.Len(t, api.AudienceMembers("vip"), 1500) }},
		{"the same user twice", 0, append(invocations(200, user), clerkknock.Invocation{
			Action: clerkknock.NewAction(clerkknock.UsersIdentify, map[string]any{"id": "user_0007", "name": "later"}),
		}), map[string]int{"POST /v1/users/bulk/identify": 1, "PUT /v1/users/*": 1}, 3 * time.Second,
			func(t *testing.T, api *knocktest.API) {
				u, _ := api.User("user_0007")
				require.Equal(t, "later", u.Properties["name"])
			}},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			inMemory(t, knocktest.Config{}, func(t *testing.T, api *knocktest.API, e *knock.Executor) {
				for _, err := range e.ExecuteAll(t.Context(), invocations(row.before, tenant)) {
					require.NoError(t, err)
				}
				settled := calls(api)
				time.Sleep(2 * time.Second)
				began := time.Now()
				for i, err := range e.ExecuteAll(t.Context(), row.invs) {
					require.NoError(t, err, i)
				}
				require.LessOrEqual(t, time.Since(began), row.within)
				made := calls(api)
				for call, n := range settled {
					if made[call] -= n; made[call] == 0 {
						delete(made, call)
					}
				}
				require.Equal(t, row.calls, made)
				row.check(t, api)
			})
		})
	}
}

// Knock does not say why an item has failed; the single call does.
func TestWhatFailsInBulkIsSentByItself(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name   string
		config knocktest.Config
		fault  knocktest.Fault
		item   string
		bad    any // the ID of one user
		want   string
	}{
		{name: "an item fails for no reason", item: "user_0003"},
		{name: "an item is too large", bad: strings.Repeat("x", 257), want: "longer than 256"},
		{name: "an item is refused with the whole call", fault: knocktest.Fault{
			Path: "/v1/users/bulk/identify", Times: 1, Status: 422,
		}},
		{name: "the call is answered late", fault: knocktest.Fault{
			Path: "/v1/users/bulk/identify", Times: 1, AfterEffect: true, Status: 502,
		}},
		{name: "the operation is asked in vain", fault: knocktest.Fault{
			Path: "/v1/bulk_operations/*", Times: 5, Status: 503,
		}},
		{name: "the limit is exceeded", fault: knocktest.Fault{
			Path: "/v1/users/bulk/identify", Times: 2, Status: 429,
		}},
		{name: "with limits", config: knocktest.Config{EnforceRateLimits: true}, item: "user_0005"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			inMemory(t, row.config, func(t *testing.T, api *knocktest.API, e *knock.Executor) {
				invs := invocations(200, user)
				if row.bad != nil {
					invs[9].Action = clerkknock.NewAction(clerkknock.UsersIdentify, map[string]any{"id": row.bad})
				}
				if row.fault.Path != "" {
					api.Fail(row.fault)
				}
				api.FailItems(func(item knocktest.Ref) bool { return item.ID == row.item })
				failed := 0
				for i, err := range e.ExecuteAll(t.Context(), invs) {
					if err != nil {
						failed++
						require.Equal(t, 9, i)
						require.ErrorContains(t, err, row.want)
						require.True(t, clerkknock.IsPermanent(err))
					}
				}
				require.Len(t, api.Users(), 200-failed)
				require.Equal(t, row.want != "", failed == 1)
			})
		})
	}
}

// A call without an answer may still happen, behind what is written next.
func TestALostBulkCallIsWaitedFor(t *testing.T) {
	t.Parallel()
	slow := knocktest.Config{BulkTakes: func(int) time.Duration { return 30 * time.Second }}
	inMemory(t, slow, func(t *testing.T, api *knocktest.API, e *knock.Executor) {
		api.Fail(knocktest.Fault{Path: "/v1/users/bulk/identify", AfterEffect: true, Status: 502})
		for _, err := range e.ExecuteAll(t.Context(), invocations(200, user)) {
			require.Error(t, err)
			require.False(t, clerkknock.IsPermanent(err))
		}
		api.Heal()
		newer := clerkknock.NewAction(clerkknock.UsersIdentify, map[string]any{"id": "user_0000", "name": "newer"})
		require.NoError(t, e.Execute(t.Context(), clerkknock.Invocation{Action: newer}))
		u, _ := api.User("user_0000")
		require.Equal(t, "newer", u.Properties["name"])
	})
}

func TestWhatKnockUpdatedInTheSameSecondIsSentAgain(t *testing.T) {
	t.Parallel()
	inMemory(t, knocktest.Config{EnforceRateLimits: true}, func(t *testing.T, api *knocktest.API, e *knock.Executor) {
		for range 2 {
			for _, err := range e.ExecuteAll(t.Context(), invocations(200, user)) {
				require.NoError(t, err)
			}
		}
		require.Len(t, api.Users(), 200)
	})
}

func TestMissingObjectsAreTold(t *testing.T) {
	t.Parallel()
	inMemory(t, knocktest.Config{}, func(t *testing.T, api *knocktest.API, e *knock.Executor) {
		for _, err := range e.ExecuteAll(t.Context(), invocations(200, tenant)) {
			require.NoError(t, err)
		}
		invs := invocations(400, func(i int) clerkknock.Action { return subscribed(i, i, "member") })
		for i, err := range e.ExecuteAll(t.Context(), invs[:201]) {
			if i < 200 {
				require.NoError(t, err)
				continue
			}
			var refusal *knock.Error
			require.True(t, errors.As(err, &refusal), "%v", err)
			require.Equal(t, "object $tenants/org_0200", refusal.Missing())
		}
		require.Len(t, api.Snapshot().Subscriptions, 200)
	})
}
