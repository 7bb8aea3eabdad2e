package main

import (
	"fmt"
	"io"
	"time"
)

// Knock's rate limits for an environment, in calls per second:
// https://docs.knock.app/api-reference/overview/rate-limits. A bulk call takes
// up to bulkSize users.
const (
	deletesPerSecond  = 5
	writesPerSecond   = 60
	triggersPerSecond = 1000
	bulkPerSecond     = 1
	bulkSize          = 1000
)

// demand is how often something happens to a user in a year, and the calls that
// it leads to.
type demand struct {
	what      string
	perUser   float64
	perSecond int
}

// aYear is an assumption about a consumer product with teams: a fifth of the
// users are new, a few in a hundred leave, and people sign in twice a month.
var aYear = []demand{
	{"users_identify, created", 0.20, writesPerSecond},
	{"users_identify, updated", 3.00, writesPerSecond},
	{"tenants_set", 0.05, writesPerSecond},
	{"objects_subscribe", 0.30, writesPerSecond},
	{"objects_unsubscribe", 0.08, writesPerSecond},
	{"users_delete", 0.03, deletesPerSecond},
	{"workflows_trigger, session", 24.00, triggersPerSecond},
}

const year = 365 * 24 * time.Hour

func printYear(w io.Writer, users int) {
	fmt.Fprint(w, "\tcalls\ton average\tlimit\tused\tat the limit\t\n")
	shares := map[int]float64{}
	total := 0
	for _, d := range aYear {
		calls := int(d.perUser * float64(users))
		total += calls
		share := float64(calls) / year.Seconds() / float64(d.perSecond)
		shares[d.perSecond] += share
		fmt.Fprintf(w, "%s\t%s\t%.2f/s\t%s/s\t%.1f %%\t%s\t\n", d.what, grouped(calls),
			float64(calls)/year.Seconds(), grouped(d.perSecond), 100*share, short(queue(calls, d.perSecond)))
	}
	fmt.Fprintf(w, "all\t%s\t%.2f/s\t\t\t\t\n", grouped(total), float64(total)/year.Seconds())
	for _, limit := range []int{writesPerSecond, triggersPerSecond, deletesPerSecond} {
		// The limit is shared by all calls of its tier.
		fmt.Fprintf(w, "all at %s/s\t\t\t\t%.1f %%\t\t\n", grouped(limit), 100*shares[limit])
	}
	fmt.Fprint(w, "\nusers_delete and the trigger for sessions are not active in the default table.\n")
}

// queue is how long so many calls take at a limit.
func queue(calls, perSecond int) time.Duration {
	return time.Duration(float64(calls) / float64(perSecond) * float64(time.Second))
}
