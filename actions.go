package clerkknock

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
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
// It is the fixed order of Knock's sources, https://docs.knock.app/integrations/sources/overview.
// What Knock's own list lacks stands after what it needs, and before the deletion of
// its kind or the trigger.
//
// Each says what it takes, by Knock's names: the required parameters before the
// semicolon, then the others. What Knock wants as text, such as IDs and keys, may be
// a number; it is sent as its digits. Custom properties of a user, an object or a
// tenant go into properties, as an Object or a Path to one; see Reserves.
const (
	// UsersIdentify takes id; name, email, phone_number, avatar, locale, timezone,
	// created_at, preferences, channel_data, properties. preferences are by the ID of
	// their set and merged, channel_data by that of the channel:
	// https://docs.knock.app/api-reference/users/update.
	UsersIdentify ActionType = "users_identify"
	// UsersMerge takes id, from_user_id. The user from_user_id goes, and what
	// id lacks becomes id's: https://docs.knock.app/api-reference/users/merge.
	UsersMerge ActionType = "users_merge"
	// UsersSetPreferences takes id, preference_set_id, preferences. The set is "default",
	// or the ID of the tenant that it is for. It is replaced, unless preferences has
	// "__persistence_strategy__": "merge": https://docs.knock.app/api-reference/users/set_preferences.
	UsersSetPreferences ActionType = "users_set_preferences"
	// UsersUnsetPreferences takes id, preference_set_id. It removes the set.
	UsersUnsetPreferences ActionType = "users_unset_preferences"
	// UsersSetChannelData takes id, channel_id, data. It replaces what the channel knew of
	// the user, such as push tokens: https://docs.knock.app/api-reference/users/set_channel_data.
	UsersSetChannelData ActionType = "users_set_channel_data"
	// UsersUnsetChannelData takes id, channel_id.
	UsersUnsetChannelData ActionType = "users_unset_channel_data"
	// UsersDelete takes id.
	UsersDelete ActionType = "users_delete"

	// ObjectsSet takes collection, id; name, locale, timezone, preferences, channel_data,
	// properties. https://docs.knock.app/api-reference/objects/set.
	ObjectsSet ActionType = "objects_set"
	// ObjectsSetPreferences takes collection, id, preference_set_id, preferences. See
	// UsersSetPreferences: https://docs.knock.app/api-reference/objects/set_preferences.
	ObjectsSetPreferences ActionType = "objects_set_preferences"
	// ObjectsUnsetPreferences takes collection, id, preference_set_id.
	ObjectsUnsetPreferences ActionType = "objects_unset_preferences"
	// ObjectsSetChannelData takes collection, id, channel_id, data. See
	// UsersSetChannelData: https://docs.knock.app/api-reference/objects/set_channel_data.
	ObjectsSetChannelData ActionType = "objects_set_channel_data"
	// ObjectsUnsetChannelData takes collection, id, channel_id.
	ObjectsUnsetChannelData ActionType = "objects_unset_channel_data"
	// ObjectsDelete takes collection, id.
	ObjectsDelete ActionType = "objects_delete"

	// TenantsSet takes id; name, settings, channel_data, resolve_full_preference_settings,
	// properties. settings holds the branding and, in preference_set, the preferences; the
	// flag changes Knock's answer alone: https://docs.knock.app/api-reference/tenants/set.
	TenantsSet ActionType = "tenants_set"
	// TenantsDelete takes id.
	TenantsDelete ActionType = "tenants_delete"

	// ObjectsSubscribe takes collection, id, recipients; properties. These are the
	// subscription's: https://docs.knock.app/api-reference/objects/add_subscriptions.
	ObjectsSubscribe ActionType = "objects_subscribe"
	// ObjectsUnsubscribe takes collection, id, recipients; properties.
	ObjectsUnsubscribe ActionType = "objects_unsubscribe"

	// AudiencesAddMember takes key, members; tenant, create_audience. With the flag an
	// audience that does not exist is made: https://docs.knock.app/api-reference/audiences/add_members.
	AudiencesAddMember ActionType = "audiences_add_member"
	// AudiencesRemoveMember takes key, members; tenant.
	AudiencesRemoveMember ActionType = "audiences_remove_member"

	// WorkflowsCancel takes key, cancellation_key; recipients. Without recipients it
	// cancels for everybody: https://docs.knock.app/api-reference/workflows/cancel.
	WorkflowsCancel ActionType = "workflows_cancel"
	// WorkflowsTrigger takes key, recipients; data, actor, tenant, cancellation_key, settings.
	// settings are sandbox_mode and skip_delay: https://docs.knock.app/api-reference/workflows/trigger.
	WorkflowsTrigger ActionType = "workflows_trigger"
)

// actionSpec is what the engine knows of an action type.
type actionSpec struct {
	// order is the place among the steps of one event.
	order int
	// kind is the kind of state that the action sets or removes.
	kind string
	// setsState says that running the action twice in the wrong order would leave an
	// old state behind. Triggers and cancellations are moments, not state.
	setsState bool
	// required and optional are the parameters by Knock's names.
	required, optional []string
	// reserved are the properties that mean something to Knock and have no parameter.
	// Nil where properties are not those of a user, an object or a tenant.
	reserved []string
}

var actions = map[ActionType]actionSpec{
	UsersIdentify: {1, "users", true, []string{"id"},
		[]string{"name", "email", "phone_number", "avatar", "locale", "timezone", "created_at",
			"preferences", "channel_data", "properties"},
		[]string{"updated_at", "$trigger_data", "__typename"}},
	UsersMerge:            {2, "users", true, []string{"id", "from_user_id"}, nil, nil},
	UsersSetPreferences:   {3, "user preferences", true, []string{"id", "preference_set_id", "preferences"}, nil, nil},
	UsersUnsetPreferences: {4, "user preferences", true, []string{"id", "preference_set_id"}, nil, nil},
	UsersSetChannelData:   {5, "user channel data", true, []string{"id", "channel_id", "data"}, nil, nil},
	UsersUnsetChannelData: {6, "user channel data", true, []string{"id", "channel_id"}, nil, nil},
	UsersDelete:           {7, "users", true, []string{"id"}, nil, nil},

	ObjectsSet: {8, "objects", true, []string{"collection", "id"},
		[]string{"name", "locale", "timezone", "preferences", "channel_data", "properties"},
		[]string{"created_at", "updated_at", "$trigger_data", "__typename"}},
	ObjectsSetPreferences: {9, "object preferences", true,
		[]string{"collection", "id", "preference_set_id", "preferences"}, nil, nil},
	ObjectsUnsetPreferences: {10, "object preferences", true, []string{"collection", "id", "preference_set_id"}, nil, nil},
	ObjectsSetChannelData: {11, "object channel data", true,
		[]string{"collection", "id", "channel_id", "data"}, nil, nil},
	ObjectsUnsetChannelData: {12, "object channel data", true, []string{"collection", "id", "channel_id"}, nil, nil},
	ObjectsDelete:           {13, "objects", true, []string{"collection", "id"}, nil, nil},

	TenantsSet: {14, "tenants", true, []string{"id"},
		[]string{"name", "settings", "channel_data", "resolve_full_preference_settings", "properties"},
		[]string{"preferences", "updated_at", "$trigger_data", "__typename"}},
	TenantsDelete: {15, "tenants", true, []string{"id"}, nil, nil},

	ObjectsSubscribe: {16, "subscriptions", true,
		[]string{"collection", "id", "recipients"}, []string{"properties"}, nil},
	ObjectsUnsubscribe: {17, "subscriptions", true,
		[]string{"collection", "id", "recipients"}, []string{"properties"}, nil},

	AudiencesAddMember:    {18, "audiences", true, []string{"key", "members"}, []string{"tenant", "create_audience"}, nil},
	AudiencesRemoveMember: {19, "audiences", true, []string{"key", "members"}, []string{"tenant"}, nil},

	WorkflowsCancel: {20, "workflows", false, []string{"key", "cancellation_key"}, []string{"recipients"}, nil},
	WorkflowsTrigger: {21, "workflows", false, []string{"key", "recipients"},
		[]string{"data", "actor", "tenant", "cancellation_key", "settings"}, nil},
}

func (s actionSpec) takes(param string) bool {
	return slices.Contains(s.required, param) || slices.Contains(s.optional, param)
}

func (t ActionType) order() int      { return actions[t].order }
func (t ActionType) kind() string    { return actions[t].kind }
func (t ActionType) setsState() bool { return actions[t].setsState }

// Takes reports whether an action has a parameter of that name, required or not.
func (t ActionType) Takes(param string) bool { return actions[t].takes(param) }

// Reserves reports whether a name among the properties of UsersIdentify, ObjectsSet
// or TenantsSet is left out of the request: it means something to Knock, and metadata
// which people may write, must not pass for an address, a
// channel or a setting. A mapping sets it by the parameter of that name, if there is
// one. It is false for all other actions.
func (t ActionType) Reserves(property string) bool {
	s := actions[t]
	return s.reserved != nil && property != "properties" &&
		(s.takes(property) || slices.Contains(s.reserved, property))
}

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

// structured are the required parameters that are no names.
var structured = []string{"recipients", "members", "preferences", "data"}

// checkNames reports a required name, such as an ID or a key, that is not text.
func (a Action) checkNames() error {
	for _, name := range actions[a.Type].required {
		if slices.Contains(structured, name) || emptyJSON(a.Params[name]) {
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
	something := func(r gjson.Result) bool { return !emptyJSON(json.RawMessage(r.Raw)) }
	return list.IsArray() && !slices.ContainsFunc(list.Array(), something)
}

// Format prints the Action's type and the names of its parameters, whatever the verb.
func (a Action) Format(s fmt.State, _ rune) {
	_, _ = fmt.Fprintf(s, "%s(%s)", string(a.Type), strings.Join(slices.Sorted(maps.Keys(a.Params)), ", "))
}

// LogValue logs the Action's type and the names of its parameters.
func (a Action) LogValue() slog.Value { return slog.StringValue(fmt.Sprint(a)) }
