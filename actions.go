package clerkknock

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/clerkknock/clerkknock/internal/text"
	"github.com/tidwall/gjson"
)

// ActionType names something to do in Knock, by Knock's own word for it.
type ActionType string

// The action types, in the order in which the steps of one event run whatever
// the order of their mappings: what is identified first can be notified later.
// It is the fixed order of Knock's sources, https://docs.knock.app/integrations/sources/overview,
// with workflows_cancel, which Knock's own list lacks, put before the trigger.
//
// Beside each stand its parameters, the required ones before the semicolon.
// Custom properties of a user, an object or a tenant go into properties, as an
// Object or a Path to one.
const (
	// UsersIdentify takes id; name, email, phone_number, avatar, locale, timezone,
	// created_at, properties.
	UsersIdentify         ActionType = "users_identify"
	UsersDelete           ActionType = "users_delete"            // id
	ObjectsSet            ActionType = "objects_set"             // collection, id; name, properties
	ObjectsDelete         ActionType = "objects_delete"          // collection, id
	TenantsSet            ActionType = "tenants_set"             // id; name, settings, properties
	TenantsDelete         ActionType = "tenants_delete"          // id
	ObjectsSubscribe      ActionType = "objects_subscribe"       // collection, id, recipients; properties
	ObjectsUnsubscribe    ActionType = "objects_unsubscribe"     // collection, id, recipients; properties
	AudiencesAddMember    ActionType = "audiences_add_member"    // key, members; tenant
	AudiencesRemoveMember ActionType = "audiences_remove_member" // key, members; tenant
	WorkflowsCancel       ActionType = "workflows_cancel"        // key, cancellation_key; recipients
	WorkflowsTrigger      ActionType = "workflows_trigger"       // key, recipients; data, actor, tenant, cancellation_key
)

// actionSpec is what the engine knows of an action type.
type actionSpec struct {
	// order is the place among the steps of one event.
	order int
	// kind is the kind of thing that the action sets or removes.
	kind string
	// setsState says that running the action twice in the wrong order would leave
	// an old state behind. Triggers and cancellations are moments, not state.
	setsState bool
	// required and optional are the parameters by Knock's names.
	required, optional []string
}

var actions = map[ActionType]actionSpec{
	UsersIdentify: {1, "users", true, []string{"id"},
		[]string{"name", "email", "phone_number", "avatar", "locale", "timezone", "created_at", "properties"}},
	UsersDelete:           {2, "users", true, []string{"id"}, nil},
	ObjectsSet:            {3, "objects", true, []string{"collection", "id"}, []string{"name", "properties"}},
	ObjectsDelete:         {4, "objects", true, []string{"collection", "id"}, nil},
	TenantsSet:            {5, "tenants", true, []string{"id"}, []string{"name", "settings", "properties"}},
	TenantsDelete:         {6, "tenants", true, []string{"id"}, nil},
	ObjectsSubscribe:      {7, "subscriptions", true, []string{"collection", "id", "recipients"}, []string{"properties"}},
	ObjectsUnsubscribe:    {8, "subscriptions", true, []string{"collection", "id", "recipients"}, []string{"properties"}},
	AudiencesAddMember:    {9, "audiences", true, []string{"key", "members"}, []string{"tenant"}},
	AudiencesRemoveMember: {10, "audiences", true, []string{"key", "members"}, []string{"tenant"}},
	WorkflowsCancel:       {11, "workflows", false, []string{"key", "cancellation_key"}, []string{"recipients"}},
	WorkflowsTrigger: {12, "workflows", false, []string{"key", "recipients"},
		[]string{"data", "actor", "tenant", "cancellation_key"}},
}

func (s actionSpec) takes(param string) bool {
	return slices.Contains(s.required, param) || slices.Contains(s.optional, param)
}

func (t ActionType) order() int      { return actions[t].order }
func (t ActionType) kind() string    { return actions[t].kind }
func (t ActionType) setsState() bool { return actions[t].setsState }

// Action is something to do, fully resolved: no path is left to look up.
// Params holds one JSON value per parameter; a JSON null is sent as null, which
// makes Knock clear the property, and an absent parameter is not sent at all.
type Action struct {
	Type   ActionType                 `json:"type"`
	Params map[string]json.RawMessage `json:"params"`

	err error
}

// NewAction returns an action for code that decides at run time, as the
// functions given to On do. Each value is encoded as encoding/json does it. A
// value that cannot be encoded, an unknown parameter or type makes the step
// that would run the action fail for good.
func NewAction(t ActionType, params map[string]any) Action {
	a := Action{Type: t, Params: make(map[string]json.RawMessage, len(params))}
	for name, value := range params {
		raw, err := text.Encode(value)
		if err != nil {
			a.err = fmt.Errorf("parameter %q: cannot be encoded as JSON: %w", name, err)
			continue
		}
		a.Params[name] = raw
	}
	return a
}

// Text returns a parameter that is a JSON string or number as text. It is ""
// for anything else, an absent parameter included.
func (a Action) Text(param string) string { return strings.Clone(a.view(param)) }

// view is Text as a view of the parameter, not to be kept.
func (a Action) view(param string) string {
	r := gjson.Parse(text.View(a.Params[param]))
	if r.Type == gjson.String || r.Type == gjson.Number {
		return r.String()
	}
	return ""
}

// checkShape reports an unknown type or parameter, or one that is not JSON. The
// actions of a Mapper's own table are right by construction.
func (a Action) checkShape() error {
	if a.err != nil {
		return a.err
	}
	spec, ok := actions[a.Type]
	if !ok {
		return fmt.Errorf("unknown action type %q", a.Type)
	}
	for _, name := range slices.Sorted(maps.Keys(a.Params)) {
		if !spec.takes(name) {
			return fmt.Errorf("%s takes no parameter %q", a.Type, name)
		}
		if !json.Valid(a.Params[name]) {
			return fmt.Errorf("%s parameter %q is not JSON", a.Type, name)
		}
	}
	return nil
}

// checkNames reports a required name, such as an ID or a key, that is not text.
func (a Action) checkNames() error {
	for _, name := range actions[a.Type].required {
		// Recipients and members come in several shapes; the others are names.
		if name == "recipients" || name == "members" || emptyJSON(a.Params[name]) {
			continue
		}
		if strings.TrimSpace(a.view(name)) == "" {
			return fmt.Errorf("%s parameter %q must be a string", a.Type, name)
		}
	}
	return nil
}

// missing returns the first required parameter that has resolved to nothing.
func (a Action) missing() string {
	for _, name := range actions[a.Type].required {
		if emptyJSON(a.Params[name]) {
			return name
		}
	}
	return ""
}

func emptyJSON(raw json.RawMessage) bool {
	switch string(bytes.TrimSpace(raw)) {
	case "", "null", `""`, "[]", "{}":
		return true
	}
	// A list of nothing but nothing is one of nobody.
	list := gjson.Parse(text.View(raw))
	return list.IsArray() && !slices.ContainsFunc(list.Array(), func(r gjson.Result) bool { return !emptyJSON([]byte(r.Raw)) })
}
