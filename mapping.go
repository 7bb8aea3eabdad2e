package clerkknock

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/clerkknock/clerkknock/clerk"
	"github.com/clerkknock/clerkknock/internal/resolve"
)

// Mapping says what to do when an event of one type arrives: the action to run
// and where its parameters come from.
type Mapping struct {
	// ID names the mapping in a Mapper, in reports and in idempotency keys.
	// Defaults to "<event>:<action type>", such as "user.created:users_identify".
	ID string
	// Event is the event type, such as "user.created". Any is allowed, also
	// one that this version does not know. Required.
	Event string
	// Action is what to do. Required.
	Action ActionType
	// Params are the action's parameters by Knock's names for them. A step
	// whose required parameter resolves to nothing is skipped. Defaults to none.
	Params Params
	// Inactive keeps the mapping in the table but plans nothing for it.
	// Defaults to false.
	Inactive bool
	// When, if set, is asked for each event; the step is skipped unless it
	// returns true. Like a Func it must give the same answer for the same event.
	// Defaults to always.
	When func(e clerk.Envelope) bool
	// About is the path of the object in the payload whose state the action sets,
	// if that is not what the event is about: "data.organization" in a membership.
	// The object's own id and updated_at then put the action in order with the events
	// of that object, and what has been set already is not set again. Defaults to
	// what the event is about.
	About string
	// Unordered lets the action run although a newer event of the same user,
	// organization or membership has been applied before. Defaults to false:
	// such an action is skipped as stale, unless it triggers or cancels a
	// workflow, which are never held back, or no other event is mapped to such an
	// action.
	Unordered bool

	decide func(ctx context.Context, e clerk.Envelope) ([]Action, error) // of On
	handle func(ctx context.Context, e clerk.Envelope) error             // of Handle
	err    error                                                         // of either
}

// On returns a mapping that leaves the decision to a function, with the payload
// decoded to its own Go type:
//
//	clerkknock.On(clerk.UserCreated, func(ctx context.Context, e clerk.Event[clerk.User]) ([]clerkknock.Action, error) {
//		return []clerkknock.Action{clerkknock.NewAction(clerkknock.WorkflowsTrigger, map[string]any{
//			"key": "welcome", "recipients": []string{e.Data.ID},
//		})}, nil
//	})
//
// fn runs each time the delivery is attempted and should return the same
// actions each time. No action and no error means nothing to do. An error stops
// the event until a retry, or, marked with Permanent, only this mapping. The
// mapping's ID is "<event>:on"; give a second one for the same event an ID of
// its own, and fn a new ID when it changes: the ID stands for it in the
// idempotency keys of the deliveries that are retried meanwhile.
func On[T any](t clerk.EventType[T], fn func(ctx context.Context, e clerk.Event[T]) ([]Action, error)) Mapping {
	m := Mapping{ID: string(t) + ":on", Event: string(t)}
	if fn == nil {
		m.err = errors.New("is made with On and has no function")
		return m
	}
	m.decide = func(ctx context.Context, e clerk.Envelope) ([]Action, error) {
		event, err := clerk.Decode(e, t)
		if err != nil {
			return nil, Permanent(err)
		}
		return fn(ctx, event)
	}
	return m
}

// Handle returns a mapping that runs host code as a step of its own, with the
// payload decoded to its own Go type: to keep a table of the host's in step with
// Clerk, say.
//
//	clerkknock.Handle(clerk.UserCreated, func(ctx context.Context, e clerk.Event[clerk.User]) error {
//		return users.Insert(ctx, e.Data.ID, e.Data.FullName())
//	})
//
// It is run once for a delivery, retried until it returns nil or an error marked
// with Permanent, kept in the order of the events of one entity, and reported like
// every other step. It runs beside the other steps and at the same time: what holds
// up Knock does not hold it up, nor the other way around. It must return soon after
// ctx is done. A crash can make it run again: IdempotencyKey(ctx) is the same then.
//
// What must happen however late it comes, such as a welcome, is made Unordered:
// otherwise it is skipped as stale when a newer event has been handled. The
// mapping's ID is "<event>:handle"; give a second one for the same event an ID of
// its own.
func Handle[T any](t clerk.EventType[T], fn func(ctx context.Context, e clerk.Event[T]) error) Mapping {
	m := Mapping{ID: string(t) + ":handle", Event: string(t)}
	if fn == nil {
		m.err = errors.New("is made with Handle and has no function")
		return m
	}
	m.handle = func(ctx context.Context, e clerk.Envelope) error {
		event, err := clerk.Decode(e, t)
		if err != nil {
			return Permanent(err)
		}
		return fn(ctx, event)
	}
	return m
}

func (m Mapping) withDefaults() Mapping {
	if m.ID == "" {
		m.ID = m.Event + ":" + string(m.Action)
	}
	m.Params = maps.Clone(m.Params)
	return m
}

// check reports what is wrong with the mapping as it would be planned. An
// inactive one may still lack parameters.
func (m Mapping) check() error {
	if m.Event == "" {
		return errors.New("has no event")
	}
	if strings.ContainsFunc(m.ID, func(r rune) bool { return r <= ' ' || r > '~' || r == '#' }) {
		return errors.New("has an ID with a space, a # or a character beyond ASCII, which no idempotency key can hold")
	}
	if m.err != nil {
		return m.err
	}
	if m.inCode() {
		if m.Action != "" || len(m.Params) > 0 || m.About != "" {
			return errors.New("is made with On or Handle and takes neither an action nor parameters")
		}
		return nil
	}
	if m.About != "" {
		if err := Path(m.About).check(); err != nil {
			return fmt.Errorf("field About: %w", err)
		}
	}
	spec, ok := actions[m.Action]
	if !ok {
		return fmt.Errorf("has an unknown action type %q", m.Action)
	}
	for _, name := range slices.Sorted(maps.Keys(m.Params)) {
		if !spec.takes(name) {
			all := strings.Join(slices.Concat(spec.required, spec.optional), ", ")
			return fmt.Errorf("parameter %q: %s does not take it; it takes %s", name, m.Action, all)
		}
		if err := m.Params[name].check(); err != nil {
			return fmt.Errorf("parameter %q: %w", name, err)
		}
	}
	if err := m.checkProperties(); err != nil {
		return err
	}
	for _, name := range spec.required {
		if _, ok := m.Params[name]; !ok && !m.Inactive {
			return fmt.Errorf("parameter %q: %s requires it", name, m.Action)
		}
	}
	return nil
}

// checkProperties refuses properties that Knock would take for something else, as far
// as the mapping can be seen to set them. What an event brings along is left out of the
// request and named in the report.
func (m Mapping) checkProperties() error {
	properties, ok := m.Params["properties"]
	if !ok {
		return nil
	}
	for _, name := range resolve.Members(properties.node) {
		switch {
		case !m.Action.Reserves(name):
		case m.Action.Takes(name):
			return fmt.Errorf("parameter \"properties\": member %q is a parameter of its own: map it beside properties", name)
		default:
			return fmt.Errorf("parameter \"properties\": member %q is a name of Knock's own: call it something else", name)
		}
	}
	return nil
}

// Handles reports whether the mapping was made with Handle: it runs host code and has no
// action.
func (m Mapping) Handles() bool { return m.handle != nil }

// inCode reports whether a function of the host's takes the place of Action.
func (m Mapping) inCode() bool { return m.decide != nil || m.handle != nil }

// hash identifies what the mapping renders, so that a changed mapping does not
// reuse the idempotency key under which another request was made. userIDs names what
// else decides on that.
func (m Mapping) hash(userIDs string) string {
	params := make(map[string]any, len(m.Params))
	for name, v := range m.Params {
		params[name] = v.node.Spec()
	}
	all := []any{m.Event, m.Action, params}
	if userIDs != "" {
		all = append(all, userIDs)
	}
	// The specs hold nothing but strings, maps and JSON that was encoded before.
	raw, _ := json.Marshal(all)
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:6])
}
