package console

import (
	"fmt"
	"strings"
	"time"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/eventlog"
)

// chart is the last hour as stacked bars, one a minute.
type chart struct {
	Bars   []bar
	Groups []group
	// Words say what the bars show.
	Words string
	// Peak is the highest bar's number, Begin and End are the times at the edges.
	Peak       int
	Begin, End string
}

// bar is a piece of one: its colour, and its place in a box of chartWidth and chartHeight.
type bar struct {
	Class         string
	X, Y, W, H    string
	Minute, Words string
}

// group is outcomes that have one colour.
type group struct {
	Class, Name string
	Number      int
	outcomes    []clerkknock.Outcome
}

const (
	chartMinutes = 60
	chartWidth   = 720.0
	chartHeight  = 96.0
)

func groups() []group {
	return []group{
		{Class: "succeeded", Name: "succeeded", outcomes: []clerkknock.Outcome{clerkknock.OutcomeSucceeded}},
		{Class: "idle", Name: "nothing to do", outcomes: []clerkknock.Outcome{
			clerkknock.OutcomeSkipped, clerkknock.OutcomeDuplicate, clerkknock.OutcomeIgnored,
		}},
		{Class: "wait", Name: "not done yet", outcomes: []clerkknock.Outcome{
			clerkknock.OutcomeStored, clerkknock.OutcomeRetry,
		}},
		{Class: "bad", Name: "failed or refused", outcomes: []clerkknock.Outcome{
			clerkknock.OutcomeFailed, clerkknock.OutcomeRefused,
		}},
	}
}

// newChart draws the tallies of an hour that begins with a minute.
func newChart(counts eventlog.Counts, begin time.Time) chart {
	c := chart{Groups: groups(), Begin: begin.Format("15:04"), End: begin.Add(chartMinutes * time.Minute).Format("15:04")}
	var minutes [chartMinutes][4]int
	var totals [chartMinutes]int
	for _, t := range counts.Tallies {
		at := int(t.Minute.Sub(begin) / time.Minute)
		for g := range c.Groups {
			for _, o := range c.Groups[g].outcomes {
				if o == t.Outcome && at >= 0 && at < chartMinutes {
					minutes[at][g] += t.Entries
					totals[at] += t.Entries
					c.Groups[g].Number += t.Entries
				}
			}
		}
	}
	busiest := 0
	for at, total := range totals {
		if total > totals[busiest] {
			busiest = at
		}
	}
	c.Peak = totals[busiest]
	width := chartWidth / chartMinutes
	for at, byGroup := range minutes {
		y := chartHeight
		minute := begin.Add(time.Duration(at) * time.Minute).Format("15:04")
		for g, n := range byGroup {
			if n == 0 {
				continue
			}
			h := max(chartHeight*float64(n)/float64(c.Peak), 1.5)
			y -= h
			c.Bars = append(c.Bars, bar{
				Class: c.Groups[g].Class, Minute: minute, Words: number(n) + " " + c.Groups[g].Name,
				X: px(float64(at)*width + 1), Y: px(max(y, 0)), W: px(width - 2), H: px(h),
			})
		}
	}
	c.Words = c.words(begin.Add(time.Duration(busiest) * time.Minute))
	return c
}

func px(v float64) string { return strings.TrimSuffix(fmt.Sprintf("%.1f", v), ".0") }

func (c chart) words(busiest time.Time) string {
	total := 0
	var parts []string
	for _, g := range c.Groups {
		total += g.Number
		if g.Number > 0 {
			parts = append(parts, number(g.Number)+" "+g.Name)
		}
	}
	if total == 0 {
		return "No events in the last hour."
	}
	return fmt.Sprintf("%s in the last hour: %s. The most within a minute were %s, at %s UTC.",
		plural(total, "event", "events"), strings.Join(parts, ", "), number(c.Peak), busiest.Format("15:04"))
}
