package clerkapi_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/clerkknock/clerkknock/backfill"
	"github.com/clerkknock/clerkknock/backfill/clerkapi"
	"github.com/clerkknock/clerkknock/clerk/clerktest"
	"github.com/clerkknock/clerkknock/internal/memnet"
	"github.com/stretchr/testify/require"
	"github.com/tidwall/gjson"
)

// reading reads from a handler, on a fake clock.
func reading(t *testing.T, h http.Handler, c clerkapi.Config, f func(t *testing.T, api *clerkapi.API)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		client, stop := memnet.Serve(t, h)
		defer stop()
		c.SecretKey, c.BaseURL, c.Client = "sk_test_1", "http://clerk/v1", client
		api, err := clerkapi.New(c)
		require.NoError(t, err)
		f(t, api)
	})
}

// collect reads all after a position: the ids, and the positions by the records before.
func collect(t *testing.T, api *clerkapi.API, after string) (ids []string, positions map[int]string, err error) {
	t.Helper()
	positions = map[int]string{}
	for r, failure := range api.Read(t.Context(), after) {
		if failure != nil {
			return ids, positions, failure
		}
		ids = append(ids, gjson.GetBytes(r.Data, "id").String())
		if r.Position != "" {
			positions[len(ids)] = r.Position
		}
	}
	return ids, positions, nil
}

func TestReadsEverythingInPagesAndGoesOnAtEach(t *testing.T) {
	t.Parallel()
	backend := clerktest.NewBackend(clerktest.BackendConfig{})
	backend.Populate(clerktest.Population{Users: 1200, Organizations: 600, Memberships: 1700, Mixed: true})
	reading(t, backend, clerkapi.Config{}, func(t *testing.T, api *clerkapi.API) {
		all, positions, err := collect(t, api, "")
		require.NoError(t, err)
		require.Len(t, all, 3500)
		require.Equal(t, []string{"user_0000000", "org_0000000", "orgmem_00000000", "orgmem_00001699"},
			[]string{all[0], all[1200], all[1800], all[3499]})
		require.Equal(t, 3+2+4, backend.Requests())
		require.Len(t, positions, 3+2+4)
		for n, position := range positions {
			rest, _, err := collect(t, api, position)
			require.NoError(t, err)
			require.Equal(t, strings.Join(all[n:], " "), strings.Join(rest, " "), position)
		}
	})
}

func TestEveryFieldIsKept(t *testing.T) {
	t.Parallel()
	backend := clerktest.NewBackend(clerktest.BackendConfig{})
	odd := clerktest.User(clerktest.Set("not_known_yet", map[string]any{"a": []any{1, nil}}))
	backend.Put(odd)
	reading(t, backend, clerkapi.Config{}, func(t *testing.T, api *clerkapi.API) {
		for r, err := range api.Read(t.Context(), "") {
			require.NoError(t, err)
			require.JSONEq(t, string(odd), string(r.Data))
			require.Equal(t, backfill.User, r.Kind)
		}
	})
}

// Whoever is there the whole time is read once, whatever comes and goes meanwhile.
func TestAChangingInstanceLosesAndDoublesNobody(t *testing.T) {
	t.Parallel()
	for seed := range uint64(8) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			backend := clerktest.NewBackend(clerktest.BackendConfig{})
			backend.Populate(clerktest.Population{Users: 1600, Organizations: 1300, Memberships: 2600, Mixed: true})
			rng := rand.New(rand.NewPCG(seed, 0))
			gone := map[string]bool{}
			var mu sync.Mutex
			change := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				mu.Lock()
				for range rng.IntN(40) {
					id := fmt.Sprintf([]string{"user_%07d", "org_%07d", "orgmem_%08d"}[rng.IntN(3)], rng.IntN(2600))
					if seed%4 == 0 && strings.HasPrefix(id, "orgmem_") { // those just read, the position among them
						id = fmt.Sprintf("orgmem_%08d", 500*rng.IntN(5)+480+rng.IntN(25))
					}
					if seed%4 == 1 {
						id = fmt.Sprintf("user_%07d", 500*rng.IntN(3)+480+rng.IntN(25))
					}
					gone[id] = true
					backend.Delete(id)
				}
				backend.Put(clerktest.User(clerktest.Set("id", fmt.Sprint("user_new", rng.IntN(1000))),
					clerktest.Set("created_at", 1_900_000_000_000+rng.IntN(1e9))))
				mu.Unlock()
				backend.ServeHTTP(w, r)
			})
			reading(t, change, clerkapi.Config{}, func(t *testing.T, api *clerkapi.API) {
				all, _, err := collect(t, api, "")
				require.NoError(t, err)
				times := map[string]int{}
				for _, id := range all {
					times[id]++
					require.Equal(t, 1, times[id], id)
				}
				for i := range 1600 {
					id := fmt.Sprintf("user_%07d", i)
					require.True(t, times[id] == 1 || gone[id], id)
				}
				for i := range 1300 {
					id := fmt.Sprintf("org_%07d", i)
					require.True(t, times[id] == 1 || gone[id], id)
				}
				for i := range 2600 {
					id := fmt.Sprintf("orgmem_%08d", i)
					org, user := fmt.Sprintf("org_%07d", i%1300), fmt.Sprintf("user_%07d", (i%1300*37+i/1300)%1600)
					require.True(t, times[id] == 1 || gone[id] || gone[org] || gone[user], id)
				}
			})
		})
	}
}

func TestWaitsAsLongAsClerkAsks(t *testing.T) {
	t.Parallel()
	backend := clerktest.NewBackend(clerktest.BackendConfig{RateLimit: 2})
	backend.Populate(clerktest.Population{Users: 2000})
	reading(t, backend, clerkapi.Config{Kinds: []backfill.Kind{backfill.User}}, func(t *testing.T, api *clerkapi.API) {
		began := time.Now()
		all, _, err := collect(t, api, "")
		require.NoError(t, err)
		require.Len(t, all, 2000)
		// Five pages at two in ten seconds.
		require.GreaterOrEqual(t, time.Since(began), 20*time.Second)
		require.Less(t, time.Since(began), 30*time.Second)
		require.Equal(t, 5+2, backend.Requests())
	})
}

func TestOutlastsWhatPassesAndSaysWhatDoesNot(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name  string
		fault clerktest.BackendFault
		want  string // "" if it is outlasted
	}{
		{"down for a while", clerktest.BackendFault{Skip: 1, Times: 4, Status: 503}, ""},
		{"a proxy's page", clerktest.BackendFault{Times: 2, Status: 502, Body: []byte("<html>ada@example.com")}, ""},
		{"broken off", clerktest.BackendFault{Skip: 2, Times: 2, Reset: true}, ""},
		{"cut short", clerktest.BackendFault{Times: 2, Cut: true}, ""},
		{"one in ten fails", clerktest.BackendFault{Probability: 0.1, Status: 500}, ""},
		{"down", clerktest.BackendFault{Status: 503, Body: []byte("ada@example.com")}, "GET /users: clerk answered 503"},
		{"the key is refused", clerktest.BackendFault{Status: 401, Body: []byte("ada@example.com")}, "Config.SecretKey"},
		{"something else answers", clerktest.BackendFault{Status: 200, Body: []byte(`{"a":1}`)}, "that is no list"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			backend := clerktest.NewBackend(clerktest.BackendConfig{})
			backend.Populate(clerktest.Population{Users: 1500, Organizations: 10, Memberships: 700})
			backend.Fail(row.fault)
			reading(t, backend, clerkapi.Config{}, func(t *testing.T, api *clerkapi.API) {
				all, _, err := collect(t, api, "")
				if row.want == "" {
					require.NoError(t, err)
					require.Len(t, all, 2210)
					return
				}
				require.ErrorContains(t, err, row.want)
				require.NotContains(t, err.Error(), "example.com")
			})
		})
	}
}

func TestReadsSinceATime(t *testing.T) {
	t.Parallel()
	start := time.UnixMilli(1_767_225_600_000)
	backend := clerktest.NewBackend(clerktest.BackendConfig{})
	backend.Populate(clerktest.Population{Users: 1300, Organizations: 30, Memberships: 60})
	for i := range 600 { // old users who were changed later
		backend.Put(clerktest.User(clerktest.Set("id", fmt.Sprint("user_old", i)),
			clerktest.Set("created_at", 1_700_000_000_000), clerktest.Set("updated_at", start.UnixMilli()+5_000_000+int64(i))))
	}
	for _, row := range []struct {
		name     string
		config   clerkapi.Config
		users    int
		others   int
		requests int
	}{
		{"created", clerkapi.Config{CreatedSince: start.Add(1280 * time.Second)}, 20, 0, 3},
		{"created and more", clerkapi.Config{CreatedSince: start.Add(20 * time.Second)}, 1280, 10 + 40, 5},
		{"changed", clerkapi.Config{ChangedSince: start.Add(1200 * time.Second)}, 700, 0, 5},
		{"all changed", clerkapi.Config{ChangedSince: start}, 1900, 90, 7},
		{"both", clerkapi.Config{ChangedSince: start.Add(2000 * time.Second), CreatedSince: start}, 0, 0, 5},
	} {
		t.Run(row.name, func(t *testing.T) {
			before := backend.Requests()
			reading(t, backend, row.config, func(t *testing.T, api *clerkapi.API) {
				all, _, err := collect(t, api, "")
				require.NoError(t, err)
				users := 0
				for _, id := range all {
					if strings.HasPrefix(id, "user_") {
						users++
					}
				}
				require.Equal(t, row.users, users)
				require.Equal(t, row.others, len(all)-users)
				require.Equal(t, row.requests, backend.Requests()-before)
			})
		})
	}
}

func TestWrongConfigsAreRefused(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		config clerkapi.Config
		want   string
	}{
		{clerkapi.Config{}, "Config.SecretKey is empty"},
		{clerkapi.Config{SecretKey: "pk_test_1"}, "publishable key"},
		{clerkapi.Config{SecretKey: "sk_test 1"}, "no header can hold"},
		{clerkapi.Config{SecretKey: "sk_test_1", BaseURL: "clerk"}, "Config.BaseURL"},
		{clerkapi.Config{SecretKey: "sk_test_1", Kinds: []backfill.Kind{"session"}}, `Config.Kinds holds "session"`},
	} {
		_, err := clerkapi.New(row.config)
		require.ErrorContains(t, err, row.want)
	}
	require.NotContains(t, fmt.Sprintf("%+v", clerkapi.Config{SecretKey: "sk_test_1"}), "sk_test_1")
	api, err := clerkapi.New(clerkapi.Config{SecretKey: "sk_test_1"})
	require.NoError(t, err)
	_, _, err = collect(t, api, "elsewhere 1")
	require.ErrorContains(t, err, "begin at the beginning")
}

func TestReadsTheMembershipsByOrganization(t *testing.T) {
	t.Parallel()
	backend := clerktest.NewBackend(clerktest.BackendConfig{})
	backend.Populate(clerktest.Population{Users: 900, Organizations: 600, Memberships: 2400, Mixed: true})
	for i := range 700 { // more than a page
		backend.Put(clerktest.Membership(clerktest.Set("id", fmt.Sprint("orgmem_x", i)),
			clerktest.Set("organization.id", "org_0000599"), clerktest.Set("public_user_data.user_id", fmt.Sprint("u", i)),
			clerktest.Set("created_at", 1_800_000_000_000+int64(i))))
	}
	c := clerkapi.Config{Kinds: []backfill.Kind{backfill.Membership}, ByOrganization: true}
	reading(t, backend, c, func(t *testing.T, api *clerkapi.API) {
		all, positions, err := collect(t, api, "")
		require.NoError(t, err)
		require.Len(t, all, 3100)
		require.Len(t, positions, 600)
		require.Equal(t, []string{"orgmem_00000000", "orgmem_00000600"}, all[:2], "of the same organization")
		for _, n := range []int{4, 8, 2000, 2396, 3100} {
			rest, _, err := collect(t, api, positions[n])
			require.NoError(t, err)
			require.Equal(t, strings.Join(all[n:], " "), strings.Join(rest, " "), positions[n])
		}
		backend.Delete("org_0000000", "org_0000300")
		all, _, err = collect(t, api, "")
		require.NoError(t, err)
		require.Len(t, all, 3100-8)
	})
}
