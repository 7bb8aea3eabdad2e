package knock

import (
	"encoding/json"
	"fmt"
	"maps"
	"strings"
	"time"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/internal/text"
	"github.com/tidwall/gjson"
)

// shape is a form in which Knock takes a parameter, by its OpenAPI file:
// https://docs.knock.app/api-reference.
type shape struct {
	// takes says it in words.
	takes string
	// write returns the value as it is sent, "" for one that is not sent at all, and
	// false for one that Knock refuses.
	write func(gjson.Result) (raw string, ok bool)
}

var (
	identifier = shape{"an ID or a key, as text or a number", func(r gjson.Result) (string, bool) {
		raw, ok := textual(r)
		return raw, ok && raw != `""`
	}}
	nullableID     = nullable(shape{"text or a number", textual})
	nullableText   = nullable(shape{"text", func(r gjson.Result) (string, bool) { return r.Raw, r.Type == gjson.String }})
	object         = shape{"an object", func(r gjson.Result) (string, bool) { return r.Raw, r.IsObject() }}
	nullableObject = nullable(object)
	dateTime       = nullable(shape{"a date and time such as 2006-01-02T15:04:05Z", func(r gjson.Result) (string, bool) {
		_, err := time.Parse(time.RFC3339, r.Str)
		return r.Raw, r.Type == gjson.String && err == nil
	}})
	// flag is no parameter of a body; null leaves it out.
	flag = shape{"true or false", func(r gjson.Result) (string, bool) {
		if r.Type == gjson.Null {
			return "", true
		}
		return r.Raw, r.IsBool()
	}}
	recipient = nullable(shape{"a user's ID, or an object with an id", oneRecipient})
	tenant    = nullable(shape{"a tenant's ID, or an object with an id", oneRecipient})
	// recipients are looked at one by one when the list is written.
	recipients = shape{"a recipient or a list of them", func(r gjson.Result) (string, bool) {
		return r.Raw, r.Type != gjson.Null && !r.IsBool()
	}}
)

// shapes are the forms of all parameters.
var shapes = map[string]shape{
	"actor":                            recipient,
	"avatar":                           nullableText,
	"cancellation_key":                 nullableID,
	"channel_data":                     nullableObject,
	"channel_id":                       identifier,
	"collection":                       identifier,
	"create_audience":                  flag,
	"created_at":                       dateTime,
	"data":                             nullableObject,
	"email":                            nullableText,
	"from_user_id":                     identifier,
	"id":                               identifier,
	"key":                              identifier,
	"locale":                           nullableText,
	"members":                          recipients,
	"name":                             nullableText,
	"phone_number":                     nullableText,
	"preference_set_id":                identifier,
	"preferences":                      nullableObject,
	"properties":                       nullableObject,
	"recipients":                       recipients,
	"resolve_full_preference_settings": flag,
	"settings":                         nullableObject,
	"tenant":                           tenant,
	"timezone":                         nullableText,
}

// exceptions are the parameters that have another form in some actions.
var exceptions = map[clerkknock.ActionType]map[string]shape{
	clerkknock.UsersSetPreferences:   {"preferences": object},
	clerkknock.UsersSetChannelData:   {"data": object},
	clerkknock.ObjectsSet:            {"preferences": object, "channel_data": object},
	clerkknock.ObjectsSetPreferences: {"preferences": object},
	clerkknock.ObjectsSetChannelData: {"data": object},
	clerkknock.TenantsSet:            {"settings": object},
	clerkknock.AudiencesAddMember:    {"tenant": nullableID},
	clerkknock.AudiencesRemoveMember: {"tenant": nullableID},
	clerkknock.WorkflowsCancel:       {"cancellation_key": identifier},
}

// conform returns the action with its parameters in the forms in which Knock takes
// them, or an error that names one that Knock would refuse: of several the first by name.
func conform(a clerkknock.Action) (clerkknock.Action, error) {
	written, copied := a.Params, false
	refused := ""
	var refusal error
	for name, given := range a.Params {
		raw, err := conformParam(a.Type, name, parse(given))
		switch {
		case err != nil:
			if refused == "" || name < refused {
				refused, refusal = name, err
			}
		case raw == text.View(given):
			// As it is, in most cases: nothing is copied.
		default:
			if !copied {
				written, copied = maps.Clone(written), true
			}
			delete(written, name)
			if raw != "" {
				written[name] = json.RawMessage(raw)
			}
		}
	}
	a.Params = written
	return a, refusal
}

// conformParam returns a parameter as it is sent, "" if it is not sent at all.
func conformParam(action clerkknock.ActionType, name string, value gjson.Result) (string, error) {
	s, ok := exceptions[action][name]
	if !ok {
		s, ok = shapes[name]
	}
	if !ok || !action.Takes(name) {
		return "", fmt.Errorf("parameter %q is none of %s", name, action)
	}
	raw, ok := s.write(value)
	if !ok {
		return "", fmt.Errorf("parameter %q is %s; knock takes %s", name, seen(value), s.takes)
	}
	return raw, nil
}

// need reports a parameter without which there is no request.
func need(a clerkknock.Action, name string) error {
	if _, ok := a.Params[name]; !ok {
		return fmt.Errorf("parameter %q is missing", name)
	}
	return nil
}

func oneRecipient(r gjson.Result) (string, bool) {
	raw, err := anyRecipient(r)
	return raw, err == nil
}

// nullable is the shape that takes null too.
func nullable(s shape) shape {
	return shape{s.takes + ", or null", func(r gjson.Result) (string, bool) {
		if r.Type == gjson.Null {
			return "null", true
		}
		return s.write(r)
	}}
}

// textual is text as it is, and a number as its digits: Knock's IDs and keys are
// text, and those of a host are often numbers.
func textual(r gjson.Result) (string, bool) {
	if r.Type == gjson.Number {
		return string(text.AppendQuoted(nil, r.String())), true
	}
	return r.Raw, r.Type == gjson.String
}

// seen says what kind of value there is, and nothing of the value.
func seen(r gjson.Result) string {
	switch {
	case r.Type == gjson.Null:
		return "null"
	case r.Type == gjson.Number:
		return "a number"
	case r.Type == gjson.String && strings.TrimSpace(r.Str) == "":
		return "empty"
	case r.Type == gjson.String:
		return "another text"
	case r.IsBool():
		return "a boolean"
	case r.IsArray():
		return "a list"
	}
	return "an object"
}
