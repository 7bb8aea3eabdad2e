package clerkknock

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/clerkknock/clerkknock/clerk"
	"github.com/clerkknock/clerkknock/internal/resolve"
)

// Mapper is a table of mappings: what to do for which event. It is immutable
// and safe for concurrent use; each method returns a changed copy, so that an
// override reads as a sentence:
//
//	mapper := clerkknock.DefaultMapper().
//		Enable("session.created:workflows_trigger").
//		Disable("user.updated:users_identify").
//		With(clerkknock.Mapping{…})
//
// A mistake, such as an unknown ID or an unparsable path, is kept until Err, or
// New and Source.SetMapper, which refuse a Mapper that has one.
type Mapper struct {
	mappings   []Mapping
	byEvent    map[string]*eventPlan
	headers    map[string]bool // that active mappings read
	preprocess func(ctx context.Context, e clerk.Envelope) (map[string]any, error)
	users      *userIDs
	mistakes   []error
	invalid    []error
}

// eventPlan is what is to be done for events of one type.
type eventPlan struct {
	mappings []compiledMapping
	paths    *resolve.Paths
}

// NewMapper returns a Mapper of these mappings alone, without the defaults.
func NewMapper(mappings ...Mapping) *Mapper {
	return new(Mapper).With(mappings...)
}

// DefaultMapper returns the default table, which the README shows.
func DefaultMapper() *Mapper { return NewMapper(defaultMappings()...) }

// Err reports every mistake made in building the Mapper, each with the ID of
// the mapping and the name of the parameter, or nil.
func (m *Mapper) Err() error {
	return errors.Join(slices.Concat(m.mistakes, m.invalid)...)
}

// Mappings returns a copy of the table, inactive mappings included.
func (m *Mapper) Mappings() []Mapping {
	all := slices.Clone(m.mappings)
	for i := range all {
		all[i].Params = maps.Clone(all[i].Params)
	}
	return all
}

// With adds mappings. An ID that the table has already is a mistake; take the
// old one out with Without first.
func (m *Mapper) With(mappings ...Mapping) *Mapper {
	c := m.clone()
	for _, added := range mappings {
		added = added.withDefaults()
		if c.index(added.ID) >= 0 {
			c.mistakes = append(c.mistakes, fmt.Errorf("mapping %q: the ID is taken; give this mapping an ID of its own, "+
				"change the other with Set, or remove it with Without", added.ID))
			continue
		}
		c.mappings = append(c.mappings, added)
	}
	return c.compile()
}

// Without removes the mappings with these IDs.
func (m *Mapper) Without(ids ...string) *Mapper {
	c := m.clone()
	for _, id := range ids {
		if i := c.find(id); i >= 0 {
			c.mappings = slices.Delete(c.mappings, i, i+1)
		}
	}
	return c.compile()
}

// Enable activates the mappings with these IDs.
func (m *Mapper) Enable(ids ...string) *Mapper { return m.activate(true, ids) }

// Disable deactivates the mappings with these IDs.
func (m *Mapper) Disable(ids ...string) *Mapper { return m.activate(false, ids) }

func (m *Mapper) activate(active bool, ids []string) *Mapper {
	c := m.clone()
	for _, id := range ids {
		if i := c.find(id); i >= 0 {
			c.mappings[i].Inactive = !active
		}
	}
	return c.compile()
}

// Set gives the mapping with this ID other values for some of its parameters
// and leaves the rest as they are.
func (m *Mapper) Set(id string, params Params) *Mapper {
	c := m.clone()
	if i := c.find(id); i >= 0 {
		merged := maps.Clone(c.mappings[i].Params)
		if merged == nil {
			merged = Params{}
		}
		maps.Copy(merged, params)
		c.mappings[i].Params = merged
	}
	return c.compile()
}

// Preprocess sets the hook that computes values which mappings read as
// preprocess.NAME, once for each event that has a mapping. Nil removes it.
//
// Like a Func it must give the same result for the same event, and it is no part
// of a mapping's hash: a changed one should give the values new names. An error
// stops the event until a retry, or, marked with Permanent, for good.
func (m *Mapper) Preprocess(hook func(ctx context.Context, e clerk.Envelope) (map[string]any, error)) *Mapper {
	c := m.clone()
	c.preprocess = hook
	return c.compile()
}

func (m *Mapper) clone() *Mapper {
	return &Mapper{
		mappings:   slices.Clone(m.mappings),
		preprocess: m.preprocess,
		users:      m.users,
		mistakes:   slices.Clip(m.mistakes),
	}
}

func (m *Mapper) index(id string) int {
	return slices.IndexFunc(m.mappings, func(x Mapping) bool { return x.ID == id })
}

// find is index for an ID that the caller expects to be there.
func (m *Mapper) find(id string) int {
	i := m.index(id)
	if i < 0 {
		m.mistakes = append(m.mistakes, fmt.Errorf("mapping %q: there is none with this ID", id))
	}
	return i
}

// compile checks the table and sorts it by event, so that planning costs the
// same however many mappings other events have.
func (m *Mapper) compile() *Mapper {
	m.byEvent = make(map[string]*eventPlan)
	m.headers = make(map[string]bool)
	for _, mapping := range m.mappings {
		if err := mapping.check(); err != nil {
			m.invalid = append(m.invalid, fmt.Errorf("mapping %q: %w", mapping.ID, err))
			continue
		}
		if mapping.Inactive {
			continue
		}
		event := m.byEvent[mapping.Event]
		if event == nil {
			event = &eventPlan{paths: resolve.NewPaths()}
			m.byEvent[mapping.Event] = event
		}
		mapping.noteHeaders(m.headers)
		event.mappings = append(event.mappings, mapping.compile(m.users.String(), event.paths))
	}
	return m
}

// handles reports whether an active mapping exists for the event type.
func (m *Mapper) handles(event string) bool { return m.byEvent[event] != nil }

// contends reports whether a step for an event can compete with a newer event of
// the same entity: another event type, or the same one again, is mapped to an action
// that sets the same kind of thing. The handlers compete with each other; they have
// no action.
func (m *Mapper) contends(event string, action ActionType) bool {
	return m.sets(clerk.Subject(event), action, func(other string) bool {
		return other == event && clerk.HappensOnce(event)
	})
}

// handlesSubject reports whether any event about a subject is mapped.
func (m *Mapper) handlesSubject(subject string) bool {
	for event := range m.byEvent {
		if clerk.Subject(event) == subject {
			return true
		}
	}
	return false
}

// setsAny reports whether any event is mapped to an action.
func (m *Mapper) setsAny(action ActionType) bool {
	for _, plan := range m.byEvent {
		for _, mapping := range plan.mappings {
			if mapping.Action == action || mapping.decide != nil {
				return true
			}
		}
	}
	return false
}

// sets reports whether events about a subject, but for some, are mapped to what sets
// the same kind of thing as an action does.
func (m *Mapper) sets(subject string, action ActionType, except func(event string) bool) bool {
	for event, plan := range m.byEvent {
		if clerk.Subject(event) != subject || except(event) {
			continue
		}
		for _, mapping := range plan.mappings {
			// What a function decides is not known before it has run.
			if mapping.decide != nil || mapping.handle != nil && action == "" ||
				mapping.Action != "" && mapping.Action.kind() == action.kind() {
				return true
			}
		}
	}
	return false
}
