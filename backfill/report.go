package backfill

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// Report is what has become of a run, those before it that it goes on from included.
type Report struct {
	// Run names the run, also over interruptions.
	Run string `json:"run"`
	// Began is when it began, before any interruption, and Took how long it was at work.
	Began time.Time     `json:"began"`
	Took  time.Duration `json:"took"`
	// Kinds counts the records of each kind that there was.
	Kinds map[Kind]Counts `json:"kinds"`
	// NotAsked are the active mappings that were left out: triggers and handlers.
	NotAsked []string `json:"not_asked,omitempty"`
	// Examples are the first ten failed records of each kind or, of a dry run, the first
	// ten that would be sent. Config.OnResult is told all of them.
	Examples []Result `json:"examples,omitempty"`
	// Finished says that every record has been read and none is to be tried again: the
	// next run begins at the beginning.
	Finished bool `json:"finished"`
}

// Counts are the numbers of records of one kind.
type Counts struct {
	// Read is how many there were; each is one of the four that follow.
	Read      int `json:"read"`
	Sent      int `json:"sent"`
	Unchanged int `json:"unchanged"`
	Skipped   int `json:"skipped"`
	Failed    int `json:"failed"`
	// LeftOut is how many of them lacked something that a mapping reads, or held what Knock
	// reserves.
	LeftOut int `json:"left_out"`
	// Reasons counts the reasons of those skipped and failed: the first twenty, and
	// "others".
	Reasons map[string]int `json:"reasons,omitempty"`
}

const (
	maxReasons  = 20
	maxExamples = 10
	others      = "others"
)

// add counts a result.
func (r *Report) add(result Result) {
	c := r.Kinds[result.Kind]
	c.Read++
	switch result.Outcome {
	case Sent:
		c.Sent++
	case Unchanged:
		c.Unchanged++
	case Skipped:
		c.Skipped++
	case Failed:
		c.Failed++
	}
	if len(result.LeftOut) > 0 {
		c.LeftOut++
	}
	if result.Outcome == Skipped || result.Outcome == Failed {
		c.count(result.reason(), 1)
	}
	r.Kinds[result.Kind] = c
	if result.Outcome == Failed || result.Outcome == Sent && result.Steps != nil {
		r.addExample(result)
	}
}

func (c *Counts) count(reason string, n int) {
	if c.Reasons == nil {
		c.Reasons = map[string]int{}
	}
	if _, known := c.Reasons[reason]; !known && len(c.Reasons) >= maxReasons {
		reason = others
	}
	c.Reasons[reason] += n
}

func (r *Report) addExample(result Result) {
	n := 0
	for _, e := range r.Examples {
		if e.Kind == result.Kind && e.Outcome == result.Outcome {
			n++
		}
	}
	if n < maxExamples {
		r.Examples = append(r.Examples, result)
	}
}

// merge adds what another report has counted.
func (r *Report) merge(more Report) {
	for kind, m := range more.Kinds {
		c := r.Kinds[kind]
		c.Read += m.Read
		c.Sent += m.Sent
		c.Unchanged += m.Unchanged
		c.Skipped += m.Skipped
		c.Failed += m.Failed
		c.LeftOut += m.LeftOut
		for _, reason := range slices.Sorted(maps.Keys(m.Reasons)) {
			c.count(reason, m.Reasons[reason])
		}
		r.Kinds[kind] = c
	}
	for _, e := range more.Examples {
		r.addExample(e)
	}
}

// String is the report for people: a line for each kind, and the reasons.
func (r Report) String() string {
	var b strings.Builder
	for _, kind := range Kinds() {
		c, ok := r.Kinds[kind]
		if !ok {
			continue
		}
		fmt.Fprintf(&b, "%ss: %d read, %d sent, %d unchanged, %d skipped, %d failed\n",
			kind, c.Read, c.Sent, c.Unchanged, c.Skipped, c.Failed)
		for _, reason := range slices.Sorted(maps.Keys(c.Reasons)) {
			fmt.Fprintf(&b, "  %d: %s\n", c.Reasons[reason], reason)
		}
	}
	if len(r.NotAsked) > 0 {
		fmt.Fprintf(&b, "not asked for: %s\n", strings.Join(r.NotAsked, ", "))
	}
	return b.String()
}

// clone is a copy that the run does not change any more.
func (r Report) clone() Report {
	kinds := make(map[Kind]Counts, len(r.Kinds))
	for kind, c := range r.Kinds {
		c.Reasons = maps.Clone(c.Reasons)
		kinds[kind] = c
	}
	r.Kinds, r.Examples = kinds, slices.Clone(r.Examples)
	return r
}
