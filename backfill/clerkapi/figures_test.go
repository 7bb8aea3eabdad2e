package clerkapi_test

import (
	"flag"
	"math"
	"net/http"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/backfill"
	"github.com/clerkknock/clerkknock/backfill/clerkapi"
	"github.com/clerkknock/clerkknock/clerk/clerktest"
	"github.com/clerkknock/clerkknock/internal/memnet"
	"github.com/clerkknock/clerkknock/knock"
	"github.com/clerkknock/clerkknock/knock/knocktest"
	"github.com/clerkknock/clerkknock/ledger"
	"github.com/stretchr/testify/require"
)

// 10,000 is 100,000 users, 2,000 organizations and 300,000 memberships.
var scale = flag.Int("scale", 100, "how large the instance is in which the time is measured: tens of users")

// With the limits of both sides, and bulk operations that take two seconds, a run takes
// little longer than Knock's limits alone ask for.
func TestTakesLittleLongerThanTheLimits(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name                  string
		mixed, byOrganization bool
	}{{"neighbours", false, false}, {"mixed", true, false}, {"mixed by organization", true, true}} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			figures(t, *scale, row.mixed, row.byOrganization)
		})
	}
}

func figures(t *testing.T, tens int, mixed, byOrganization bool) {
	p := clerktest.Population{Users: 10 * tens, Organizations: tens / 5, Memberships: 30 * tens, Mixed: mixed}
	synctest.Test(t, func(t *testing.T) {
		instance := clerktest.NewBackend(clerktest.BackendConfig{RateLimit: 1000})
		instance.Populate(p)
		api := knocktest.New(knocktest.Config{
			EnforceRateLimits: true, Now: time.Now, History: 100,
			BulkTakes: func(int) time.Duration { return 2 * time.Second },
		})
		counted := &counter{Handler: api}
		clerkClient, stopClerk := memnet.Serve(t, instance)
		defer stopClerk()
		knockClient, stopKnock := memnet.Serve(t, counted)
		defer stopKnock()
		executor, err := knock.New(knock.Config{APIKey: "sk_test_1", BaseURL: "http://knock", Client: knockClient})
		require.NoError(t, err)
		source, err := clerkknock.New(clerkknock.Config{
			SigningSecrets: []string{clerktest.Secret}, Executor: executor, Ledger: &ledger.Memory{},
		})
		require.NoError(t, err)
		reader, err := clerkapi.New(clerkapi.Config{
			SecretKey: "sk_test_1", BaseURL: "http://clerk/v1", Client: clerkClient, ByOrganization: byOrganization,
		})
		require.NoError(t, err)
		began, ends := time.Now(), map[backfill.Kind]time.Duration{}
		report, err := backfill.Run(t.Context(), backfill.Config{Source: source, OnResult: func(r backfill.Result) {
			ends[r.Kind] = time.Since(began).Round(time.Second)
		}}, reader.Read)
		require.NoError(t, err)
		require.True(t, report.Finished)
		snap := api.Snapshot()
		require.Len(t, snap.Users, p.Users)
		require.Len(t, snap.Tenants, p.Organizations)
		require.Len(t, snap.Subscriptions, p.Memberships)
		bound := bound(p)
		if !mixed || byOrganization { // and the last operations of each kind
			require.LessOrEqual(t, report.Took, bound*11/10+4*time.Second)
		}
		t.Logf("%d users, %d organizations, %d memberships: %v, %.2f times the %v that Knock's limits ask for; "+
			"%d calls of Knock and %d polls, %d of Clerk; %v", p.Users, p.Organizations, p.Memberships,
			report.Took.Round(100*time.Millisecond), report.Took.Seconds()/bound.Seconds(), bound,
			counted.calls.Load(), counted.polls.Load(), instance.Requests(), ends)
	})
}

// bound is the time for the fewest requests that carry a population, at Knock's limits:
// each kind in bulk or singly, whichever is quicker. Of ten members one is an admin, whose
// subscription has other properties.
func bound(p clerktest.Population) time.Duration {
	ceil := func(n, by int) float64 { return math.Ceil(float64(n) / float64(by)) }
	each := p.Memberships / p.Organizations
	parts := float64(p.Organizations) * (ceil(each, 10*100) + ceil(each*9/10, 100))
	bulk := max(math.Ceil(parts/100), ceil(p.Memberships, 5000))
	seconds := min(ceil(p.Users, 1000), float64(p.Users)/60) +
		min(ceil(p.Organizations, 1000), float64(p.Organizations)/60) + min(bulk, parts/60)
	return time.Duration(seconds * float64(time.Second)).Round(100 * time.Millisecond)
}

// counter counts what arrives. The emulator forgets.
type counter struct {
	http.Handler
	calls, polls atomic.Int64
}

func (c *counter) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodGet {
		c.polls.Add(1)
	} else {
		c.calls.Add(1)
	}
	c.Handler.ServeHTTP(w, r)
}
