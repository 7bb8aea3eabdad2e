package knock

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/internal/text"
	"github.com/tidwall/gjson"
)

// Request is one call of Knock's API, ready to be sent: the same invocation
// always renders to the same bytes.
type Request struct {
	Action clerkknock.ActionType
	Method string
	// Path is escaped and begins with /v1/.
	Path string
	// Body is JSON, or nil.
	Body []byte
	// IdempotencyKey is set for triggers only, the one call that Knock
	// deduplicates: https://docs.knock.app/api-reference/overview/idempotent-requests.
	IdempotencyKey string
}

// How many recipients or members Knock takes in one request.
const (
	maxSubscribers = 100
	maxRecipients  = 1000
)

// Render returns the calls that carry out an invocation, usually one: long lists
// of recipients are cut into as many as Knock's limits ask for, each with an
// idempotency key of its own. An error means that the action cannot be a
// request, such as a user ID that Knock does not allow.
func Render(inv clerkknock.Invocation) ([]Request, error) {
	a := inv.Action
	switch a.Type {
	case clerkknock.UsersIdentify:
		return one(a, http.MethodPut, entityBody(a, "name", "email", "phone_number", "avatar", "locale", "timezone", "created_at"), "users", userID(a.Text("id")))
	case clerkknock.UsersDelete:
		return one(a, http.MethodDelete, nil, "users", userID(a.Text("id")))
	case clerkknock.ObjectsSet:
		return one(a, http.MethodPut, entityBody(a, "name"), "objects", id("collection", a.Text("collection")), id("id", a.Text("id")))
	case clerkknock.ObjectsDelete:
		return one(a, http.MethodDelete, nil, "objects", id("collection", a.Text("collection")), id("id", a.Text("id")))
	case clerkknock.TenantsSet:
		return one(a, http.MethodPut, entityBody(a, "name", "settings"), "tenants", id("id", a.Text("id")))
	case clerkknock.TenantsDelete:
		return one(a, http.MethodDelete, nil, "tenants", id("id", a.Text("id")))
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

// segment is one checked part of a path.
type segment struct {
	text string
	err  error
}

// id checks an ID that becomes part of a path. IDs come out of payloads and are
// attacker text: "." and ".." survive escaping and would address another
// resource, and so they would between slashes, behind a proxy that unescapes.
func id(name, text string) segment {
	dots := func(part string) bool { return part == "." || part == ".." }
	switch {
	case text == "":
		return segment{err: fmt.Errorf("parameter %q is empty", name)}
	case strings.Contains(text, ".") && slices.ContainsFunc(strings.FieldsFunc(text, func(r rune) bool { return r == '/' || r == '\\' }), dots):
		return segment{err: fmt.Errorf(`parameter %q holds "." or ".." as a part of a path`, name)}
	case utf8.RuneCountInString(text) > 256:
		return segment{err: fmt.Errorf("parameter %q is longer than 256 characters", name)}
	}
	return segment{text: url.PathEscape(text)}
}

// userID is id with what Knock forbids in the IDs of users:
// https://docs.knock.app/concepts/users.
func userID(text string) segment {
	if strings.ContainsAny(text, "/#") {
		return segment{err: errors.New(`parameter "id" holds "/" or "#", which Knock does not allow in a user ID`)}
	}
	return id("id", text)
}

func path(resource string, segments ...segment) (string, error) {
	parts := append(make([]string, 0, 4), "/v1", resource) // no path has more
	for _, s := range segments {
		if s.err != nil {
			return "", s.err
		}
		parts = append(parts, s.text)
	}
	return strings.Join(parts, "/"), nil
}

func one(a clerkknock.Action, method string, body []byte, resource string, segments ...segment) ([]Request, error) {
	p, err := path(resource, segments...)
	if err != nil {
		return nil, err
	}
	return []Request{{Action: a.Type, Method: method, Path: p, Body: body}}, nil
}

func subscriptions(a clerkknock.Action, method string, shape func(gjson.Result) (string, error)) ([]Request, error) {
	p, err := path("objects", id("collection", a.Text("collection")), id("id", a.Text("id")))
	if err != nil {
		return nil, err
	}
	recipients, err := list(a, "recipients", shape)
	if err != nil {
		return nil, err
	}
	var requests []Request
	for _, part := range chunks(recipients, maxSubscribers) {
		body := newObject(len(part)+64).add("recipients", part)
		if method == http.MethodPost {
			body.addParams(a, "properties")
		}
		requests = append(requests, Request{Action: a.Type, Method: method, Path: p + "/subscriptions", Body: body.close()})
	}
	return requests, nil
}

func members(a clerkknock.Action, method string) ([]Request, error) {
	p, err := path("audiences", id("key", a.Text("key")))
	if err != nil {
		return nil, err
	}
	all, err := list(a, "members", func(r gjson.Result) (string, error) { return member(r, a.Params["tenant"]) })
	if err != nil {
		return nil, err
	}
	var requests []Request
	for _, part := range chunks(all, maxRecipients) {
		requests = append(requests, Request{Action: a.Type, Method: method, Path: p + "/members", Body: newObject(len(part)+64).add("members", part).close()})
	}
	return requests, nil
}

func cancel(a clerkknock.Action) ([]Request, error) {
	p, err := path("workflows", id("key", a.Text("key")))
	if err != nil {
		return nil, err
	}
	// Without recipients the run is cancelled for all of them; an empty list
	// would be ambiguous and is not sent.
	parts := []string{""}
	if raw := a.Params["recipients"]; len(raw) > 0 && string(raw) != "null" {
		recipients, err := list(a, "recipients", recipientReference)
		if err != nil {
			return nil, err
		}
		parts = chunks(recipients, maxRecipients)
	}
	var requests []Request
	for _, part := range parts {
		body := newObject(len(part)+64).add("cancellation_key", quote(a.Text("cancellation_key")))
		if part != "" {
			body.add("recipients", part)
		}
		requests = append(requests, Request{Action: a.Type, Method: http.MethodPost, Path: p + "/cancel", Body: body.close()})
	}
	return requests, nil
}

func trigger(a clerkknock.Action, key string) ([]Request, error) {
	p, err := path("workflows", id("key", a.Text("key")))
	if err != nil {
		return nil, err
	}
	recipients, err := list(a, "recipients", anyRecipient)
	if err != nil {
		return nil, err
	}
	var requests []Request
	parts := chunks(recipients, maxRecipients)
	for i, part := range parts {
		body := newObject(len(part)+len(a.Params["data"])+64).add("recipients", part).addParams(a, "data", "actor", "tenant", "cancellation_key").close()
		r := Request{Action: a.Type, Method: http.MethodPost, Path: p + "/trigger", Body: body, IdempotencyKey: key}
		if key != "" && len(parts) > 1 {
			r.IdempotencyKey += ":" + strconv.Itoa(i+1)
		}
		requests = append(requests, r)
	}
	return requests, nil
}

// chunks writes JSON lists of at most size elements.
func chunks(elements []string, size int) []string {
	var parts []string
	for len(elements) > 0 {
		n := min(size, len(elements))
		parts = append(parts, "["+strings.Join(elements[:n], ",")+"]")
		elements = elements[n:]
	}
	return parts
}

func quote(s string) string {
	return string(text.AppendQuoted(nil, s))
}
