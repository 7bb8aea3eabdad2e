package main

import (
	"fmt"
	"io"
	"time"
)

// burst is a time in which more comes than on average, all of it calls of one
// tier: events arrive at a rate for a while, and then at the base rate again.
type burst struct {
	what      string
	calls     int
	within    time.Duration
	base      float64 // calls per second that come anyway
	perSecond int
}

// bursts are the hours to plan for.
func bursts(users int) []burst {
	base := 0.0
	for _, d := range aYear {
		if d.perSecond == writesPerSecond {
			base += d.perUser * float64(users) / year.Seconds()
		}
	}
	return []burst{
		{"the day's busiest hour: eight times the average", int(8 * base * 3600), time.Hour, base, writesPerSecond},
		{"launch: 2 % of the users sign up in half an hour", users / 50, 30 * time.Minute, base, writesPerSecond},
		{"outage: six hours' events come again within five minutes",
			int(6 * 3600 * base), 5 * time.Minute, base, writesPerSecond},
		{"import: 10 % of the users in one hour", users / 10, time.Hour, base, writesPerSecond},
		{"migration: every user is updated within a day", users, 24 * time.Hour, base, writesPerSecond},
		{"clean-up: 1 % of the users are deleted in one hour", users / 100, time.Hour, 0, deletesPerSecond},
	}
}

// shown are the hours of which the backlog is printed.
var shown = []int{1, 2, 6, 12, 24, 48}

func printBursts(w io.Writer, all []burst) {
	fmt.Fprint(w, "\tcalls\tlimit")
	for _, hour := range shown {
		fmt.Fprintf(w, "\tafter %dh", hour)
	}
	fmt.Fprint(w, "\tpeak\tlongest wait\tdrained after\t\n")
	for _, b := range all {
		r := b.simulate()
		fmt.Fprintf(w, "%s\t%s\t%d/s", b.what, grouped(b.calls), b.perSecond)
		for _, hour := range shown {
			fmt.Fprintf(w, "\t%s", grouped(r.backlog[hour]))
		}
		fmt.Fprintf(w, "\t%s\t%s\t%s\t\n", grouped(r.peak), short(r.wait), short(r.drained))
	}
}

// never is longer than a year.
const never = 2 * year

// result is what becomes of a burst.
type result struct {
	backlog map[int]int // by the hour
	peak    int
	// wait is how long the call that came at the worst moment waits.
	wait time.Duration
	// drained is when the backlog is gone, from the burst's beginning.
	drained time.Duration
}

// simulate lets events arrive and calls be made, second by second.
func (b burst) simulate() result {
	r := result{backlog: map[int]int{}}
	waiting := 0.0
	last := shown[len(shown)-1] * 3600
	for second := 1; second <= last || waiting > 0; second++ {
		if second > int(year.Seconds()) {
			r.drained = never
			return r
		}
		waiting += b.base
		if at := time.Duration(second) * time.Second; at <= b.within {
			waiting += float64(b.calls) / b.within.Seconds()
		}
		waiting = max(0, waiting-float64(b.perSecond))
		if second%3600 == 0 {
			r.backlog[second/3600] = int(waiting)
		}
		if int(waiting) > r.peak {
			r.peak, r.wait = int(waiting), queue(int(waiting), b.perSecond)
		}
		if waiting > 0 {
			r.drained = time.Duration(second+1) * time.Second
		}
	}
	return r
}
