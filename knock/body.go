package knock

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/internal/text"
	"github.com/tidwall/gjson"
)

// reserved are the names that mean something to Knock in the body of a user, an
// object or a tenant. Properties never set them, so that metadata which people
// may write, perhaps the user himself, cannot pass for a name, an address or a
// channel. A mapping sets them by parameters of their own.
var reserved = []string{
	"id", "collection", "name", "email", "phone_number", "avatar", "locale", "timezone", "created_at",
	"updated_at", "preferences", "channel_data", "settings", "$trigger_data", "__typename",
}

// object writes a JSON object member by member: the order is ours and values
// stay as they are, null included.
type object struct{ raw []byte }

// newObject has room for so many bytes before it grows.
func newObject(size int) *object { return &object{raw: append(make([]byte, 0, size), '{')} }

func (o *object) add(name, raw string) *object {
	if len(o.raw) > 1 {
		o.raw = append(o.raw, ',')
	}
	o.raw = append(append(text.AppendQuoted(o.raw, name), ':'), raw...)
	return o
}

// addParams adds those of an action's parameters that are there.
func (o *object) addParams(a clerkknock.Action, names ...string) *object {
	for _, name := range names {
		if raw, ok := a.Params[name]; ok {
			o.add(name, text.View(raw))
		}
	}
	return o
}

func (o *object) close() []byte { return append(o.raw, '}') }

// entityBody is the body of a user, an object or a tenant: named fields first,
// then the properties beside them.
func entityBody(a clerkknock.Action, names ...string) []byte {
	// The named fields are usually short; if not, the body grows.
	o := newObject(512+len(a.Params["properties"])).addParams(a, names...)
	seen := map[string]bool{}
	if properties := parse(a.Params["properties"]); properties.IsObject() {
		properties.ForEach(func(k, v gjson.Result) bool {
			if !slices.Contains(reserved, k.Str) && !seen[k.Str] {
				o.add(k.Str, v.Raw)
				seen[k.Str] = true
			}
			return true
		})
	}
	return o.close()
}

// parse reads a parameter in place. Nothing that it returns may be kept.
func parse(raw json.RawMessage) gjson.Result { return gjson.Parse(text.View(raw)) }

// list takes one recipient or a list of them, and gives each its shape.
func list(a clerkknock.Action, name string, shape func(gjson.Result) (string, error)) ([]string, error) {
	value := parse(a.Params[name])
	elements := []gjson.Result{value}
	if value.IsArray() {
		elements = value.Array()
	}
	shaped := make([]string, 0, len(elements))
	seen := make(map[string]bool, len(elements))
	for _, element := range elements {
		if element.Type == gjson.Null {
			continue
		}
		s, err := shape(element)
		if err != nil {
			return nil, fmt.Errorf("parameter %q: %w", name, err)
		}
		// Within one request Knock counts nobody twice, but it cannot know who was
		// in the request before.
		if !seen[s] {
			seen[s] = true
			shaped = append(shaped, s)
		}
	}
	if len(shaped) == 0 {
		return nil, fmt.Errorf("parameter %q holds nobody", name)
	}
	return shaped, nil
}

var errRecipient = errors.New("is neither an ID nor an object with an id")

// anyRecipient is a user's ID or an inline user or object, as a trigger takes it:
// https://docs.knock.app/concepts/recipients.
func anyRecipient(r gjson.Result) (string, error) {
	switch {
	case r.Type == gjson.String && r.Str != "":
		return r.Raw, nil
	case r.IsObject() && textMember(r, "id") != "":
		return r.Raw, nil
	}
	return "", errRecipient
}

// inlineRecipient makes a user's ID an inline user, which Knock creates if it
// does not exist yet: the user's own event may still be on its way.
func inlineRecipient(r gjson.Result) (string, error) {
	raw, err := anyRecipient(r)
	if err == nil && r.Type == gjson.String {
		return string(newObject(64).add("id", raw).close()), nil
	}
	return raw, err
}

// recipientReference makes an inline recipient a mere reference, the only form
// that removals take.
func recipientReference(r gjson.Result) (string, error) {
	raw, err := anyRecipient(r)
	if err != nil || r.Type == gjson.String {
		return raw, err
	}
	recipientID := quote(textMember(r, "id"))
	if collection := textMember(r, "collection"); collection != "" {
		return string(newObject(64).add("collection", quote(collection)).add("id", recipientID).close()), nil
	}
	return recipientID, nil
}

// member is a member of an audience: {"user": {"id": …}, "tenant": …}.
func member(r gjson.Result, tenant []byte) (string, error) {
	user, own := r, gjson.Result{}
	if r.IsObject() {
		if u := child(r, "user"); u.Exists() {
			user, own = u, child(r, "tenant")
		}
	}
	raw, err := inlineRecipient(user)
	if err != nil {
		return "", err
	}
	o := newObject(64).add("user", raw)
	switch {
	case own.Exists():
		o.add("tenant", own.Raw)
	case len(tenant) > 0:
		o.add("tenant", text.View(tenant))
	}
	return string(o.close()), nil
}

func textMember(r gjson.Result, name string) string {
	if m := child(r, name); m.Type == gjson.String {
		return m.Str
	}
	return ""
}

// child finds a member by its literal name.
func child(r gjson.Result, name string) (found gjson.Result) {
	r.ForEach(func(k, v gjson.Result) bool {
		if k.Str == name {
			found = v
		}
		return !found.Exists()
	})
	return found
}
