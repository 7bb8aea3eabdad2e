package knock

import (
	"context"
	"encoding/json"
	"log/slog"
	"maps"

	"github.com/clerkknock/clerkknock"
)

// Rehearse returns what Execute would send, and sends nothing: for each request a
// group "request" with the method, the path, the body as JSON if it has one, and
// left_out, the names of the reserved properties that are not in it. The body holds
// personal data. The error is the permanent one that Execute would return before it
// sends anything. [clerkknock.Source.Rehearse] asks for it.
func (e *Executor) Rehearse(_ context.Context, inv clerkknock.Invocation) ([]slog.Attr, error) {
	requests, err := e.requests(inv)
	if err != nil {
		return nil, err
	}
	var all []slog.Attr
	for _, r := range requests {
		attrs := describe(r)
		if r.Body != nil {
			attrs = append(attrs, slog.Any("body", jsonText(r.Body)))
		}
		all = append(all, slog.Group("request", attrs...))
	}
	return all, nil
}

// jsonText is JSON that reads as such, printed or encoded.
type jsonText json.RawMessage

func (t jsonText) String() string               { return string(t) }
func (t jsonText) MarshalJSON() ([]byte, error) { return t, nil }

// requests are those of an invocation, with what the Config decides where the action
// does not. Their error is permanent.
func (e *Executor) requests(inv clerkknock.Invocation) ([]Request, error) {
	if inv.Action.Type == clerkknock.AudiencesAddMember && e.createAudiences {
		if given := string(inv.Action.Params["create_audience"]); given == "" || given == "null" {
			params := map[string]json.RawMessage{}
			maps.Copy(params, inv.Action.Params)
			params["create_audience"] = json.RawMessage("true")
			inv.Action.Params = params
		}
	}
	requests, err := Render(inv)
	if err != nil {
		return nil, clerkknock.Permanent(err)
	}
	return requests, nil
}

// describe is what of a request may be shown anywhere.
func describe(r Request) []any {
	attrs := []any{slog.String("method", r.Method), slog.String("path", r.Path)}
	if len(r.LeftOut) > 0 {
		attrs = append(attrs, slog.Any("left_out", r.LeftOut))
	}
	return attrs
}
