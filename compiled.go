package clerkknock

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"github.com/clerkknock/clerkknock/clerk"
	"github.com/clerkknock/clerkknock/internal/resolve"
	"github.com/clerkknock/clerkknock/ledger"
)

// compiledMapping is an active mapping with what is the same for every event.
type compiledMapping struct {
	Mapping
	hash   string
	params []resolve.Named // bound
	about  resolve.Node    // bound, nil without About
}

// compile prepares a mapping that check has found right.
func (m Mapping) compile(userIDs string, paths *resolve.Paths) compiledMapping {
	params, _ := m.Params.named() // checked before
	if m.handle != nil {
		userIDs = "" // which decides nothing for a handler
	}
	c := compiledMapping{Mapping: m, hash: m.hash(userIDs), params: resolve.BindNamed(params, paths)}
	if m.About != "" {
		c.about = resolve.Bind(Path(m.About).node, paths)
	}
	return c
}

// Why a step is skipped, where the host has decided that.
const (
	conditionFails = "its condition does not hold"
	noAction       = "its function returned no action"
)

// plan appends the mapping's steps.
func (m *compiledMapping) plan(ctx context.Context, in *resolve.Input, users *userIDs, late bool, steps []Step) []Step {
	step := Step{ID: m.ID, Mapping: m.ID, hash: m.hash, unordered: m.Unordered, handle: m.handle}
	var actions []Action
	err := guard(func() (err error) {
		switch {
		case m.When != nil && !m.When(in.Event):
			step.Skip, step.Action.Type = conditionFails, m.Action
		case m.handle != nil:
		case m.decide != nil:
			actions, err = m.decide(ctx, in.Event)
		default:
			step, err = m.resolve(ctx, in, step)
		}
		return err
	})
	switch {
	case err != nil:
		step.Action, step.Err = Action{}, err
	case m.decide != nil && step.Skip == "" && len(actions) == 0:
		step.Skip = noAction
	case m.decide != nil && step.Skip == "":
		for i, action := range actions {
			s := step
			s.ID += "#" + strconv.Itoa(i+1)
			s.Action = action
			steps = append(steps, m.finish(ctx, s, in, users, late))
		}
		return steps
	case step.Skip == "":
		step = m.finish(ctx, step, in, users, late)
	}
	return append(steps, step)
}

// resolve makes the mapping's action for one event. The action outlives the event,
// and so gets copies of what may be views of it.
func (m *compiledMapping) resolve(ctx context.Context, in *resolve.Input, step Step) (Step, error) {
	in.LeftOut = nil
	step.Action = Action{Type: m.Action, Params: make(map[string]json.RawMessage, len(m.params))}
	if m.about != nil {
		raw, err := m.about.Resolve(ctx, in)
		if err != nil {
			return step, err
		}
		entity, at := clerk.EntityOf(json.RawMessage(raw))
		if entity == "" {
			step.Skip = fmt.Sprintf("there is no object with an id at %s", m.About)
			return step, nil
		}
		step.about = &about{entity, ledger.Version{Time: at}}
	}
	for _, p := range m.params {
		raw, err := in.Within(ctx, p)
		if errors.Is(err, resolve.ErrEncoding) {
			err = Permanent(err)
		}
		if err != nil {
			return step, fmt.Errorf("parameter %q: %w", p.Name, err)
		}
		if raw != "" {
			step.Action.Params[p.Name] = json.RawMessage(raw)
		}
	}
	step.LeftOut = in.LeftOut
	return step, nil
}

// finish completes a step that has an action, unless something is wrong with that.
func (m *compiledMapping) finish(ctx context.Context, step Step, in *resolve.Input, users *userIDs, late bool) Step {
	step.IdempotencyKey = idempotencyKey(in.Event.ID, step.ID, m.hash)
	if m.handle != nil {
		return step
	}
	var err error
	if m.decide != nil {
		err = step.Action.checkShape() // made by a host, perhaps by hand
	}
	if err == nil {
		err = step.Action.checkNames()
	}
	if err != nil {
		step.Action, step.Err = Action{}, Permanent(err)
		return step
	}
	if step.Skip = m.missing(step.Action); step.Skip != "" {
		return step
	}
	action, skip, err := users.apply(ctx, in.Event, step.Action, late)
	if err != nil {
		// It keeps its place among the steps: it must not stand in the way of those before.
		action, step.Err = Action{Type: step.Action.Type}, err
	}
	step.Action, step.Skip = action, skip
	return step
}

// missing says which parameter the action cannot do without. An optional one that
// says for whom is among them once it has been mapped: nobody is not everybody.
func (m *compiledMapping) missing(a Action) string {
	name := a.missing()
	if a.Type == WorkflowsCancel && name == "" {
		_, mapped := m.Params["recipients"]
		raw, given := a.Params["recipients"]
		if (mapped || given) && emptyJSON(raw) {
			name = "recipients"
		}
	}
	if name == "" {
		return ""
	}
	return fmt.Sprintf("parameter %q resolves to nothing", name)
}
