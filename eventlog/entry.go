package eventlog

import (
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/clerk"
	"github.com/clerkknock/clerkknock/ledger"
)

// NewEntry returns the entry that one report makes, complete but for Seq. It keeps of
// errors only their text.
func NewEntry(d clerkknock.Delivery, r clerkknock.Report) Entry {
	d.ReceivedAt = d.ReceivedAt.UTC().Truncate(time.Microsecond)
	if d.ReceivedAt.IsZero() {
		d.ReceivedAt = r.At.UTC().Truncate(time.Microsecond)
	}
	e := Entry{
		Delivery: d, Type: r.Type, Outcome: r.Outcome, At: r.At.Add(r.Took), Attempts: tries(r),
		Reports: []clerkknock.Report{stored(r)},
	}
	if isWait(r) {
		e.Waits = 1
	}
	if r.Outcome == clerkknock.OutcomeRefused {
		e.Refusals = 1
	}
	if event, err := clerk.Parse(d.Body); err == nil {
		e.Entities, e.ChangedAt = event.Entities(), event.ChangedAt()
	}
	return e
}

// Add adds a later report of the same delivery, as the entry that NewEntry makes of it.
func (e *Entry) Add(later Entry) {
	e.At = later.At
	e.Attempts += later.Attempts
	e.Waits += later.Waits
	if later.Waits > 0 {
		return
	}
	if e.Outcome == clerkknock.OutcomeIgnored && len(e.Delivery.Body) == 0 {
		e.Delivery.Body, e.Delivery.Header = later.Delivery.Body, later.Delivery.Header
	}
	if changes(e.Outcome, later.Outcome) {
		e.Outcome = later.Outcome
	}
	if len(e.Reports) == MaxReports {
		e.Reports = e.Reports[:MaxReports-1]
		e.LeftOut++
	}
	e.Reports = append(slices.Clip(e.Reports), later.Reports...)
}

// erase removes what is personal.
func (e *Entry) erase() {
	e.Delivery.Body, e.Delivery.Header = nil, nil
	e.Reports = slices.Clone(e.Reports)
	for i := range e.Reports {
		steps := slices.Clone(e.Reports[i].Steps)
		for j := range steps {
			steps[j].Planned = clerkknock.Action{}
		}
		e.Reports[i].Steps = steps
	}
}

// changes reports whether a later outcome says more than the earlier one: what was done
// is not undone by coming again.
func changes(earlier, later clerkknock.Outcome) bool {
	switch later {
	case clerkknock.OutcomeStored:
		return false
	case clerkknock.OutcomeDuplicate:
		return earlier != clerkknock.OutcomeSucceeded && earlier != clerkknock.OutcomeSkipped &&
			earlier != clerkknock.OutcomeIgnored
	}
	return true
}

// tries is 1 if the delivery was tried.
func tries(r clerkknock.Report) int {
	if r.Outcome == clerkknock.OutcomeStored || r.Outcome == clerkknock.OutcomeRefused || isWait(r) {
		return 0
	}
	return 1
}

// isWait reports whether the delivery had to wait for another one.
func isWait(r clerkknock.Report) bool {
	return errors.Is(r.Err, ledger.ErrBusy) || errors.Is(r.Err, ledger.ErrInFlight)
}

// stored is a report without what is not kept of it.
func stored(r clerkknock.Report) clerkknock.Report {
	r.Err = textOf(r.Err)
	r.Steps = slices.Clone(r.Steps)
	size := 0
	for i := range r.Steps {
		r.Steps[i].Err = textOf(r.Steps[i].Err)
		for name, value := range r.Steps[i].Planned.Params {
			size += len(name) + len(value)
		}
	}
	for i := range r.Steps {
		if size > MaxPlannedBytes {
			r.Steps[i].Planned = clerkknock.Action{}
		}
	}
	return r
}

// textError is what is kept of an error.
type textError string

func (e textError) Error() string { return string(e) }

func textOf(err error) error {
	if err == nil {
		return nil
	}
	return textError(clip(err.Error()))
}

func clip(s string) string {
	if len(s) <= MaxErrorBytes {
		return s
	}
	return strings.ToValidUTF8(s[:MaxErrorBytes], "") + "…"
}
