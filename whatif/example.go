package whatif

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"

	"github.com/clerkknock/clerkknock"
)

// Example is one step that differs. Its values are personal data.
type Example struct {
	// Delivery is the ID of the delivery, to find it by.
	Delivery string `json:"delivery,omitempty"`
	// Differs has the names of the parameters that differ, if the call has Changed.
	Differs []string `json:"differs,omitempty"`
	// Before is the step by the table in force, After that by the changed one. Nil if
	// the table plans nothing there.
	Before *Step `json:"before,omitempty"`
	After  *Step `json:"after,omitempty"`
}

// Step is what a table plans: a call, a handler, which has no Action, or why nothing
// would be done.
type Step struct {
	// ID is that of the step. Empty if the event could not be planned at all.
	ID     string                `json:"id,omitempty"`
	Action clerkknock.ActionType `json:"action,omitempty"`
	// Params are the action's parameters. One that is longer than 4 kB is replaced by a
	// text that says how long it is.
	Params map[string]json.RawMessage `json:"params,omitempty"`
	// Requests are the first three that the Executor says it would send.
	Requests []Request `json:"requests,omitempty"`
	// MoreRequests is how many there are beside these.
	MoreRequests int `json:"more_requests,omitempty"`
	// Skip says why the step would be skipped, Error why it fails.
	Skip  string `json:"skip,omitempty"`
	Error string `json:"error,omitempty"`
}

// Request is what an Executor says that it would send, in an attribute "request" as
// package knock's has them.
type Request struct {
	Method string `json:"method,omitempty"`
	Path   string `json:"path,omitempty"`
	// Body is replaced by a text if it is too long, as parameters are.
	Body json.RawMessage `json:"body,omitempty"`
}

// What one example may hold, so that all of them stay small.
const (
	maxValue    = 4 << 10
	maxRequests = 3
	maxText     = 255
)

func newExample(delivery string, p pair, differs []string, hide bool) Example {
	return Example{Delivery: clip(delivery), Differs: differs, Before: p.before.show(hide), After: p.after.show(hide)}
}

// show copies what is shown of a step: the delivery's memory is not kept.
func (s *step) show(hide bool) *Step {
	if s == nil {
		return nil
	}
	shown := &Step{ID: s.ID, Action: s.Action.Type, Skip: s.Skip}
	if hide {
		return shown
	}
	for name, raw := range s.Action.Params {
		if shown.Params == nil {
			shown.Params = make(map[string]json.RawMessage, len(s.Action.Params))
		}
		shown.Params[strings.Clone(name)] = short(raw)
	}
	for _, a := range s.Attrs {
		switch {
		case a.Key != "request" || a.Value.Kind() != slog.KindGroup:
		case len(shown.Requests) == maxRequests:
			shown.MoreRequests++
		default:
			shown.Requests = append(shown.Requests, newRequest(a.Value.Group()))
		}
	}
	if s.Err != nil {
		shown.Error = clip(s.Err.Error())
	}
	return shown
}

func newRequest(attrs []slog.Attr) Request {
	var r Request
	for _, a := range attrs {
		switch v := a.Value.Resolve(); a.Key {
		case "method":
			r.Method = clip(v.String())
		case "path":
			r.Path = clip(v.String())
		case "body":
			_ = guard(func() error {
				raw, err := json.Marshal(v.Any())
				r.Body = short(raw)
				return err
			})
		}
	}
	return r
}

// short is a copy of JSON, or of its length.
func short(raw json.RawMessage) json.RawMessage {
	if len(raw) > maxValue {
		return fmt.Appendf(nil, "%q", fmt.Sprintf("(%d bytes)", len(raw)))
	}
	return bytes.Clone(raw)
}

// clip is a copy of the beginning of a text.
func clip(s string) string {
	if len(s) > maxText {
		return strings.ToValidUTF8(s[:maxText], "") + "…"
	}
	return strings.Clone(s)
}
