package console

import (
	"encoding/json"
	"log/slog"
	"strconv"
	"strings"

	"github.com/clerkknock/clerkknock"
)

// call is a request to Knock, as an executor notes it in the attributes of a step or tells
// of it in a rehearsal.
type call struct {
	Method, Path  string
	Status        string
	RequestID     string
	WorkflowRunID string
	LeftOut       string
	body          string
}

// fact is any other attribute.
type fact struct{ Name, Value string }

// callsIn takes the calls out of a step's attributes; the others are facts.
func callsIn(attrs []slog.Attr) (calls []call, facts []fact) {
	for _, a := range attrs {
		v := a.Value.Resolve()
		if a.Key != "request" || v.Kind() != slog.KindGroup {
			facts = append(facts, fact{a.Key, textOf(v)})
			continue
		}
		var c call
		for _, member := range v.Group() {
			text := textOf(member.Value.Resolve())
			switch member.Key {
			case "method":
				c.Method = text
			case "path":
				c.Path = text
			case "status":
				c.Status = text
			case "request_id":
				c.RequestID = text
			case "workflow_run_id":
				c.WorkflowRunID = text
			case "left_out":
				c.LeftOut = strings.NewReplacer("[", "", "]", "", `"`, "", ",", ", ").Replace(text)
			case "body":
				c.body = text
			}
		}
		calls = append(calls, c)
	}
	return calls, facts
}

// textOf is an attribute's value as text, JSON where it is more than one.
func textOf(v slog.Value) string {
	switch v.Kind() {
	case slog.KindString:
		return v.String()
	case slog.KindInt64:
		return strconv.FormatInt(v.Int64(), 10)
	case slog.KindAny:
		if raw, err := json.Marshal(v.Any()); err == nil {
			return string(raw)
		}
	}
	return v.String()
}

// text is the calls of a step as one text to be compared: each with its line and its body.
// An executor that cannot tell of its calls leaves the action itself.
func callText(calls []call, action clerkknock.Action, seen exposure) []line {
	var all []line
	for _, c := range calls {
		head := c.Method + " " + c.Path
		all = append(all, line{Shown: head, raw: head})
		all = append(all, lined(c.body, seen)...)
	}
	if len(calls) == 0 && action.Type != "" {
		if raw, err := json.Marshal(action.Params); err == nil {
			all = append(all, line{Shown: string(action.Type), raw: string(action.Type)})
			all = append(all, lined(string(raw), seen)...)
		}
	}
	return all
}
