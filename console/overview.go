package console

import (
	"net/http"
	"slices"
	"strconv"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/eventlog"
)

// overviewPage says how it goes.
type overviewPage struct {
	// State sums it up; it is bad if somebody should look.
	State string
	Bad   bool
	// Last is the newest event that was accepted.
	Last     *row
	Hour     int
	Capped   bool
	Failed   int
	Retrying int
	Refused  int
	Chart    chart
	Refusals []refusalRow
	HasQueue bool
	Backlog  Backlog
	Oldest   when
	Limits   []limitRow
	Newest   []row
}

type refusalRow struct {
	refusal
	Status string
	At     when
}

type limitRow struct {
	Tier, Percent, Waiting int
	PerSecond              string
}

// latest is how many events the overview lists.
const latest = 8

func (c *console) overview(r *http.Request) (page, error) {
	ctx := r.Context()
	newest, err := c.shared.newest.get(ctx)
	if err != nil {
		return page{}, err
	}
	counts, err := c.shared.hour.get(ctx)
	if err != nil {
		return page{}, err
	}
	refused, err := c.shared.refused.get(ctx)
	if err != nil {
		return page{}, err
	}
	by := counts.ByOutcome()
	p := overviewPage{Hour: counts.Total(), Capped: counts.Capped, Failed: by[clerkknock.OutcomeFailed],
		Retrying: by[clerkknock.OutcomeRetry], Refused: by[clerkknock.OutcomeRefused],
		Chart: newChart(counts, c.hourAgo()), HasQueue: c.config.Queue != nil}
	if p.HasQueue {
		if p.Backlog, err = c.shared.backlog.get(ctx); err != nil {
			return page{}, err
		}
		p.Oldest = c.when(p.Backlog.Oldest)
	}
	for _, r := range refused {
		p.Refusals = append(p.Refusals, refusalRow{r, statusText(r.Status), c.when(r.Last)})
	}
	accepted := func(e eventlog.Entry) bool { return e.Outcome != clerkknock.OutcomeRefused }
	if i := slices.IndexFunc(newest, accepted); i >= 0 {
		p.Last = &c.rows(newest[i : i+1])[0]
	}
	p.Newest = c.rows(newest[:min(latest, len(newest))])
	if c.config.Limits != nil {
		for _, l := range c.config.Limits() {
			p.Limits = append(p.Limits, limitRow{l.Tier, int(l.Used*100 + 0.5), l.Waiting,
				strconv.FormatFloat(l.PerSecond, 'f', -1, 64)})
		}
	}
	p.State, p.Bad = p.sum()
	return page{name: "overview", Title: "Overview", Live: true, Data: p}, nil
}

// sum says in a sentence whether somebody should look.
func (p overviewPage) sum() (state string, bad bool) {
	switch {
	case p.Last == nil && p.Refused > 0:
		return "Requests arrive, and all of them were refused. The reasons are below.", true
	case p.Last == nil:
		return "No event has come yet.", false
	case p.Backlog.Dead > 0:
		return plural(p.Backlog.Dead, "delivery has", "deliveries have") +
			" been given up. Look at why before you replay.", true
	case p.Failed > 0:
		return plural(p.Failed, "event", "events") + " of the last hour failed for good.", true
	case p.Retrying > 0 || p.Backlog.Retrying > 0:
		return plural(max(p.Retrying, p.Backlog.Retrying), "event", "events") +
			" failed for now. They are tried again by themselves.", false
	case p.Refused > 0:
		return "Events are processed. Some requests were refused; the reasons are below.", false
	}
	return "All is well: what came was processed.", false
}
