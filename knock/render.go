package knock

import (
	"fmt"
	"net/http"

	"github.com/clerkknock/clerkknock"
)

// Request is one call of Knock's API, ready to be sent: the same invocation
// always renders to the same bytes.
type Request struct {
	Action clerkknock.ActionType
	Method string
	// Path is escaped and begins with /v1/. It may end in a query.
	Path string
	// Body is JSON, or nil.
	Body []byte
	// IdempotencyKey is set for triggers only, the one call that Knock
	// deduplicates: https://docs.knock.app/api-reference/overview/idempotent-requests.
	IdempotencyKey string
	// LeftOut are the names of the properties that are not in the Body because Knock
	// reserves them; see [clerkknock.ActionType.Reserves]. Nil if there are none.
	LeftOut []string
}

// How many recipients or members Knock takes in one request.
const (
	maxSubscribers = 100
	maxRecipients  = 1000
)

// Render returns the calls that carry out an invocation, usually one: long lists
// of recipients are cut into as many as Knock's limits ask for, each with an
// idempotency key of its own. An error means that the action cannot be a
// request, such as a user ID that Knock does not allow or a parameter of a type
// that it refuses; it names the parameter.
func Render(inv clerkknock.Invocation) ([]Request, error) {
	a, err := conform(inv.Action)
	if err != nil {
		return nil, err
	}
	user, tenant := userID(a, "id"), id(a, "id")
	collection, object := id(a, "collection"), id(a, "id")
	switch a.Type {
	case clerkknock.UsersIdentify:
		return entity(a, []string{
			"name", "email", "phone_number", "avatar", "locale", "timezone", "created_at", "preferences", "channel_data",
		}, "users", user)
	case clerkknock.UsersMerge:
		return merge(a, user)
	case clerkknock.UsersSetPreferences, clerkknock.UsersUnsetPreferences:
		return attached(a, "preferences", "preference_set_id", "users", user)
	case clerkknock.UsersSetChannelData, clerkknock.UsersUnsetChannelData:
		return attached(a, "channel_data", "channel_id", "users", user)
	case clerkknock.UsersDelete:
		return one(a, http.MethodDelete, nil, "users", user)
	case clerkknock.ObjectsSet:
		names := []string{"name", "locale", "timezone", "preferences", "channel_data"}
		return entity(a, names, "objects", collection, object)
	case clerkknock.ObjectsSetPreferences, clerkknock.ObjectsUnsetPreferences:
		return attached(a, "preferences", "preference_set_id", "objects", collection, object)
	case clerkknock.ObjectsSetChannelData, clerkknock.ObjectsUnsetChannelData:
		return attached(a, "channel_data", "channel_id", "objects", collection, object)
	case clerkknock.ObjectsDelete:
		return one(a, http.MethodDelete, nil, "objects", collection, object)
	case clerkknock.TenantsSet:
		return entity(a, []string{"name", "settings", "channel_data"}, "tenants", tenant)
	case clerkknock.TenantsDelete:
		return one(a, http.MethodDelete, nil, "tenants", tenant)
	case clerkknock.ObjectsSubscribe:
		return subscriptions(a, http.MethodPost, inlineRecipient)
	case clerkknock.ObjectsUnsubscribe:
		return subscriptions(a, http.MethodDelete, recipientReference)
	case clerkknock.AudiencesAddMember:
		return members(a, http.MethodPost)
	case clerkknock.AudiencesRemoveMember:
		return members(a, http.MethodDelete)
	case clerkknock.WorkflowsCancel:
		return cancel(a)
	case clerkknock.WorkflowsTrigger:
		return trigger(a, inv.IdempotencyKey)
	}
	return nil, fmt.Errorf("unknown action type %q", a.Type)
}

func one(a clerkknock.Action, method string, body []byte, resource string, segments ...segment) ([]Request, error) {
	p, err := path(resource, segments...)
	if err != nil {
		return nil, err
	}
	return []Request{{Action: a.Type, Method: method, Path: p, Body: body}}, nil
}

// entity sets a user, an object or a tenant: named fields first, then the properties
// beside them.
func entity(a clerkknock.Action, names []string, resource string, segments ...segment) ([]Request, error) {
	body, leftOut := entityBody(a, names...)
	requests, err := one(a, http.MethodPut, body, resource, segments...)
	if err != nil {
		return nil, err
	}
	requests[0].Path += query(a, "resolve_full_preference_settings")
	requests[0].LeftOut = leftOut
	return requests, nil
}

func merge(a clerkknock.Action, user segment) ([]Request, error) {
	if from := userID(a, "from_user_id"); from.err != nil {
		return nil, from.err
	}
	body := newObject(64).addParams(a, "from_user_id").close()
	return one(a, http.MethodPost, body, "users", user, segment{text: "merge"})
}

// attached sets or removes one preference set, or the data of one channel. A set is
// the whole body, the data of a channel a member of it.
func attached(a clerkknock.Action, what, of, resource string, segments ...segment) ([]Request, error) {
	segments = append(segments, segment{text: what}, id(a, of))
	var body []byte
	param := ""
	switch a.Type {
	case clerkknock.UsersSetPreferences, clerkknock.ObjectsSetPreferences:
		param, body = "preferences", a.Params["preferences"]
	case clerkknock.UsersSetChannelData, clerkknock.ObjectsSetChannelData:
		param, body = "data", newObject(len(a.Params["data"])+16).addParams(a, "data").close()
	default:
		return one(a, http.MethodDelete, nil, resource, segments...)
	}
	if err := need(a, param); err != nil {
		return nil, err
	}
	return one(a, http.MethodPut, body, resource, segments...)
}
