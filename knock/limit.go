package knock

import (
	"context"
	"time"

	"github.com/clerkknock/clerkknock"
	"golang.org/x/time/rate"
)

// tier is one of Knock's rate limit tiers, in requests per second:
// https://docs.knock.app/api-reference/overview/rate-limits.
type tier int

const (
	tier2 tier = 5
	tier3 tier = 60
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

// limits holds one limiter per tier.
type limits map[tier]*rate.Limiter

func newLimits(share float64) limits {
	l := limits{}
	for _, t := range []tier{tier2, tier3, tier5} {
		perSecond := float64(t) * share
		l[t] = rate.NewLimiter(rate.Limit(perSecond), max(1, int(perSecond)))
	}
	return l
}

// wait waits for the action's turn. If that would be after ctx's deadline it
// says so at once, with the time that it would have taken.
func (l limits) wait(ctx context.Context, a clerkknock.ActionType) error {
	reservation := l[tierOf(a)].Reserve()
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
