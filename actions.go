package clerkknock

import (
	"slices"
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
