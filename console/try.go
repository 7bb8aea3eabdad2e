package console

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/clerkknock/clerkknock/whatif"
)

// trial is the page that tries a changed table on the past.
type trial struct {
	Table string
	// Kept are mappings of the program that no table can hold: they stay as they are.
	Kept []string
	// Mistakes are those in the table.
	Mistakes []mistake
	// Events is how many to look at, and Choices what can be chosen.
	Events  int
	Choices []int
	Type    string
	Types   []string
	Hidden  bool
	Asked   bool
	// Environment is the one that is taken of a file that holds several.
	Environment string
	Result      *tried
}

var trialChoices = []int{100, 500, 2000}

// try shows the form, with the table in force to begin with.
func (c *console) try(*http.Request) (page, error) {
	table, kept := writable(c.config.Source.Mapper().Mappings())
	return trialPage(trial{Table: table, Kept: kept, Events: trialChoices[1], Choices: trialChoices,
		Types: c.eventTypes(), Hidden: c.config.HidePayloads}), nil
}

func trialPage(t trial) page { return page{name: "try", Title: "Try a change", Data: t} }

// tryNow compares the table in the form with the one in force. It is a POST because of its
// size: nothing is changed.
func (c *console) tryNow(r *http.Request) (page, error) {
	ctx, cancel := context.WithTimeout(r.Context(), hostCodeTime)
	defer cancel()
	inForce := c.config.Source.Mapper()
	t := trial{Table: strings.ReplaceAll(r.PostFormValue("table"), "\r\n", "\n"), Type: r.PostFormValue("type"),
		Environment: strings.TrimSpace(r.PostFormValue("environment")), Choices: trialChoices, Types: c.eventTypes(),
		Hidden: c.config.HidePayloads, Asked: r.PostFormValue("what") != "" && !c.config.HidePayloads}
	t.Events = eventsToTry(r.PostFormValue("events"))
	_, t.Kept = writable(inForce.Mappings())
	changed, err := changedTable(inForce, []byte(t.Table), t.Environment)
	if err != nil {
		t.Mistakes = mistakesIn(err)
		return trialPage(t), nil
	}
	seen := masked
	if t.Asked {
		seen = personal
		c.noteTrial(r)
	}
	past := pastEvents{console: c, ctx: ctx, eventType: t.Type, atMost: t.Events}
	result, err := whatif.Compare(ctx, whatif.Config{InForce: inForce, Changed: changed,
		HideValues: c.config.HidePayloads}, past.all)
	if err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return page{}, err
	}
	t.Result = c.tried(result, past, seen)
	t.Result.TookTooLong = err != nil
	return trialPage(t), nil
}

// eventsToTry is one of the choices.
func eventsToTry(text string) int {
	for _, choice := range trialChoices {
		if text == strconv.Itoa(choice) {
			return choice
		}
	}
	return trialChoices[1]
}
