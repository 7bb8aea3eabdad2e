package knock

import (
	"context"
	"math"
	"time"

	"github.com/clerkknock/clerkknock"
	"golang.org/x/time/rate"
)

// tier is one of Knock's rate limit tiers, in requests per second:
// https://docs.knock.app/api-reference/overview/rate-limits.
type tier int

const (
	tier1 tier = 1
	tier2 tier = 5
	tier3 tier = 60
	tier4 tier = 200
	tier5 tier = 1000
)

func tierOf(a clerkknock.ActionType) tier {
	switch a {
	case clerkknock.UsersDelete, clerkknock.UsersMerge, clerkknock.TenantsDelete:
		return tier2
	case clerkknock.WorkflowsTrigger, clerkknock.WorkflowsCancel:
		return tier5
	}
	return tier3
}

// Limit is one of Knock's rate limits, as one Executor uses it.
type Limit struct {
	// Tier is Knock's number for it: https://docs.knock.app/api-reference/overview/rate-limits.
	Tier int
	// PerSecond is how many requests the Executor sends in a second at most.
	PerSecond float64
	// Used is the part of it that is in use, from 0 to 1.
	Used float64
	// Waiting is how many requests wait for their turn.
	Waiting int
}

// Limits returns how much of Knock's limits is in use just now, by this Executor.
func (e *Executor) Limits() []Limit {
	var all []Limit
	for i, t := range []tier{tier2, tier3, tier5} {
		limiter := e.limits.tiers[t]
		free := limiter.Tokens()
		all = append(all, Limit{
			Tier:      []int{2, 3, 5}[i],
			PerSecond: float64(limiter.Limit()),
			Used:      min(1, 1-free/float64(limiter.Burst())),
			Waiting:   max(0, int(math.Ceil(-free))),
		})
	}
	return all
}

// limits holds one limiter per tier, and in the lowest one for each endpoint of bulk
// calls: in tiers that are so low it matters that each endpoint has its own.
type limits struct {
	tiers map[tier]*rate.Limiter
	bulk  map[clerkknock.ActionType]*rate.Limiter
}

func newLimits(share float64) limits {
	l := limits{map[tier]*rate.Limiter{}, map[clerkknock.ActionType]*rate.Limiter{}}
	for _, t := range []tier{tier2, tier3, tier4, tier5} {
		l.tiers[t] = newLimiter(t, share)
	}
	for action := range bulkCalls {
		l.bulk[action] = newLimiter(tier1, share)
	}
	return l
}

func newLimiter(t tier, share float64) *rate.Limiter {
	perSecond := float64(t) * share
	return rate.NewLimiter(rate.Limit(perSecond), max(1, int(perSecond)))
}

// wait waits for the action's turn.
func (l limits) wait(ctx context.Context, a clerkknock.ActionType) error {
	return wait(ctx, l.tiers[tierOf(a)])
}

// wait waits for a turn. If that would be after ctx's deadline it says so at once, with
// the time that it would have taken.
func wait(ctx context.Context, l *rate.Limiter) error {
	reservation := l.Reserve()
	delay := reservation.Delay()
	if delay == 0 {
		return ctx.Err()
	}
	if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) <= delay {
		reservation.Cancel()
		return clerkknock.RetryAfter(errRateLimited, delay)
	}
	timer := time.NewTimer(delay)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		reservation.Cancel()
		return ctx.Err()
	}
}
