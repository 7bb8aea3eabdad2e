package knock

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/internal/text"
	"github.com/tidwall/gjson"
)

// writer writes a JSON object member by member: the order is ours and values
// stay as they are, null included.
type writer struct{ raw []byte }

// newObject has room for so many bytes before it grows.
func newObject(size int) *writer { return &writer{raw: append(make([]byte, 0, size), '{')} }

func (o *writer) add(name, raw string) *writer {
	if len(o.raw) > 1 {
		o.raw = append(o.raw, ',')
	}
	o.raw = append(append(text.AppendQuoted(o.raw, name), ':'), raw...)
	return o
}

// addParams adds those of an action's parameters that are there.
func (o *writer) addParams(a clerkknock.Action, names ...string) *writer {
	for _, name := range names {
		if raw, ok := a.Params[name]; ok {
			o.add(name, text.View(raw))
		}
	}
	return o
}

func (o *writer) close() []byte { return append(o.raw, '}') }

// entityBody is the body of a user, an object or a tenant, with the names of the
// properties that are not in it because Knock reserves them.
func entityBody(a clerkknock.Action, names ...string) (body []byte, leftOut []string) {
	// The named fields are usually short; if not, the body grows.
	o := newObject(512+len(a.Params["properties"])).addParams(a, names...)
	seen := map[string]bool{}
	parse(a.Params["properties"]).ForEach(func(k, v gjson.Result) bool {
		switch {
		case k.Type != gjson.String || seen[k.Str]: // null has no keys
		case a.Type.Reserves(k.Str):
			leftOut = append(leftOut, k.Str)
		default:
			o.add(k.Str, v.Raw)
		}
		seen[k.Str] = true
		return true
	})
	return o.close(), leftOut
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
	if raw, ok := textual(r); ok && raw != `""` {
		return raw, nil
	}
	if !r.IsObject() || textMember(r, "id") == "" {
		return "", errRecipient
	}
	o := newObject(len(r.Raw) + 8)
	r.ForEach(func(k, v gjson.Result) bool {
		raw := v.Raw
		if k.Str == "id" || k.Str == "collection" {
			raw, _ = textual(v)
		}
		o.add(k.Str, raw)
		return true
	})
	return string(o.close()), nil
}

// inlineRecipient makes a user's ID an inline user, which Knock creates if it
// does not exist yet: the user's own event may still be on its way.
func inlineRecipient(r gjson.Result) (string, error) {
	raw, err := anyRecipient(r)
	if err == nil && !r.IsObject() {
		return string(newObject(64).add("id", raw).close()), nil
	}
	return raw, err
}

// recipientReference makes an inline recipient a mere reference, the only form
// that removals take.
func recipientReference(r gjson.Result) (string, error) {
	raw, err := anyRecipient(r)
	if err != nil || !r.IsObject() {
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
	ownTenant, ok := nullableID.write(own)
	switch {
	case !ok:
		return "", errors.New("has a tenant that is neither an ID nor null")
	case own.Exists():
		o.add("tenant", ownTenant)
	case len(tenant) > 0:
		o.add("tenant", text.View(tenant))
	}
	return string(o.close()), nil
}

// textMember is the member of an object that is text or a number, or "".
func textMember(r gjson.Result, name string) string {
	m := child(r, name)
	if _, ok := textual(m); ok {
		return m.String()
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
