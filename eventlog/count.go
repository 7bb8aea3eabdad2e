package eventlog

import (
	"time"

	"github.com/clerkknock/clerkknock"
)

// Counts are how many entries a query selects.
type Counts struct {
	// Tallies are the numbers by minute and outcome, the newest first.
	Tallies []Tally
	// Capped says that there are older entries, which are not counted.
	Capped bool
}

// Tally is how many entries were received within a minute and have the same outcome.
type Tally struct {
	// Minute is its beginning, in UTC.
	Minute  time.Time
	Outcome clerkknock.Outcome
	// Entries is their number; of refused requests each is counted.
	Entries int
}

// Total is the number of all entries.
func (c Counts) Total() int {
	total := 0
	for _, t := range c.Tallies {
		total += t.Entries
	}
	return total
}

// ByOutcome adds the numbers up by outcome.
func (c Counts) ByOutcome() map[clerkknock.Outcome]int {
	sums := make(map[clerkknock.Outcome]int)
	for _, t := range c.Tallies {
		sums[t.Outcome] += t.Entries
	}
	return sums
}
