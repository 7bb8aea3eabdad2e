package simulation_test

import (
	"flag"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"math/rand/v2"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/clerk/clerktest"
	"github.com/clerkknock/clerkknock/knock"
	"github.com/clerkknock/clerkknock/knock/knocktest"
)

var (
	seeds = flag.Int("seeds", 1000, "how many runs, each with another seed")
	first = flag.Uint64("seed", 0, "run this seed alone")
)

// figures are what a run, or all of them, have come to.
type figures struct {
	tally
	faults map[string]int
	// lost are acknowledged messages without their effect; doubled the steps that
	// were executed again after their success, and the triggers that happened
	// twice, within Knock's window for idempotency keys or under two keys;
	// repeated the triggers of unknown fate that happened again after that
	// window; stale the writes that went back behind a newer one.
	lost, doubled, repeated, stale int
}

func TestNothingIsLostNorDoubledNorOutOfOrder(t *testing.T) {
	t.Parallel()
	from, to := uint64(1), uint64(*seeds)
	if *first > 0 {
		from, to = *first, *first
	}
	start := time.Now()
	var mu sync.Mutex
	total := figures{faults: map[string]int{}}
	t.Run("seeds", func(t *testing.T) {
		shards := uint64(runtime.GOMAXPROCS(0))
		for shard := range shards {
			t.Run(fmt.Sprint("shard ", shard), func(t *testing.T) {
				t.Parallel()
				for seed := from + shard; seed <= to; seed += shards {
					f := simulate(t, seed)
					mu.Lock()
					total.add(f)
					mu.Unlock()
				}
			})
		}
	})
	t.Logf("%d seeds in %v: %s", to-from+1, time.Since(start).Round(time.Millisecond), total)
	if total.lost+total.doubled+total.stale > 0 {
		t.Error("a promise is broken")
	}
}

// simulate is one run: a history, bad weather for two days, then the sun.
func simulate(t *testing.T, seed uint64) (f figures) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		rng := rand.New(rand.NewPCG(seed, 0))
		w := newWorld(rng, start, 30)
		clear := w.last().Add(hours(1 + 23*rng.Float64()))
		u := &unreliable{
			api: knocktest.New(knocktest.Config{Now: time.Now}), seed: seed,
			failing: 0.3 + 0.65*rng.Float64(),
			seen:    map[string]uint64{}, newest: map[string]int64{}, faults: map[string]int{}, done: map[string]bool{},
			healthy: func() bool { return time.Now().After(clear) },
		}
		executor, err := knock.New(knock.Config{APIKey: "sk_test", Client: &http.Client{Transport: u}})
		if err != nil {
			t.Fatal(err)
		}
		source, err := clerkknock.New(clerkknock.Config{
			SigningSecrets: []string{clerktest.Secret},
			Executor:       panicky{executor, u},
			Mapper: clerkknock.DefaultMapper().
				Enable("user.deleted:users_delete", "organization.deleted:tenants_delete", "session.created:workflows_trigger"),
			Logger: slog.New(slog.NewTextHandler(io.Discard, nil)),
		})
		if err != nil {
			t.Fatal(err)
		}
		sender := &svix{source: source, seed: seed, acknowledged: map[string]bool{}}
		sender.run(w.messages)
		time.Sleep(time.Until(clear) + time.Second)
		sender.recover(w.messages)

		f = figures{tally: sender.tally, faults: u.faults, stale: u.stale, doubled: u.again}
		broken := check(w, u.api, sender.acknowledged, &f)
		if u.again > 0 {
			broken = append(broken, fmt.Sprint(u.again, " steps executed after they had succeeded"))
		}
		if u.stale > 0 {
			broken = append(broken, fmt.Sprint(u.stale, " stale writes"))
		}
		for _, b := range broken {
			t.Errorf("seed %d: %s", seed, b)
		}
	})
	return f
}

// check compares what Knock holds with what the newest events imply.
func check(w *world, api *knocktest.API, acknowledged map[string]bool, f *figures) (broken []string) {
	complain := func(format string, args ...any) {
		f.lost++
		broken = append(broken, fmt.Sprintf(format, args...))
	}
	for _, m := range w.messages {
		if !acknowledged[m.id] {
			complain("%s was never acknowledged", m.id)
		}
	}
	for id, version := range w.want.users {
		user, ok := api.User(id)
		name := user.Properties["name"]
		if version == 0 && name != nil || version > 0 && (!ok || name != fmt.Sprint("v", version)) {
			complain("%s is %v, want version %d", id, user.Properties, version)
		}
	}
	for id, version := range w.want.tenants {
		tenant, ok := api.Tenant(id)
		if version == 0 && ok || version > 0 && (!ok || tenant.Properties["name"] != fmt.Sprint("v", version)) {
			complain("%s is %v, want version %d", id, tenant.Properties, version)
		}
	}
	for pair, role := range w.want.members {
		org, user, _ := strings.Cut(pair, "/")
		got := ""
		for _, s := range api.Subscriptions(knocktest.TenantsCollection, org) {
			if s.Recipient.ID == user {
				got = fmt.Sprint(s.Properties["role"])
			}
		}
		if got != role {
			complain("member %s is %q, want %q", pair, got, role)
		}
	}
	triggers := map[string][]knocktest.Trigger{}
	for _, trigger := range api.Triggers() {
		id, _, _ := strings.Cut(trigger.IdempotencyKey, ":")
		triggers[id] = append(triggers[id], trigger)
	}
	for _, id := range w.want.sessions {
		all := triggers[id]
		if len(all) == 0 {
			complain("%s has triggered nothing", id)
			continue
		}
		for i, again := range all[1:] {
			if again.IdempotencyKey != all[0].IdempotencyKey || again.At.Sub(all[i].At) < hours(24) {
				f.doubled++
				broken = append(broken, id+" has triggered twice")
			} else {
				f.repeated++
			}
		}
	}
	return broken
}

func (f *figures) add(g figures) {
	f.deliveries += g.deliveries
	f.accepted += g.accepted
	f.retried += g.retried
	f.exhausted += g.exhausted
	f.concurrent += g.concurrent
	f.replays += g.replays
	f.hangups += g.hangups
	f.lost += g.lost
	f.doubled += g.doubled
	f.repeated += g.repeated
	f.stale += g.stale
	for kind, n := range g.faults {
		f.faults[kind] += n
	}
}

func (f figures) String() string {
	injected := 0
	var kinds []string
	for _, kind := range slices.Sorted(maps.Keys(f.faults)) {
		injected += f.faults[kind]
		kinds = append(kinds, fmt.Sprintf("%d %s", f.faults[kind], kind))
	}
	return fmt.Sprintf("%d deliveries (%d accepted, %d retries, %d concurrent pairs, %d hang-ups, "+
		"%d manual replays, %d given up by Svix and recovered), %d faults (%s): "+
		"%d lost, %d doubled, %d stale writes, %d triggered again after Knock's 24 hours",
		f.deliveries, f.accepted, f.retried, f.concurrent, f.hangups,
		f.replays, f.exhausted, injected, strings.Join(kinds, ", "),
		f.lost, f.doubled, f.stale, f.repeated)
}
