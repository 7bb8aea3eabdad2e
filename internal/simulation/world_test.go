package simulation_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"
)

// message is an event on its way, as Svix knows it.
type message struct {
	id   string
	body string
	// at is when it happened.
	at time.Time
}

// want is what the newest events imply that Knock holds in the end.
type want struct {
	// users and tenants are the version of those that exist, 0 for deleted ones.
	users, tenants map[string]int
	// members are the role by "org/user", "" for those who have left.
	members map[string]string
	// sessions are the IDs of the messages that each trigger a workflow once.
	sessions []string
}

// world makes up the history of a Clerk instance.
type world struct {
	rng      *rand.Rand
	now      time.Time
	version  int
	messages []message
	want     want
}

func newWorld(rng *rand.Rand, start time.Time, events int) *world {
	w := &world{rng: rng, now: start, want: want{
		users: map[string]int{}, tenants: map[string]int{}, members: map[string]string{},
	}}
	for len(w.messages) < events {
		w.happen()
	}
	return w
}

// happen lets the next thing happen, milliseconds or minutes after the last.
func (w *world) happen() {
	user, org := fmt.Sprint("user_", w.rng.IntN(4)), fmt.Sprint("org_", w.rng.IntN(2))
	pair := org + "/" + user
	userVersion, userKnown := w.want.users[user]
	orgVersion, orgKnown := w.want.tenants[org]
	role, memberKnown := w.want.members[pair]
	switch n := w.rng.IntN(100); {
	case !userKnown:
		w.user("created", user)
	case userVersion == 0:
		// An ID is never used again. Other users go on; the last words of Clerk
		// about nobody are sessions.
		if w.allGone() {
			w.session(user)
		}
	case orgKnown && orgVersion == 0:
		if n < 50 {
			w.user("updated", user)
		} else {
			w.session(user)
		}
	case !orgKnown:
		w.organization("created", org)
	case n < 35:
		w.user("updated", user)
	case n < 50:
		w.organization("updated", org)
	case n < 75 && (!memberKnown || role == ""):
		w.membership("created", org, user)
	case n < 75:
		w.membership("deleted", org, user)
	case n < 94:
		w.session(user)
	case n < 98:
		w.leave(func(o, u string) bool { return u == user })
		w.user("deleted", user)
	default:
		w.leave(func(o, u string) bool { return o == org })
		w.organization("deleted", org)
	}
}

func (w *world) allGone() bool {
	for _, version := range w.want.users {
		if version != 0 {
			return false
		}
	}
	return len(w.want.users) == 4
}

// leave ends the memberships that a deletion takes with it.
func (w *world) leave(which func(org, user string) bool) {
	for o := range 2 {
		for u := range 4 {
			org, user := fmt.Sprint("org_", o), fmt.Sprint("user_", u)
			if w.want.members[org+"/"+user] != "" && which(org, user) {
				w.membership("deleted", org, user)
			}
		}
	}
}

func (w *world) user(kind, id string) {
	w.want.users[id] = w.version + 1
	if kind == "deleted" {
		w.want.users[id] = 0
	}
	w.emit("user."+kind, `"id":%q,"first_name":"v%d","public_metadata":{"v":%d}`, id, w.version+1, w.version+1)
}

func (w *world) organization(kind, id string) {
	w.want.tenants[id] = w.version + 1
	if kind == "deleted" {
		w.want.tenants[id] = 0
	}
	w.emit("organization."+kind, `"id":%q,"name":"v%d","public_metadata":{"v":%d}`, id, w.version+1, w.version+1)
}

func (w *world) membership(kind, org, user string) {
	w.want.members[org+"/"+user] = fmt.Sprint("role_", w.version+1)
	if kind == "deleted" {
		w.want.members[org+"/"+user] = ""
	}
	w.emit("organizationMembership."+kind,
		`"id":"orgmem_%d","role":"role_%d","organization":{"id":%q},"public_user_data":{"user_id":%q}`,
		w.version+1, w.version+1, org, user)
}

func (w *world) session(user string) {
	w.want.sessions = append(w.want.sessions, w.emit("session.created", `"id":"sess_%d","user_id":%q`, w.version+1, user))
}

func (w *world) emit(eventType, data string, args ...any) string {
	w.version++
	w.now = w.now.Add(time.Duration(1+w.rng.IntN(5)) * time.Millisecond)
	if w.rng.IntN(3) == 0 {
		w.now = w.now.Add(time.Duration(w.rng.IntN(600)) * time.Second)
	}
	at := w.now.UnixMilli()
	m := message{id: fmt.Sprint("msg_", w.version), at: w.now}
	m.body = fmt.Sprintf(`{"type":%q,"object":"event","timestamp":%d,"data":{%s,"updated_at":%d}}`,
		eventType, at, fmt.Sprintf(data, args...), at)
	w.messages = append(w.messages, m)
	return m.id
}

// last is when the last thing happened.
func (w *world) last() time.Time {
	return slices.MaxFunc(w.messages, func(a, b message) int { return a.at.Compare(b.at) }).at
}
