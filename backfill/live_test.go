package backfill_test

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"iter"
	"math/rand/v2"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/backfill"
	"github.com/clerkknock/clerkknock/knock/knocktest"
	"github.com/stretchr/testify/require"
)

var (
	seeds = flag.Int("seeds", 20, "how many runs beside live traffic, each with another seed")
	first = flag.Uint64("seed", 0, "run this seed alone")
)

// instance is a Clerk instance whose users and organizations change while it is read, and which
// tells of it by webhooks that come late and out of order.
type instance struct {
	mu  sync.Mutex
	rng *rand.Rand
	// version of what there is, 0 of what is gone, by its number.
	users, orgs, members [crowd]int
	next                 int
	deliver              func(id string, body []byte, late time.Duration)
	deletions            int
}

// crowd is enough of everything for bulk calls to be worth it.
const crowd = 250

func (c *instance) happen() {
	c.mu.Lock()
	defer c.mu.Unlock()
	i := c.rng.IntN(crowd)
	switch n := c.rng.IntN(10); {
	case n < 4 && c.users[i] > 0:
		c.users[i] = c.tell("user.updated", func(v int) json.RawMessage { return user(i, v) })
	case n < 6 && c.orgs[i] > 0:
		c.orgs[i] = c.tell("organization.updated", func(v int) json.RawMessage { return organization(i, v) })
	case n < 7 && c.members[i] > 0:
		c.leave(i)
	case n < 8 && c.members[i] == 0 && c.users[i] > 0 && c.orgs[i] > 0:
		c.members[i] = c.tell("organizationMembership.created",
			func(v int) json.RawMessage { return membership(i, i, v) })
	case n == 8 && c.users[i] > 0:
		c.leave(i)
		c.tell("user.deleted", func(v int) json.RawMessage {
			return fmt.Appendf(nil, `{"id":"user_%d","object":"user","deleted":true}`, i)
		})
		c.users[i] = 0
		c.deletions++
	case n == 9 && c.orgs[i] > 0:
		c.leave(i)
		c.tell("organization.deleted", func(v int) json.RawMessage {
			return fmt.Appendf(nil, `{"id":"org_%d","object":"organization","deleted":true}`, i)
		})
		c.orgs[i] = 0
		c.deletions++
	}
}

func (c *instance) leave(i int) {
	if c.members[i] > 0 {
		c.tell("organizationMembership.deleted", func(v int) json.RawMessage { return membership(i, i, v) })
		c.members[i] = 0
	}
}

// tell sends an event of a new version.
func (c *instance) tell(event string, data func(v int) json.RawMessage) int {
	c.next++
	v := c.next + 1 // all begins with the first
	body := fmt.Appendf(nil, `{"type":%q,"object":"event","timestamp":%d,"data":%s}`, event, at(v), data(v))
	late := time.Duration(0)
	if c.rng.IntN(2) == 0 {
		late = time.Duration(c.rng.IntN(20_000)) * time.Millisecond
	}
	c.deliver(fmt.Sprint("msg_", v), body, late)
	return v
}

// read is the Reader: pages of what there is at the moment, and time between them.
func (c *instance) read(context.Context, string) iter.Seq2[backfill.Record, error] {
	return func(yield func(backfill.Record, error) bool) {
		for _, kind := range backfill.Kinds() {
			for from := 0; from < crowd; from += 50 {
				for _, r := range c.page(kind, from) {
					if !yield(r, nil) {
						return
					}
				}
				time.Sleep(200 * time.Millisecond)
			}
		}
	}
}

func (c *instance) page(kind backfill.Kind, from int) (page []backfill.Record) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i := from; i < from+50; i++ {
		r := backfill.Record{Kind: kind}
		switch {
		case kind == backfill.User && c.users[i] > 0:
			r.Data = user(i, c.users[i])
		case kind == backfill.Organization && c.orgs[i] > 0:
			r.Data = organization(i, c.orgs[i])
		case kind == backfill.Membership && c.members[i] > 0:
			r.Data = membership(i, i, c.members[i])
		default:
			continue
		}
		page = append(page, r)
	}
	return page
}

// check tells what of Knock is not as Clerk has it.
func (c *instance) check(api *knocktest.API) (wrong []string) {
	for i := range crowd {
		u, _ := api.User(fmt.Sprint("user_", i))
		o, held := api.Tenant(fmt.Sprint("org_", i))
		subs := api.Subscriptions(knocktest.TenantsCollection, fmt.Sprint("org_", i))
		name := func(v int) any {
			if v == 0 {
				return nil // of the deleted a stub may be left, which a late subscription makes
			}
			return fmt.Sprint("v", v)
		}
		if u.Properties["name"] != name(c.users[i]) {
			wrong = append(wrong, fmt.Sprintf("user %d is %v, want v%d", i, u.Properties["name"], c.users[i]))
		}
		if held != (c.orgs[i] > 0) || held && o.Properties["name"] != name(c.orgs[i]) {
			wrong = append(wrong, fmt.Sprintf("tenant %d is %v, want v%d", i, o.Properties["name"], c.orgs[i]))
		}
		if len(subs) == 1 && subs[0].Properties["role"] != name(c.members[i]) || (len(subs) == 1) != (c.members[i] > 0) {
			wrong = append(wrong, fmt.Sprintf("membership %d is %v, want v%d", i, subs, c.members[i]))
		}
	}
	return wrong
}

// A bulk call happens later than it is made; what Clerk sends meanwhile is never undone.
func TestALiveEventIsNeverOverwrittenByAnOlderRow(t *testing.T) {
	t.Parallel()
	from, to := uint64(1), uint64(*seeds)
	if *first > 0 {
		from, to = *first, *first
	}
	var mu sync.Mutex
	bulk, stale, deletions, overlapped := 0, 0, 0, 0
	t.Run("seeds", func(t *testing.T) {
		shards := uint64(runtime.GOMAXPROCS(0))
		for shard := range shards {
			t.Run(fmt.Sprint("shard ", shard), func(t *testing.T) {
				t.Parallel()
				for seed := from + shard; seed <= to; seed += shards {
					s := beside(t, seed)
					mu.Lock()
					bulk, stale, deletions, overlapped = bulk+s[0], stale+s[1], deletions+s[2], overlapped+s[3]
					mu.Unlock()
				}
			})
		}
	})
	t.Logf("%d seeds: %d bulk operations, %d live deletions, %d events while a run went on, %d stale",
		to-from+1, bulk, deletions, overlapped, stale)
	require.Zero(t, stale)
	require.NotZero(t, bulk)
}

// beside is one run beside live traffic. It returns bulk operations, stale entities,
// deletions, and events that were worked on during the run.
func beside(t *testing.T, seed uint64) (figures [4]int) {
	rng := rand.New(rand.NewPCG(seed, 0))
	c := &instance{rng: rng}
	for i := range crowd {
		c.users[i], c.orgs[i], c.members[i] = 1, 1, 1
	}
	late := rand.New(rand.NewPCG(seed, 1))
	mapper := clerkknock.DefaultMapper().Enable("user.deleted:users_delete", "organization.deleted:tenants_delete",
		"organizationMembership.updated:objects_subscribe")
	config := knocktest.Config{Seed: seed, BulkTakes: func(int) time.Duration {
		return time.Duration(late.IntN(10_000)) * time.Millisecond
	}}
	inMemory(t, config, mapper, func(t *testing.T, w world) {
		for _, f := range []knocktest.Fault{
			{Status: 503}, {Status: 429}, {Status: 500, AfterEffect: true}, {Reset: true, AfterEffect: true},
		} {
			f.Probability = 0.0125
			w.api.Fail(f)
		}
		var events sync.WaitGroup
		running, over := true, make(chan struct{})
		var mu sync.Mutex
		c.deliver = func(id string, body []byte, late time.Duration) {
			events.Go(func() {
				time.Sleep(late)
				for pause := time.Second; ; pause = min(2*pause, time.Minute) {
					_, err := w.source.Process(context.Background(), clerkknock.Delivery{ID: id, Body: body})
					if err == nil || clerkknock.IsPermanent(err) {
						break
					}
					time.Sleep(pause)
				}
				mu.Lock()
				defer mu.Unlock()
				if running {
					figures[3]++
				}
			})
		}
		go func() {
			defer close(over)
			for range 100 {
				time.Sleep(time.Duration(rng.IntN(500)) * time.Millisecond)
				c.happen()
			}
		}()
		report, err := backfill.Run(t.Context(), backfill.Config{Source: w.source, Budget: 5 * time.Minute}, c.read)
		require.NoError(t, err)
		mu.Lock()
		running = false
		mu.Unlock()
		<-over
		events.Wait()
		for _, counts := range report.Kinds {
			for reason := range counts.Reasons { // an organization that was deleted meanwhile
				require.Contains(t, reason, "no object $tenants/org_")
			}
		}
		w.api.Heal()
		for _, r := range w.api.Requests() {
			if r.Method == "POST" && r.Status == 200 && (r.Path == "/v1/users/bulk/identify" ||
				r.Path == "/v1/tenants/bulk/set" || r.Path == "/v1/objects/$tenants/bulk/subscriptions/add") {
				figures[0]++
			}
		}
		wrong := c.check(w.api)
		for _, complaint := range wrong {
			t.Errorf("seed %d: %s", seed, complaint)
		}
		figures[1], figures[2] = len(wrong), c.deletions
	})
	return figures
}
