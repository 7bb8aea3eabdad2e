package clerkknock

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"strings"

	"github.com/clerkknock/clerkknock/clerk"
	"github.com/clerkknock/clerkknock/internal/text"
	"github.com/clerkknock/clerkknock/ledger"
	"github.com/tidwall/gjson"
)

// UserIDs says who a Clerk user is in Knock, once for the whole table: wherever an
// action names a user by Clerk's id (user_…), as the one to identify, a recipient,
// a member or an actor, it names the one that ids returns. Clerk's id is the
// default. An error fails the step, for now or, marked with Permanent, for good.
//
// ids must give the same answer for the same user each time; name stands for it in
// the hash of each mapping, as with [Func]. ExternalUserIDs is the one that most
// hosts need.
func (m *Mapper) UserIDs(name string,
	ids func(ctx context.Context, e clerk.Envelope, clerkID string) (string, error),
) *Mapper {
	c := m.clone()
	c.users = &userIDs{name: name, ids: ids}
	if name == "" || ids == nil {
		c.mistakes = append(c.mistakes, errors.New("UserIDs: needs a name and a function"))
		c.users = nil
	}
	return c.compile()
}

// ExternalUserIDs makes a user's external_id the id in Knock, or Clerk's id for a
// user without one. What an event of the user's says is remembered in store (an inbox has
// one, Aliases) for events that do not say, such as those of memberships. What is not
// remembered is asked of lookup, which returns the external_id, "" for none; with a
// nil lookup such a step is retried until an event of the user's has come.
//
// A user who is given an external_id later is somebody else in Knock until the two are
// merged, by a mapping of user.updated to UsersMerge whose id and from_user_id are both
// Clerk's: from_user_id becomes the one that the user was known by until then.
func (m *Mapper) ExternalUserIDs(store ledger.Aliases,
	lookup func(ctx context.Context, clerkID string) (string, error),
) *Mapper {
	c := m.clone()
	c.users = &userIDs{name: "external_id", store: store, lookup: lookup}
	if isNil(store) {
		c.mistakes = append(c.mistakes,
			errors.New("ExternalUserIDs: needs a store; a ledger.Memory is one, and an inbox has one, Aliases"))
		c.users = nil
	}
	return c.compile()
}

// userIDs is a rule for the ids of users. Nil means Clerk's own.
type userIDs struct {
	name   string
	ids    func(ctx context.Context, e clerk.Envelope, clerkID string) (string, error)
	store  ledger.Aliases
	lookup func(ctx context.Context, clerkID string) (string, error)
}

func (u *userIDs) String() string {
	if u == nil {
		return ""
	}
	return u.name
}

// userParams are the parameters of actions that name users.
func userParams(t ActionType) []string {
	switch t.kind() {
	case "users", "user preferences", "user channel data":
		return []string{"id"}
	case "subscriptions":
		return []string{"recipients"}
	case "audiences":
		return []string{"members"}
	case "workflows":
		return []string{"recipients", "actor"}
	}
	return nil
}

// apply returns the action with the users named by the rule, or why it is not to be
// done. late says that a newer event of the same entity has been applied.
func (u *userIDs) apply(ctx context.Context, e clerk.Envelope, a Action, late bool) (Action, string, error) {
	if u != nil {
		a.Params = maps.Clone(a.Params) // the host may use the action again
		r := renaming{u, e, late}
		for _, name := range userParams(a.Type) {
			raw, err := r.rename(ctx, gjson.ParseBytes(a.Params[name]), name == "members")
			if err != nil {
				return a, "", fmt.Errorf("parameter %q: %w", name, err)
			}
			if raw != "" {
				a.Params[name] = json.RawMessage(raw)
			}
		}
	}
	if a.Type != UsersMerge {
		return a, "", nil
	}
	return u.merge(ctx, e, a)
}

// merge names the user to merge as Knock has known it until now.
func (u *userIDs) merge(ctx context.Context, e clerk.Envelope, a Action) (Action, string, error) {
	if u != nil && u.store != nil && clerk.UserEntity(a.Text("from_user_id")) == e.Entity() {
		former, known, err := u.store.Alias(ctx, e.Entity())
		if err != nil {
			return a, "", fmt.Errorf("who the user was in Knock cannot be looked up: %w", err)
		}
		if known && former != "" && former != a.Text("id") {
			a.Params["from_user_id"] = text.AppendQuoted(nil, former)
		}
	}
	if a.Text("id") == a.Text("from_user_id") {
		return a, "it is the same user", nil
	}
	return a, "", nil
}

// renaming names the users of one event by a rule.
type renaming struct {
	*userIDs
	event clerk.Envelope
	// late says that newer events have told who the user is.
	late bool
}

// rename returns JSON with the users renamed, "" if there is nothing to rename. The
// members of an audience stand within an object of their own.
func (u renaming) rename(ctx context.Context, r gjson.Result, members bool) (string, error) {
	switch {
	case r.Type == gjson.String && strings.HasPrefix(r.Str, "user_"):
		var id string
		err := guard(func() (err error) {
			id, err = u.find(ctx, strings.Clone(r.Str))
			return err
		})
		if err != nil || id == r.Str {
			return "", err
		}
		return string(text.AppendQuoted(nil, id)), nil
	case r.IsArray():
		return u.renameAll(ctx, r, '[', ']', func(gjson.Result) bool { return true }, members)
	case r.IsObject() && isUser(r):
		return u.renameAll(ctx, r, '{', '}', func(k gjson.Result) bool {
			return k.Str == "id" || members && k.Str == "user"
		}, false)
	}
	return "", nil
}

// isUser reports whether an inline recipient is a user, and no object of the host's own:
// https://docs.knock.app/concepts/recipients.
func isUser(r gjson.Result) bool {
	collection := r.Get("collection")
	return collection.Type == gjson.Null || collection.Str == "$users"
}

// renameAll renames within those elements of a list or members of an object that are
// selected.
func (u renaming) renameAll(ctx context.Context, r gjson.Result, open, end byte,
	selected func(key gjson.Result) bool, members bool,
) (string, error) {
	b := []byte{open}
	renamed := false
	var failure error
	r.ForEach(func(key, value gjson.Result) bool {
		if len(b) > 1 {
			b = append(b, ',')
		}
		if r.IsObject() {
			b = append(append(b, key.Raw...), ':')
		}
		raw := ""
		if selected(key) {
			raw, failure = u.rename(ctx, value, members)
		}
		if raw == "" {
			raw = value.Raw
		} else {
			renamed = true
		}
		b = append(b, raw...)
		return failure == nil
	})
	if failure != nil || !renamed {
		return "", failure
	}
	return string(append(b, end)), nil
}

// find returns the id in Knock of one user: as newer events have told it, as this one
// does, as others have, or as it is looked up.
func (u renaming) find(ctx context.Context, clerkID string) (string, error) {
	if u.ids != nil {
		return u.ids(ctx, u.event, clerkID)
	}
	external, known := externalID(u.event, clerkID)
	if !known || u.late {
		stored, ok, err := u.store.Alias(ctx, clerk.UserEntity(clerkID))
		if err != nil {
			return "", fmt.Errorf("who the user is in Knock cannot be looked up: %w", err)
		}
		if ok {
			external, known = stored, true
		}
	}
	switch {
	case known:
	case u.event.Deleted() && u.event.Entity() == clerk.UserEntity(clerkID):
		// Nothing will tell any more: there is nobody to ask for.
	case u.lookup == nil:
		return "", errUnknownUser
	default:
		var err error
		if external, err = u.lookup(ctx, clerkID); err != nil {
			return "", fmt.Errorf("lookup of the external_id: %w", err)
		}
	}
	if external == "" {
		return clerkID, nil
	}
	return external, nil
}

var errUnknownUser = errors.New("no event of the user's has told the external_id yet; " +
	"the step waits for one, unless ExternalUserIDs has a lookup")

// externalID is what the payload says about the user: as what the event is about, or as
// the user of a session. What is deleted may say it or not.
func externalID(e clerk.Envelope, clerkID string) (external string, known bool) {
	for _, at := range []string{"@this", "user"} {
		user := gjson.GetBytes(e.Data, at)
		if user.Get("id").Str == clerkID && user.Get("object").Str == "user" {
			external := user.Get("external_id").Str
			return external, external != "" || !user.Get("deleted").Bool()
		}
	}
	return "", false
}

// remembers reports whether an event is to be looked at though nothing is mapped to it.
func (u *userIDs) remembers(eventType string) bool {
	return u != nil && u.store != nil && clerk.Subject(eventType) == "user"
}

// remember notes what an event of a user's says, for the events that do not.
func (u *userIDs) remember(ctx context.Context, e clerk.Envelope) error {
	if !u.remembers(e.Type) || e.Deleted() {
		return nil
	}
	id := gjson.GetBytes(e.Data, "id").Str
	if external, known := externalID(e, id); known {
		return u.store.SetAlias(ctx, clerk.UserEntity(id), strings.Clone(external))
	}
	return nil
}
