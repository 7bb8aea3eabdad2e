package clerkknock

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"github.com/clerkknock/clerkknock/clerk"
	"github.com/clerkknock/clerkknock/internal/resolve"
	"github.com/clerkknock/clerkknock/internal/text"
)

// Step is what one mapping plans for one event: an action, or the reason why
// there is none.
type Step struct {
	// ID is the mapping's ID; a mapping made with On adds "#1", "#2" and so on
	// for its actions. It is unique within the event.
	ID string
	// Mapping is the ID of the mapping.
	Mapping string
	// Action is what would be sent. It is the zero Action if there is an Err.
	Action Action
	// IdempotencyKey is the one that the Invocation carries.
	IdempotencyKey string
	// Skip says why nothing will be done, in words without personal data. Empty
	// if the action will be executed.
	Skip string
	// Err says why the step could not be planned. Nil otherwise.
	Err error

	unordered bool
}

// MarshalJSON shows the step as a person wants to read it in a rehearsal.
func (s Step) MarshalJSON() ([]byte, error) {
	shown := struct {
		ID     string                     `json:"id"`
		Action ActionType                 `json:"action,omitempty"`
		Params map[string]json.RawMessage `json:"params,omitempty"`
		Skip   string                     `json:"skip,omitempty"`
		Error  string                     `json:"error,omitempty"`
	}{ID: s.ID, Action: s.Action.Type, Params: s.Action.Params, Skip: s.Skip}
	if s.Err != nil {
		shown.Error = s.Err.Error()
	}
	return json.Marshal(shown)
}

// Rehearse resolves the active mappings of the delivery's event, in the order in
// which their actions run, and executes nothing. The same delivery and the same
// mappings give the same plan, byte for byte. The error is that of a Mapper
// with mistakes, of a body that is no event, or of the Preprocess hook.
func (m *Mapper) Rehearse(ctx context.Context, d Delivery) ([]Step, error) {
	if err := m.Err(); err != nil {
		return nil, err
	}
	e, err := d.event()
	if err != nil {
		return nil, err
	}
	return m.plan(ctx, e, d.Header)
}

func (m *Mapper) plan(ctx context.Context, e clerk.Envelope, header http.Header) ([]Step, error) {
	event := m.byEvent[e.Type]
	if event == nil {
		return nil, nil
	}
	in := resolve.NewInput(e, header, event.paths)
	if m.preprocess != nil {
		raw, err := m.runPreprocess(ctx, e)
		if err != nil {
			return nil, fmt.Errorf("preprocess: %w", err)
		}
		in.Preprocess = raw
	}
	steps := make([]Step, 0, len(event.mappings))
	for i := range event.mappings {
		steps = event.mappings[i].plan(ctx, in, steps)
	}
	// A step without an action comes first: what it would have done may be what
	// the others build on.
	slices.SortStableFunc(steps, func(a, b Step) int {
		return cmp.Compare(a.Action.Type.order(), b.Action.Type.order())
	})
	return steps, nil
}

func (m *Mapper) runPreprocess(ctx context.Context, e clerk.Envelope) (string, error) {
	var values map[string]any
	err := guard(func() (err error) {
		values, err = m.preprocess(ctx, e)
		return err
	})
	if err != nil {
		return "", err
	}
	raw, err := text.Encode(values)
	if err != nil {
		return "", Permanent(fmt.Errorf("its result cannot be encoded as JSON: %w", err))
	}
	return text.View(raw), nil
}

// conditionFails is why a step is skipped whose mapping has a When that says so.
const conditionFails = "its condition does not hold"

// plan appends the mapping's steps.
func (m *compiledMapping) plan(ctx context.Context, in *resolve.Input, steps []Step) []Step {
	step := Step{ID: m.ID, Mapping: m.ID, unordered: m.Unordered}
	var actions []Action
	err := guard(func() (err error) {
		switch {
		case m.When != nil && !m.When(in.Event):
			step.Skip, step.Action.Type = conditionFails, m.Action
		case m.handler != nil:
			actions, err = m.handler(ctx, in.Event)
		default:
			step.Action, err = m.resolve(ctx, in)
		}
		return err
	})
	switch {
	case err != nil:
		step.Action, step.Err = Action{}, err
		return append(steps, step)
	case step.Skip != "":
		return append(steps, step)
	case m.handler == nil:
		return append(steps, m.finish(step, in))
	}
	for i, action := range actions {
		s := step
		s.ID += "#" + strconv.Itoa(i+1)
		s.Action = action
		steps = append(steps, m.finish(s, in))
	}
	return steps
}

// finish completes a step that has an action, unless something is wrong with that.
func (m *compiledMapping) finish(step Step, in *resolve.Input) Step {
	step.IdempotencyKey = idempotencyKey(in.Event.ID, step.ID, m.hash)
	var err error
	if m.handler != nil {
		err = step.Action.checkShape() // made by a host, perhaps by hand
	}
	if err == nil {
		err = step.Action.checkNames()
	}
	if err != nil {
		step.Action, step.Err = Action{}, Permanent(err)
	} else if name := step.Action.missing(); name != "" {
		step.Skip = fmt.Sprintf("parameter %q resolves to nothing", name)
	}
	return step
}

// maxKey leaves an executor room to extend the key within Knock's 255 bytes,
// https://docs.knock.app/api-reference/overview/idempotent-requests.
const maxKey = 200

func idempotencyKey(deliveryID, stepID, hash string) string {
	if deliveryID == "" {
		return ""
	}
	key := deliveryID + ":" + stepID + ":" + hash
	if len(key) > maxKey {
		sum := sha256.Sum256([]byte(key))
		return hex.EncodeToString(sum[:])
	}
	return key
}
