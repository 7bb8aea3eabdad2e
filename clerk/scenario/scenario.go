// Package scenario has stories of webhooks as Clerk sends them, whole and signed: what
// happens when somebody signs up, founds an organization, leaves; a thousand users at
// once; and what goes wrong on the way, in one story.
//
//	posts, err := scenario.New("signup", scenario.Options{})
//	for _, post := range posts {
//		response, err := http.DefaultClient.Do(post.Request(url, secret))
//		…
//	}
//
// Each story is about people and an organization of its own, so that it can be played
// again. Everything in it is made up, as in package clerktest.
package scenario

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"strings"
	"time"

	"github.com/clerkknock/clerkknock/clerk/clerktest"
)

// Options choose what a story is about. The zero value is ready to use.
type Options struct {
	// Seed decides on the ids: the same seed and Now give the same story. Defaults to
	// another one each time.
	Seed string
	// Now is when the story ends, and when it is sent. Defaults to time.Now().
	Now time.Time
	// Users is how many are imported, at most MaxUsers; other stories have one. Defaults
	// to 100.
	Users int
}

// MaxUsers is the most that a story imports.
const MaxUsers = 100_000

// story makes the posts of one scenario.
type story struct {
	Options
	posts []Post
}

// scenarios are all there are, in the order in which a person looks at them.
var scenarios = []struct {
	name, about string
	tell        func(*story)
}{
	{"signup", "Ada waits, signs up and signs in", signup},
	{"organization", "Ada signs up, founds an organization, changes it and gets another role in it", organization},
	{"churn", "Ada signs up, joins, leaves the organization and is deleted", churn},
	{"import", "many users sign up, each once", imported},
	{"chaos", "late, doubled, out of order, deleted, tampered with", chaos},
}

// Names returns the names that New knows.
func Names() []string {
	names := make([]string, len(scenarios))
	for i, s := range scenarios {
		names[i] = s.name
	}
	return names
}

// About says in a line what a scenario tells, "" if there is none of that name.
func About(name string) string {
	for _, s := range scenarios {
		if s.name == name {
			return s.about
		}
	}
	return ""
}

// New returns the posts of a story, in the order in which they are to be sent.
func New(name string, o Options) ([]Post, error) {
	if o.Seed == "" {
		o.Seed = rand.Text()
	}
	if o.Now.IsZero() {
		o.Now = time.Now()
	}
	if o.Users == 0 {
		o.Users = 100
	}
	if o.Users < 0 || o.Users > MaxUsers {
		return nil, fmt.Errorf("scenario: %d users; take from 1 to %d", o.Users, MaxUsers)
	}
	for _, s := range scenarios {
		if s.name == name {
			told := &story{Options: o}
			s.tell(told)
			return told.posts, nil
		}
	}
	return nil, fmt.Errorf("scenario: there is no %q; there are %s", name, strings.Join(Names(), ", "))
}

// happens adds an event that happened some time before the end.
func (s *story) happens(ago time.Duration, eventType, note string, edits ...clerktest.Edit) *Post {
	at := s.Now.Add(-ago)
	body := clerktest.Event(eventType, append([]clerktest.Edit{clerktest.At(at)}, edits...)...)
	s.posts = append(s.posts, Post{
		ID: s.id("msg_", fmt.Sprint(len(s.posts))), Type: eventType, Note: note,
		Body: []byte(s.renamed("").Replace(string(body))), SentAt: s.Now, Answers: accepted,
	})
	return &s.posts[len(s.posts)-1]
}

// renamed replaces the ids that all fixtures share by some of this story's.
func (s *story) renamed(person string) *strings.Replacer {
	var pairs []string
	for _, id := range []string{
		clerktest.UserID, clerktest.EmailAddressID, clerktest.PhoneNumberID, clerktest.SessionID,
		clerktest.WaitlistEntryID, clerktest.OrganizationID, clerktest.MembershipID, clerktest.InvitationID,
		clerktest.DomainID, clerktest.RoleID, clerktest.PermissionID, clerktest.SubscriptionID,
	} {
		kind, _, _ := strings.Cut(id, "_")
		pairs = append(pairs, id, s.id(kind+"_", person+id))
	}
	pairs = append(pairs, clerktest.UserExternalID, s.id("customer-", person)[:len("customer-")+8])
	return strings.NewReplacer(pairs...)
}

// id is an id of the story, in the form of Clerk's.
func (s *story) id(kind, of string) string {
	sum := sha256.Sum256([]byte(s.Seed + "\x00" + of))
	return kind + base32.StdEncoding.EncodeToString(sum[:])[:27]
}
