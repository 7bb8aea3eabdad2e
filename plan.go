package clerkknock

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"slices"

	"github.com/clerkknock/clerkknock/clerk"
	"github.com/clerkknock/clerkknock/internal/resolve"
	"github.com/clerkknock/clerkknock/internal/text"
	"github.com/clerkknock/clerkknock/ledger"
)

// Step is what one mapping plans for one event: an action, or the reason why
// there is none.
type Step struct {
	// ID is the mapping's ID; a mapping made with On adds "#1", "#2" and so on
	// for its actions. It is unique within the event.
	ID string
	// Mapping is the ID of the mapping.
	Mapping string
	// Action is what would be sent. If there is an Err it has no parameters.
	Action Action
	// IdempotencyKey is the one that the Invocation carries.
	IdempotencyKey string
	// Skip says why nothing will be done, in words without personal data. Empty
	// if the action will be executed.
	Skip string
	// Err says why the step could not be planned. Nil otherwise.
	Err error
	// LeftOut are the optional parameters, and the properties, that resolve to
	// nothing and are left out, each with the reason.
	LeftOut []string
	// Attrs are what the Executor says that it would do: the requests themselves,
	// from package knock. Only [Source.Rehearse] sets them, and only of an Executor
	// that can tell.
	Attrs []slog.Attr

	hash      string
	unordered bool
	about     *about
	handle    func(ctx context.Context, e clerk.Envelope) error
}

// about is what a step's action sets if that is not what the event is about.
type about struct {
	entity  string
	version ledger.Version
}

// key is what the ledger knows the step by. Its mapping's hash is a part of it: a
// step of a mapping that was changed has not been done yet.
func (s Step) key() string { return s.ID + "@" + s.hash }

// MarshalJSON shows the step as a person wants to read it in a rehearsal.
func (s Step) MarshalJSON() ([]byte, error) {
	shown := struct {
		ID      string                     `json:"id"`
		Action  ActionType                 `json:"action,omitempty"`
		Params  map[string]json.RawMessage `json:"params,omitempty"`
		LeftOut []string                   `json:"left_out,omitempty"`
		Attrs   []any                      `json:"attrs,omitempty"`
		Skip    string                     `json:"skip,omitempty"`
		Error   string                     `json:"error,omitempty"`
	}{ID: s.ID, Action: s.Action.Type, Params: s.Action.Params, LeftOut: s.LeftOut, Skip: s.Skip}
	for _, a := range s.Attrs {
		shown.Attrs = append(shown.Attrs, map[string]any{a.Key: plain(a.Value)})
	}
	if s.Err != nil {
		shown.Error = s.Err.Error()
	}
	return json.Marshal(shown)
}

// Format prints the Step without the values of its parameters, whatever the verb.
func (s Step) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, s.LogValue().String()) }

// LogValue logs the Step without the values of its parameters, and without what the
// Executor would send. Its JSON has both.
func (s Step) LogValue() slog.Value {
	return slog.GroupValue(
		slog.String("id", s.ID),
		slog.Any("action", s.Action),
		slog.String("skip", s.Skip),
		slog.Any("error", s.Err),
		slog.Any("left_out", s.LeftOut),
	)
}

// plain is the value of an attribute as encoding/json can show it.
func plain(v slog.Value) any {
	if v = v.Resolve(); v.Kind() != slog.KindGroup {
		return v.Any()
	}
	group := make(map[string]any, len(v.Group()))
	for _, a := range v.Group() {
		group[a.Key] = plain(a.Value)
	}
	return group
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
	return m.plan(ctx, e, false)
}

func (m *Mapper) plan(ctx context.Context, e clerk.Envelope, late bool) ([]Step, error) {
	event := m.byEvent[e.Type]
	if event == nil {
		return nil, nil
	}
	in := resolve.NewInput(e, event.paths)
	if m.preprocess != nil {
		raw, err := m.runPreprocess(ctx, e)
		if err != nil {
			return nil, fmt.Errorf("preprocess: %w", err)
		}
		in.Preprocess = raw
	}
	steps := make([]Step, 0, len(event.mappings))
	for i := range event.mappings {
		steps = event.mappings[i].plan(ctx, in, m.users, late, steps)
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
