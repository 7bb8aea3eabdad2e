package console

import (
	"context"
	"net/http"
	"slices"

	"github.com/clerkknock/clerkknock"
)

// mappingList is the page of the table in force.
type mappingList struct {
	Events []eventMappings
	Active int
	All    int
}

// eventMappings are the mappings of events of one type.
type eventMappings struct {
	Type     string
	Mappings []mapping
}

// mapping is a mapping as a page shows it.
type mapping struct {
	ID     string
	Action string
	Active bool
	// Notes say what else decides on it.
	Notes      []string
	Parameters []parameter
	// Says is what would become of it in the event that is looked at.
	Says, Error string
}

// mappings shows the table, or what is mapped to one type of event.
func (c *console) mappings(r *http.Request) (page, error) {
	if r.FormValue("type") != "" || r.FormValue("on") != "" {
		return c.mappingsOf(r)
	}
	var list mappingList
	for _, m := range c.config.Source.Mapper().Mappings() {
		shown := mappingOf(m)
		list.All++
		if shown.Active {
			list.Active++
		}
		i := slices.IndexFunc(list.Events, func(e eventMappings) bool { return e.Type == m.Event })
		if i < 0 {
			i = len(list.Events)
			list.Events = append(list.Events, eventMappings{Type: m.Event})
		}
		list.Events[i].Mappings = append(list.Events[i].Mappings, shown)
	}
	return page{name: "mappings", Title: "Mappings", Data: list}, nil
}

func mappingOf(m clerkknock.Mapping) mapping {
	shown := mapping{ID: m.ID, Action: string(m.Action), Active: !m.Inactive, Parameters: parametersOf(m)}
	if m.Action == "" {
		shown.Action = "a function of the program"
	}
	if m.When != nil {
		shown.Notes = append(shown.Notes, "It runs only if its condition holds, which a function of the program decides.")
	}
	if m.About != "" {
		shown.Notes = append(shown.Notes,
			"It is about the object at "+shortPath(m.About)+", and in order with the events of that.")
	}
	if m.Unordered {
		shown.Notes = append(shown.Notes, "It runs although a newer event has been applied.")
	}
	return shown
}

// eventTable is the page of what is mapped to one type of event.
type eventTable struct {
	Type     string
	Mappings []mapping
	// On is the event that the parameters are resolved in, without a type if there is none.
	On     specimen
	Sample bool
	Recent []specimen
	Types  []string
	// Seen is how much of the values is shown.
	Seen      exposure
	Hidden    bool
	MaySwitch bool
}

func (c *console) mappingsOf(r *http.Request) (page, error) {
	ctx, cancel := context.WithTimeout(r.Context(), hostCodeTime)
	defer cancel()
	t := eventTable{Type: r.FormValue("type"), Types: c.eventTypes(), Hidden: c.config.HidePayloads,
		MaySwitch: c.config.SwitchMappings && !c.config.ReadOnly}
	t.Seen = everything
	if at := r.FormValue("on"); at != "" {
		on, e, err := c.past(ctx, at)
		if err != nil {
			return page{}, err
		}
		if t.Seen, err = c.asked(r, e); err != nil {
			return page{}, err
		}
		t.On, t.Type = on, on.Type
	} else {
		t.On, t.Sample = sampleOf(t.Type)
	}
	if !slices.Contains(t.Types, t.Type) {
		t.Types = append(t.Types, t.Type)
	}
	var err error
	if t.Recent, err = c.recentSpecimens(ctx, t.Type); err != nil {
		return page{}, err
	}
	steps, failed := c.config.Source.Mapper().Rehearse(ctx, t.On.delivery)
	for _, m := range c.config.Source.Mapper().Mappings() {
		if m.Event != t.Type {
			continue
		}
		shown := mappingOf(m)
		if t.On.Type != "" {
			params, err := c.parameters(ctx, m, t.On, t.Seen)
			shown.Parameters, shown.Error = params, c.errorOf(t.Seen, err)
			shown.Says = c.says(m, t.Seen, steps, failed)
		}
		t.Mappings = append(t.Mappings, shown)
	}
	return page{name: "mapping", Title: "Mappings of " + short(t.Type), Data: t}, nil
}

// says tells in a sentence what a mapping would do in an event.
func (c *console) says(m clerkknock.Mapping, seen exposure, steps []clerkknock.Step, failed error) string {
	if m.Inactive {
		return "It is not active: nothing would be done."
	}
	if failed != nil {
		return "The event cannot be planned: " + c.errorOf(seen, failed)
	}
	for _, s := range steps {
		switch {
		case s.Mapping != m.ID:
		case s.Err != nil:
			return "It would fail: " + c.errorOf(seen, s.Err)
		case s.Skip != "":
			return "It would be skipped: " + s.Skip + "."
		}
	}
	return "It would be executed, unless it has been, or a newer event was applied."
}

// Masked reports whether what is personal is masked.
func (t eventTable) Masked() bool { return t.Seen == masked }
