package whatif

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/clerk"
)

// rehearser is an Executor that can tell what it would do.
type rehearser interface {
	Rehearse(ctx context.Context, inv clerkknock.Invocation) ([]slog.Attr, error)
}

// plan is what a table comes to for one event.
type plan struct {
	steps []*step
	// failed says that there is one step, which stands for all: the event could not be
	// planned, as by a Preprocess hook that fails.
	failed bool
}

// step is one step of a plan.
type step struct {
	clerkknock.Step
	// params are those of the action, in one way of writing JSON.
	params map[string]string
	// call identifies the action with its parameters, aim the action with what it
	// is done to.
	call, aim string
	paired    bool
}

// calls reports whether the step would do something.
func (s *step) calls() bool { return s != nil && s.Err == nil && s.Skip == "" }

// fails reports whether the step could not do what it should.
func (s *step) fails() bool { return s != nil && s.Err != nil }

// isHandler reports whether the step would run a function given to Handle.
func (s *step) isHandler() bool { return s.calls() && s.Action.Type == "" }

// newPlan plans an event, and asks the Executor what it would do, if there is one.
func newPlan(ctx context.Context, m *clerkknock.Mapper, r rehearser, d clerkknock.Delivery, e clerk.Envelope) plan {
	var steps []clerkknock.Step
	err := guard(func() (err error) {
		steps, err = m.Rehearse(ctx, d)
		return err
	})
	if err != nil {
		return plan{[]*step{{Step: clerkknock.Step{Err: err}}}, true}
	}
	var p plan
	for _, s := range steps {
		planned := &step{Step: s}
		if planned.calls() && !planned.isHandler() {
			planned.identify()
			if r != nil {
				planned.rehearse(ctx, r, e)
			}
		}
		p.steps = append(p.steps, planned)
	}
	return p
}

func (s *step) rehearse(ctx context.Context, r rehearser, e clerk.Envelope) {
	s.Err = guard(func() (err error) {
		s.Attrs, err = r.Rehearse(ctx, clerkknock.Invocation{
			Action: s.Action, Event: e, MappingID: s.Mapping, IdempotencyKey: s.IdempotencyKey,
		})
		return err
	})
}

// aims are the parameters that say what an action is done to, if it takes them.
var aims = []string{"collection", "id", "key", "preference_set_id", "channel_id"}

func (s *step) identify() {
	s.params = make(map[string]string, len(s.Action.Params))
	call, aim := []string{string(s.Action.Type)}, []string{string(s.Action.Type)}
	for _, name := range slices.Sorted(maps.Keys(s.Action.Params)) {
		s.params[name] = canonical(s.Action.Params[name])
		call = append(call, name, s.params[name])
	}
	for _, name := range aims {
		aim = append(aim, s.Action.Text(name))
	}
	// No line ends within JSON that is written in one way; a name may hold anything.
	s.call, s.aim = strings.Join(call, "\n"), fmt.Sprintf("%q", aim)
}

// canonical writes JSON in one way: without spaces, members in order, numbers as they
// were.
func canonical(raw json.RawMessage) string {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return string(raw)
	}
	written, err := json.Marshal(value)
	if err != nil {
		return string(raw)
	}
	return string(written)
}

// differing are the names of the parameters that differ between two calls.
func differing(a, b *step) []string {
	var names []string
	for name, value := range a.params {
		if other, ok := b.params[name]; !ok || other != value {
			names = append(names, name)
		}
	}
	for name := range b.params {
		if _, ok := a.params[name]; !ok {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}
